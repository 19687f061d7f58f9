"""Images that others collected to break decoders: the PNG Suite, and those Pillow tests itself with.

Neither is kept here. The suite comes with a Debian package; Pillow's come with its source distribution,
which script/test downloads once, in the pinned version and with the pinned hash.

Only the standard library at import time: script/test asks before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.programs import find

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("CORPORA_DIR") or ROOT / ".venv" / "corpora")


class NotFetched(Exception):
    """Says what is missing and how it is got."""


def png_suite() -> list[Path]:
    """Every file of the PNG Suite, by name. Raises programs.NotInstalled."""
    return sorted(find("pngsuite").rglob("*.png"), key=lambda path: path.name)


def pillow_images() -> Iterator[tuple[str, bytes]]:
    """(name, content) of every file among Pillow's tests that is no program. Raises NotFetched."""
    name, hashes, _lines = _pinned()
    archive = FOLDER / name
    if not archive.exists():
        raise NotFetched(
            f"{name} is not downloaded (script/test does so where a package registry is in reach)"
        )
    if _sha256(archive) not in hashes:
        raise NotFetched(f"{archive} is not the file whose hash is pinned; remove it and run script/test")
    with tarfile.open(archive) as files:
        for member in files:
            if member.isfile() and "/Tests/" in member.name and not member.name.endswith(".py"):
                file = files.extractfile(member)
                if file is not None:
                    yield member.name.partition("/Tests/")[2], file.read()


def fetch(python: str) -> None:
    """Download what is pinned, unless it is there; where that fails the tests say what is missing."""
    name, hashes, lines = _pinned()
    if (FOLDER / name).exists():
        return
    print(f"Downloading for the tests: {name}", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        listed = Path(folder) / "requirements.txt"
        listed.write_text(lines)
        command = [python, "-m", "pip", "download", "--quiet", "--require-hashes", "--no-deps"]
        command += ["--no-binary", "pillow", "--dest", folder, "--requirement", str(listed)]
        subprocess.run(command, capture_output=True, timeout=300, check=False)
        got = Path(folder) / name
        if got.exists() and _sha256(got) in hashes:
            got.rename(FOLDER / name)
        else:
            print(f"{name} could not be downloaded; the tests that need it are skipped.", flush=True)


def _pinned() -> tuple[str, set[str], str]:
    """(file name, its allowed hashes, the lines of the pin) as requirements.txt has them."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    found = re.search(r"^pillow==(\S+) .*\n(?:    --hash=.*\n)+", text, re.MULTILINE)
    if found is None:
        raise NotFetched("requirements.txt pins no Pillow")
    hashes = set(re.findall(r"sha256:([0-9a-f]{64})", found[0]))
    return f"pillow-{found[1]}.tar.gz", hashes, found[0].rstrip().removesuffix("\\") + "\n"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
