"""A program of its own that opens a stranger's PDF, so that a crash, a loop or a flood ends here.

Run as: pdf_child.py inspect FILE · pdf_child.py draw FILE WIDTH MAX_HEIGHT. It prints one line of JSON;
after `draw` the raw BGR rows follow. Imports nothing of the site.
"""

from __future__ import annotations

import json
import resource
import sys

import pypdfium2
from pypdfium2 import raw

CPU_SECONDS = 15
MEMORY_BYTES = 2 * 1024**3


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


def draw(path: str, width: int, max_height: int) -> tuple[dict[str, object], bytes]:
    """The first page on white, `width` pixels wide, or less so that it is not higher than `max_height`."""
    page = pypdfium2.PdfDocument(path)[0]
    scale = min(width / max(page.get_width(), 1), max_height / max(page.get_height(), 1))
    bitmap = page.render(scale=scale, force_bitmap_format=raw.FPDFBitmap_BGR)
    size: dict[str, object] = {"width": bitmap.width, "height": bitmap.height, "stride": bitmap.stride}
    return size, bytes(bitmap.buffer)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    pixels = b""
    if sys.argv[1] == "inspect":
        answer = inspect(sys.argv[2])
    else:
        answer, pixels = draw(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + pixels)


if __name__ == "__main__":
    main()
