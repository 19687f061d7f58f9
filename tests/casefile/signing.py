"""A small PDF like those of a case file, made without a database, to be signed and to be spoiled."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from cases.casefile.certificate import self_signed
from cases.casefile.fonts import font_path
from cases.casefile.sign_pdf import DocumentSigner
from tests.casefile.bags import KEY, WHEN

ATTACHED = b"an original"
SOURCE = """\
#set document(title: "t", date: auto)
#set text(font: "Noto Sans CJK SC", fallback: false, lang: "zh")
= 案件档案
#pdf.attach("a.txt", read("a.txt", encoding: none), relationship: "source", mime-type: "text/plain",
  description: "E1")
"""


@cache
def unsigned() -> bytes:
    with TemporaryDirectory() as folder:
        (Path(folder) / "a.txt").write_bytes(ATTACHED)
        (Path(folder) / "main.typ").write_text(SOURCE, encoding="utf-8")
        pdf: bytes = typst.compile(
            f"{folder}/main.typ",
            root=folder,
            font_paths=[str(font_path().parent)],
            ignore_system_fonts=True,
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(WHEN.timestamp()),
        )
    return pdf + b"\n"


def signed(path: Path, signer: DocumentSigner | None = None) -> bytes:
    """Signed with KEY, into `path`; returns the bytes."""
    path.write_bytes(unsigned())
    (signer or DocumentSigner(KEY, [self_signed(KEY)])).sign(path, WHEN)
    return path.read_bytes()
