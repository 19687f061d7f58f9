"""Plain text and exports of chats: read in the encodings of Chinese phones, shown as written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext_lazy as _
from PIL import Image

from cases.evidence import plain, text_pages
from cases.evidence.facts import Facts
from cases.evidence.refused import Refused

MEDIA_TYPES = frozenset({"text/plain"})


def inspect(path: Path, media_type: str) -> Facts:
    """Decode it to its end. Raises Refused."""
    return Facts(media_type, page_count=len(text_pages.pages_of(read(path))))


def read(path: Path, most: int = plain.READ_CHARS) -> str:
    """At most `most` signs from the beginning of the text, line ends as “\\n”. Raises Refused."""
    try:
        return plain.read(path, most)
    except plain.CutOff as error:
        raise Refused(
            _(
                "The text ends in the middle of a character: it was cut off on its way here. "
                "Send it again, or export the conversation anew."
            ),
            code="damaged",
        ) from error
    except plain.NotText as error:
        raise Refused(
            _(
                "This looks like text, but holds bytes that are none. Open it on your device, "
                "save it as plain text (UTF-8) and send that, or take a screenshot."
            ),
            code="not_text",
        ) from error


def draw(path: Path, media_type: str, *, width: int) -> Image.Image:
    """The first page, RGB, `width` pixels wide. Raises Refused."""
    return draw_page(path, media_type, 1, width)


def draw_page(path: Path, media_type: str, page: int, width: int) -> Image.Image:
    """Page 1, 2, ... up to the last that is drawn, RGB. Raises Refused."""
    return text_pages.draw(text_pages.pages_of(read(path))[page - 1], width=width)


def draw_pages(path: Path, media_type: str, *, width: int, most: int) -> Iterator[Image.Image]:
    """The first `most` pages, RGB. Raises Refused."""
    for lines in text_pages.pages_of(read(path))[:most]:
        yield text_pages.draw(lines, width=width)
