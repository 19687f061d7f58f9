"""E-mails (.eml): headers, words and the names of what was attached; nothing in them is run or fetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext_lazy as _
from PIL import Image

from cases.evidence import mail_parts, plain, text_pages
from cases.evidence.facts import Facts
from cases.evidence.mail_parts import Email
from cases.evidence.refused import Refused

__all__ = ["MEDIA_TYPES", "Email", "draw", "draw_page", "draw_pages", "inspect", "read"]

MEDIA_TYPES = frozenset({"message/rfc822"})


def inspect(path: Path, media_type: str) -> Facts:
    """Raises Refused for a mail that was cut off: its last boundary or the end of its headers is missing."""
    mail = read(path)
    if not mail.is_whole:
        raise Refused(
            _(
                "The e-mail was cut off on its way here: its end is missing. "
                "Save it as .eml once more and send it again, or print it as PDF."
            ),
            code="damaged",
        )
    return Facts(media_type, page_count=len(_pages(mail)))


def read(path: Path) -> Email:
    """Headers, text (bounded) and names of attachments. Everything in it is a stranger's: escape it."""
    return mail_parts.read(path)


def draw(path: Path, media_type: str, *, width: int) -> Image.Image:
    """The first page, RGB, `width` pixels wide."""
    return draw_page(path, media_type, 1, width)


def draw_page(path: Path, media_type: str, page: int, width: int) -> Image.Image:
    """Page 1, 2, ... up to the last that is drawn, RGB."""
    return text_pages.draw(_pages(read(path))[page - 1], width=width)


def draw_pages(path: Path, media_type: str, *, width: int, most: int) -> Iterator[Image.Image]:
    """The first `most` pages, RGB."""
    for lines in _pages(read(path))[:most]:
        yield text_pages.draw(lines, width=width)


def _pages(mail: Email) -> list[tuple[str, ...]]:
    return text_pages.pages_of(mail_parts.as_text(mail)[: plain.READ_CHARS])
