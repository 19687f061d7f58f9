"""PDF: opened and drawn in a process of its own, since a PDF is a program that strangers write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image

from cases.evidence import child, pdf_child
from cases.evidence.facts import Facts
from cases.evidence.refused import Refused

MEDIA_TYPES = frozenset({"application/pdf"})
MAX_DRAWN_HEIGHT = 8_000  # pixels
# Wall clock: somebody waits while it is looked into; what cannot be drawn is noted for good.
TIMEOUT_SECONDS, DRAW_SECONDS = 30, 120
PAGES_A_PROCESS = 10
_TAIL_BYTES = 4096


def inspect(path: Path, media_type: str) -> Facts:
    """Open it and count its pages. Raises Refused for one that is damaged, locked or too long."""
    if b"%%EOF" not in _tail(path):
        raise _damaged()
    try:
        answer, _nothing = child.ask(pdf_child.__file__, "inspect", str(path), seconds=TIMEOUT_SECONDS)
    except child.ChildFailed as error:
        raise _damaged() from error
    if answer.get("refused") == "password":
        raise Refused(
            _(
                "The PDF asks for a password. "
                "Save or print it without one and send that, or take screenshots."
            ),
            code="pdf_locked",
        )
    pages = answer.get("pages", 0)
    if not pages:
        raise _damaged()
    if pages > settings.EXHIBIT_MAX_PAGES:
        raise Refused(
            _("The PDF has %(count)s pages, at most %(most)s are taken. Send the pages that matter."),
            code="too_many_pages",
            params={"count": pages, "most": settings.EXHIBIT_MAX_PAGES},
        )
    return Facts(media_type, page_count=pages)


def notes(path: Path) -> dict[str, Any]:
    """What the document says of itself, by the names of PDF: Producer, Creator, CreationDate, ModDate, ...

    Raises child.ChildFailed.
    """
    answer, _nothing = child.ask(pdf_child.__file__, "notes", str(path), seconds=TIMEOUT_SECONDS)
    return answer


def draw(path: Path, media_type: str, *, width: int) -> Image.Image:
    """The first page, RGB, at most `width` pixels wide. Raises Refused."""
    return draw_page(path, media_type, 1, width)


def draw_page(path: Path, media_type: str, page: int, width: int) -> Image.Image:
    """Page 1, 2, ..., RGB, at most `width` pixels wide. Raises Refused."""
    image = next(_drawn(path, page, page, width), None)
    if image is None:
        raise _damaged()
    return image


def draw_pages(path: Path, media_type: str, *, width: int, most: int) -> Iterator[Image.Image]:
    """The first `most` pages, each as `draw_page` gives it; one in memory at a time. Raises Refused."""
    for first in range(1, most + 1, PAGES_A_PROCESS):
        last = min(first + PAGES_A_PROCESS - 1, most)
        drawn = 0
        for image in _drawn(path, first, last, width):
            yield image
            drawn += 1
        if drawn <= last - first:
            return


def _drawn(path: Path, first: int, last: int, width: int) -> Iterator[Image.Image]:
    request = ("draw", str(path), str(width), str(MAX_DRAWN_HEIGHT), str(first), str(last))
    try:
        for size, pixels in child.ask_for_many(pdf_child.__file__, *request, seconds=DRAW_SECONDS):
            shape = (size["width"], size["height"])
            yield Image.frombytes("RGB", shape, pixels, "raw", "BGR", size["stride"])
    except (child.ChildFailed, ValueError, KeyError) as error:
        raise _damaged() from error


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES), os.SEEK_SET)
        return file.read()


def _damaged() -> Refused:
    return Refused(
        _(
            "The PDF is damaged, was cut off on its way here, or is too much to open. "
            "Look whether it opens for you, then send it again, print it to a new PDF, or take screenshots."
        ),
        code="damaged",
    )
