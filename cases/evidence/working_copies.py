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
from cases.evidence.refused import Refused

MEDIA_TYPE = "image/jpeg"
EXTENSION = "jpg"
PREVIEW_WIDTH = 720
THUMBNAIL_WIDTH = 240
PAGE_WIDTH = 1080
MAX_PAGES = 60
_QUALITY = 85


@dataclass(frozen=True, slots=True)
class Drawn:
    """A working copy in memory: a JPEG without any metadata, or an MP3; width and height in pixels.

    `page` is 1, 2, ... for the kind “page”, and 1 for everything else.
    """

    kind: str
    data: bytes
    width: int = 0
    height: int = 0
    page: int = 1
    media_type: str = MEDIA_TYPE
    extension: str = EXTENSION


def draw(path: Path, media_type: str) -> Iterator[Drawn]:
    """Preview and thumbnail of the first frame or page, then up to 60 pages, then what can be played.

    Of sound there is nothing to see. Pages stop before the first that cannot be drawn. Raises Refused
    when there is no preview, or nothing to play, and there should be.
    """
    kind = inspection.kind_of(media_type)
    preview = kind.draw(path, media_type, width=PREVIEW_WIDTH)
    if preview is not None:
        yield _drawn("preview", preview)
        if preview.width > THUMBNAIL_WIDTH:
            height = max(1, round(preview.height * THUMBNAIL_WIDTH / preview.width))
            preview = preview.resize((THUMBNAIL_WIDTH, height), Image.Resampling.BICUBIC)
        yield _drawn("thumbnail", preview)
    yield from _pages(path, media_type)
    if (sound := inspection.playable(path, media_type)) is not None:
        yield Drawn("playable", sound, media_type="audio/mpeg", extension="mp3")


def _pages(path: Path, media_type: str) -> Iterator[Drawn]:
    pages = inspection.draw_pages(path, media_type, width=PAGE_WIDTH, most=MAX_PAGES)
    number = 0
    while True:
        try:
            image = next(pages, None)
        except Refused:
            image = None
        if image is None:
            return
        number += 1
        yield _drawn("page", image, number)


def _drawn(kind: str, image: Image.Image, page: int = 1) -> Drawn:
    image.info.clear()  # of the original's metadata nothing may come along
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY)
    return Drawn(kind, file.getvalue(), image.width, image.height, page)
