"""Small pictures made from an original, for screens and pages; the original is only read.

The same original gives the same bytes each time, so work that was cut off can simply be done again.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from cases.evidence import inspection

MEDIA_TYPE = "image/jpeg"
EXTENSION = "jpg"
PREVIEW_WIDTH = 720
THUMBNAIL_WIDTH = 240
_QUALITY = 85


@dataclass(frozen=True, slots=True)
class Drawn:
    """A working copy in memory: a JPEG without any metadata; width and height in pixels."""

    kind: str
    data: bytes
    width: int
    height: int


def draw(path: Path, media_type: str) -> Iterator[Drawn]:
    """Preview and thumbnail of the first frame or page, from one decode. Raises Refused when it cannot."""
    preview = inspection.kind_of(media_type).draw(path, media_type, width=PREVIEW_WIDTH)
    yield _drawn("preview", preview)
    if preview.width > THUMBNAIL_WIDTH:
        height = max(1, round(preview.height * THUMBNAIL_WIDTH / preview.width))
        preview = preview.resize((THUMBNAIL_WIDTH, height), Image.Resampling.BICUBIC)
    yield _drawn("thumbnail", preview)


def _drawn(kind: str, image: Image.Image) -> Drawn:
    image.info.clear()  # of the original's metadata nothing may come along
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY)
    return Drawn(kind, file.getvalue(), image.width, image.height)
