"""What looking into a file tells about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """The real type of a file and its measures.

    `width` and `height` are pixels as stored, before any turning; None where they mean nothing.
    `frame_count` is above 1 for a moving picture, of which working copies show the first frame.
    """

    media_type: str
    width: int | None = None
    height: int | None = None
    page_count: int = 1
    frame_count: int = 1
