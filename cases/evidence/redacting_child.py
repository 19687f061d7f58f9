"""A program of its own that blacks out parts of a stranger's picture or PDF: memory and trouble end here.

Run as: python -m cases.evidence.redacting_child JOB, with one JSON object (see `Job`). It prints "page"
after each page, at last one line of JSON with the measures. No database, no setting of the site.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, PngImagePlugin

from cases.evidence.picture_pdf import PicturePdf

DOTS_AN_INCH = 200
POINTS_AN_INCH = 72
# A page beyond this is drawn with fewer dots: A2 still has all of them.
MOST_PIXELS_OF_A_PAGE = 20_000_000
JPEG_QUALITY, PAGE_QUALITY = 92, 85
CPU_SECONDS, CPU_SECONDS_A_PAGE = 120, 4
MEMORY_BYTES = 2 * 1024**3
# Nothing that is taken in becomes larger; what does is a mistake that must not fill the disk.
FILE_BYTES = 2 * 1024**3
SCALE = 10_000  # boxes are in ten-thousandths of the upright page
BLACK = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Job:
    """What to do. `boxes` are {page, x, y, width, height}; `note` goes into the new file."""

    path: str
    media_type: str
    boxes: list[dict[str, int]]
    note: str
    target: str
    most_pixels: int
    most_pages: int


def paint(image: Image.Image, boxes: list[dict[str, int]]) -> None:
    """Replace what is under the boxes by black; every pixel that a box touches is black."""
    draw = ImageDraw.Draw(image)
    for box in boxes:
        left, top = box["x"] * image.width // SCALE, box["y"] * image.height // SCALE
        right = -(-(box["x"] + box["width"]) * image.width // SCALE)
        bottom = -(-(box["y"] + box["height"]) * image.height // SCALE)
        draw.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=BLACK)


def redact_picture(job: Job) -> dict[str, Any]:
    """The first frame, upright and in full size, as a JPEG where it was one and else as a PNG."""
    from django.conf import settings

    settings.configure(EXHIBIT_MAX_PIXELS=job.most_pixels)
    from cases.evidence import pictures

    image = pictures.draw(Path(job.path), job.media_type, width=pictures.MAX_SIDE)
    image.info.clear()
    paint(image, job.boxes)
    with open(job.target, "wb") as file:
        if job.media_type == "image/jpeg":
            image.save(file, "JPEG", quality=JPEG_QUALITY, subsampling=0, comment=job.note.encode())
        else:
            chunks = PngImagePlugin.PngInfo()
            chunks.add_text("Comment", job.note)
            image.save(file, "PNG", pnginfo=chunks)
    media_type = "image/jpeg" if job.media_type == "image/jpeg" else "image/png"
    return {"media_type": media_type, "width": image.width, "height": image.height, "page_count": 1}


def redact_pdf(job: Job) -> dict[str, Any]:
    """Every page as a picture on white, without a layer of text; forms stay unfilled, as in the preview."""
    import pypdfium2
    from pypdfium2 import raw

    document = pypdfium2.PdfDocument(job.path)
    count = len(document)
    if count > job.most_pages:
        raise ValueError(f"{count} pages are too many.")
    with open(job.target, "wb") as file:
        pdf = PicturePdf(file, page_count=count, note=job.note)
        for number in range(count):
            page = document[number]
            points = max(page.get_width(), 1.0), max(page.get_height(), 1.0)
            most = (MOST_PIXELS_OF_A_PAGE / (points[0] * points[1])) ** 0.5
            longest = 60_000 / max(points)
            bitmap = page.render(
                scale=min(DOTS_AN_INCH / POINTS_AN_INCH, most, longest),
                force_bitmap_format=raw.FPDFBitmap_BGR,
            )
            image = Image.frombytes(
                "RGB", (bitmap.width, bitmap.height), bytes(bitmap.buffer), "raw", "BGR", bitmap.stride
            )
            paint(image, [box for box in job.boxes if box["page"] == number + 1])
            jpeg = io.BytesIO()
            image.save(jpeg, "JPEG", quality=PAGE_QUALITY)
            pdf.add(jpeg.getvalue(), pixels=image.size, points=points)
            bitmap.close()
            page.close()
            print("page", flush=True)
        pdf.close()
    return {"media_type": "application/pdf", "width": None, "height": None, "page_count": count}


def main() -> None:
    job = Job(**json.loads(sys.argv[1]))
    is_pdf = job.media_type == "application/pdf"
    seconds = CPU_SECONDS + (CPU_SECONDS_A_PAGE * job.most_pages if is_pdf else 0)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    print(json.dumps(redact_pdf(job) if is_pdf else redact_picture(job)), flush=True)


if __name__ == "__main__":
    main()
