"""What benchmarks/case_file.py runs besides bag and document: signing a large one, and a whole build."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

WHEN = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)


def memory_used() -> float:
    """The most MB that this process ever held; getrusage would count what its parent held before it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def make_large_pdf(folder: Path) -> None:
    """A document with 50 MB attached, as large as a volume gets."""
    import typst

    from cases.casefile.fonts import font_path

    (folder / "large").write_bytes(os.urandom(50_000_000))
    (folder / "large.typ").write_text(
        '#set document(title: "large", date: auto)\n'
        '#set text(font: "Noto Sans CJK SC", fallback: false)\nlarge\n'
        '#pdf.attach("large", read("large", encoding: none), relationship: "source", mime-type: "image/png", '
        'description: "large")\n'
    )
    pdf = typst.compile(
        str(folder / "large.typ"),
        root=str(folder),
        font_paths=[str(font_path().parent)],
        ignore_system_fonts=True,
        pdf_standards=["a-3a", "ua-1"],
        timestamp=int(WHEN.timestamp()),
    )
    (folder / "large.pdf").write_bytes(pdf + b"\n")


def sign_floor(folder: Path) -> None:
    """Reading a document of 50 MB once, hashing it, and one signature."""
    from tests.casefile.bags import KEY

    with (folder / "large.pdf").open("rb") as file:
        KEY.sign(hashlib.file_digest(file, "sha256").digest())


def sign_ours(folder: Path) -> None:
    from cases.casefile.certificate import self_signed
    from cases.casefile.sign_pdf import DocumentSigner
    from tests.casefile.bags import KEY

    shutil.copyfile(folder / "large.pdf", folder / "signed.pdf")
    DocumentSigner(KEY, [self_signed(KEY)]).sign(folder / "signed.pdf", WHEN)


def build_whole(folder: Path, count: int) -> dict[str, float]:
    """One build of `count` screenshots and those of the story, each step in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("_case_file_whole.py"))]
    subprocess.run([*command, "make", str(folder), str(count)], check=True)
    done = subprocess.run([*command, "build", str(folder)], check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))
