"""Looks into a file that came in: what it really is, and whether it is whole. A kind is one module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from PIL import Image

from cases.evidence import emails, pdf, pictures, recordings, sniff, texts
from cases.evidence.facts import Facts


class Kind(Protocol):
    """What a module must offer to bring a new kind of exhibit into the house.

    `draw` gives None for what has nothing to see.
    """

    MEDIA_TYPES: frozenset[str]

    def inspect(self, path: Path, media_type: str) -> Facts: ...
    def draw(self, path: Path, media_type: str, *, width: int) -> Image.Image | None: ...


class Paged(Kind, Protocol):
    """A kind that has pages; page 1 is the first."""

    def draw_page(self, path: Path, media_type: str, page: int, width: int) -> Image.Image: ...
    def draw_pages(self, path: Path, media_type: str, *, width: int, most: int) -> Iterator[Image.Image]: ...


PAGED: tuple[Paged, ...] = (pdf, texts, emails)
KINDS: tuple[Kind, ...] = (pictures, recordings, *PAGED)


def kind_of(media_type: str) -> Kind:
    return next(kind for kind in KINDS if media_type in kind.MEDIA_TYPES)


def inspect(path: Path) -> Facts:
    """What the file is and its measures, by its content alone. Raises Refused with the reason."""
    with path.open("rb") as file:
        media_type = sniff.media_type_of(file.read(sniff.HEAD_BYTES))
    return kind_of(media_type).inspect(path, media_type)


def draw_pages(path: Path, media_type: str, *, width: int, most: int) -> Iterator[Image.Image]:
    """The first pages, at most `most`, RGB and at most `width` pixels wide; none for a kind without pages.

    Raises Refused at the first page that cannot be drawn.
    """
    for kind in PAGED:
        if media_type in kind.MEDIA_TYPES:
            yield from kind.draw_pages(path, media_type, width=width, most=most)


def playable(path: Path, media_type: str) -> bytes | None:
    """An MP3 of sound that browsers do not play; None for everything else. Raises Refused."""
    return recordings.playable(path, media_type) if media_type in recordings.MEDIA_TYPES else None
