"""A program of its own that opens a stranger's PDF, so that a crash, a loop or a flood ends here.

Run as: pdf_child.py inspect FILE · notes FILE · draw FILE WIDTH MAX_HEIGHT FIRST LAST. It prints one line
of JSON; after `draw` one for each page from FIRST (1, 2, ...) to LAST that there is, its raw BGR rows
behind it. Imports nothing of the site.
"""

from __future__ import annotations

import json
import resource
import sys

import pypdfium2
from pypdfium2 import raw

CPU_SECONDS = 15
MEMORY_BYTES = 2 * 1024**3
LONGEST_NOTE = 400  # signs


def inspect(path: str) -> dict[str, object]:
    """{"pages": n}, or {"refused": "password" | "damaged"}."""
    try:
        document = pypdfium2.PdfDocument(path)
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        return {"refused": "password" if error.err_code == raw.FPDF_ERR_PASSWORD else "damaged"}
    if pages:
        document[0].get_size()
    return {"pages": pages}


def notes(path: str) -> dict[str, object]:
    """What the document says of itself, such as {"Producer": "...", "CreationDate": "D:2026..."}."""
    found = pypdfium2.PdfDocument(path).get_metadata_dict(skip_empty=True)
    return {key: value[:LONGEST_NOTE] for key, value in found.items()}


def draw(path: str, width: int, max_height: int, first: int, last: int) -> None:
    """Pages on white, `width` pixels wide, or less so that none is higher than `max_height`."""
    document = pypdfium2.PdfDocument(path)
    for number in range(first - 1, min(last, len(document))):
        page = document[number]
        scale = min(width / max(page.get_width(), 1), max_height / max(page.get_height(), 1))
        bitmap = page.render(scale=scale, force_bitmap_format=raw.FPDFBitmap_BGR)
        pixels = bytes(bitmap.buffer)
        size = {"width": bitmap.width, "height": bitmap.height, "stride": bitmap.stride, "bytes": len(pixels)}
        sys.stdout.buffer.write(json.dumps(size).encode() + b"\n" + pixels)
        sys.stdout.buffer.flush()
        bitmap.close()
        page.close()


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    if sys.argv[1] == "inspect":
        sys.stdout.buffer.write(json.dumps(inspect(sys.argv[2])).encode() + b"\n")
    elif sys.argv[1] == "notes":
        sys.stdout.buffer.write(json.dumps(notes(sys.argv[2])).encode() + b"\n")
    else:
        width, max_height, first, last = (int(argument) for argument in sys.argv[3:7])
        draw(sys.argv[2], width, max_height, first, last)


if __name__ == "__main__":
    main()
