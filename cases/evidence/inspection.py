"""Looks into a file that came in: what it really is, and whether it is whole. A kind is one module."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PIL import Image

from cases.evidence import pdf, pictures, sniff
from cases.evidence.facts import Facts


class Kind(Protocol):
    """What a module must offer to bring a new kind of exhibit into the house."""

    MEDIA_TYPES: frozenset[str]

    def inspect(self, path: Path, media_type: str) -> Facts: ...
    def draw(self, path: Path, media_type: str, *, width: int) -> Image.Image: ...


KINDS: tuple[Kind, ...] = (pictures, pdf)


def kind_of(media_type: str) -> Kind:
    return next(kind for kind in KINDS if media_type in kind.MEDIA_TYPES)


def inspect(path: Path) -> Facts:
    """What the file is and its measures, by its content alone. Raises Refused with the reason."""
    with path.open("rb") as file:
        media_type = sniff.media_type_of(file.read(sniff.HEAD_BYTES))
    return kind_of(media_type).inspect(path, media_type)
