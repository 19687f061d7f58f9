"""A PDF that holds nothing but one JPEG a page: written page by page with flat memory, read back by page.

The same pages give the same bytes: no date, no id, no name of a program.
"""

from __future__ import annotations

import re
from typing import BinaryIO

# Objects 1 to 3 are the catalogue, the pages and the information; then three for each page.
_FIRST, _EACH = 4, 3
_ENTRY_BYTES = 20
_TAIL_BYTES = 64
_HEAD_BYTES = 512
_LENGTH = re.compile(rb"/Length (\d+) >>\nstream\n")


class NotOurs(ValueError):
    """Not a PDF that PicturePdf wrote, or it has no such page."""


class PicturePdf:
    """Writes to `file`, which must be empty; `page_count` pages, each by `add`, then `close`."""

    def __init__(self, file: BinaryIO, *, page_count: int, note: str) -> None:
        self.file, self.page_count = file, page_count
        self.offsets: list[int] = [0] * (_FIRST + _EACH * page_count)
        self.added = 0
        file.write(b"%PDF-1.4\n%\xe4\xbd\xa0\xe5\xa5\xbd\n")
        kids = " ".join(f"{_FIRST + _EACH * page} 0 R" for page in range(page_count))
        self._object(1, b"<< /Type /Catalog /Pages 2 0 R >>")
        self._object(2, f"<< /Type /Pages /Count {page_count} /Kids [{kids}] >>".encode())
        text = b"\xfe\xff" + note.encode("utf-16-be")
        self._object(3, b"<< /Title <%s> >>" % text.hex().encode())

    def add(self, jpeg: bytes, *, pixels: tuple[int, int], points: tuple[float, float]) -> None:
        """The next page: an RGB JPEG of `pixels`, shown over the whole page of `points` (72 to an inch)."""
        page = _FIRST + _EACH * self.added
        self.added += 1
        width, height = (f"{side:.2f}" for side in points)
        draw = f"{width} 0 0 {height} 0 0 cm /P Do".encode()
        self._object(
            page,
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] "
            f"/Resources << /XObject << /P {page + 2} 0 R >> >> /Contents {page + 1} 0 R >>".encode(),
        )
        self._stream(page + 1, b"<<", draw)
        head = (
            f"<< /Type /XObject /Subtype /Image /Width {pixels[0]} /Height {pixels[1]} "
            "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode"
        )
        self._stream(page + 2, head.encode(), jpeg)

    def close(self) -> None:
        """The end of the PDF; raises NotOurs when pages are missing."""
        if self.added != self.page_count:
            raise NotOurs(f"{self.added} of {self.page_count} pages were added.")
        start, count = self.file.tell(), len(self.offsets)
        self.file.write(f"xref\n0 {count}\n0000000000 65535 f \n".encode())
        self.file.write(b"".join(b"%010d 00000 n \n" % offset for offset in self.offsets[1:]))
        trailer = f"trailer\n<< /Size {count} /Root 1 0 R /Info 3 0 R >>\nstartxref\n{start}\n%%EOF\n"
        self.file.write(trailer.encode())

    def _stream(self, number: int, head: bytes, data: bytes) -> None:
        self._object(number, head + b" /Length %d >>\nstream\n" % len(data) + data + b"\nendstream")

    def _object(self, number: int, body: bytes) -> None:
        self.offsets[number] = self.file.tell()
        self.file.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")


def page_jpeg(file: BinaryIO, page: int) -> bytes:
    """The JPEG of one page (1, 2, ...) of a PDF that was written here, bit for bit. Raises NotOurs."""
    file.seek(0, 2)
    file.seek(max(0, file.tell() - _TAIL_BYTES))
    ending = re.search(rb"startxref\n(\d{1,12})\n%%EOF\n\Z", file.read())
    number = _FIRST + _EACH * (page - 1) + 2
    if ending is None or page < 1:
        raise NotOurs("It does not end as ours do.")
    file.seek(int(ending[1]))
    head = re.fullmatch(rb"xref\n0 (\d{1,7})\n", file.readline() + file.readline())
    if head is None or number >= int(head[1]):
        raise NotOurs(f"There is no page {page}.")
    file.seek(number * _ENTRY_BYTES, 1)
    offset = int(file.read(10))
    file.seek(offset)
    found = _LENGTH.search(file.read(_HEAD_BYTES))
    if found is None:
        raise NotOurs(f"Page {page} is no picture.")
    file.seek(offset + found.end())
    return file.read(int(found[1]))
