"""What looking into a file tells about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """The real type of a file and its measures.

    `width` and `height` are pixels as stored, before any turning; None where they mean nothing.
    `page_count`: of a PDF its pages; of text and e-mail those that are drawn, at most 60.
    `frame_count` is above 1 for a moving picture, of which working copies show the first frame.
    `duration_ms`: how long a recording lasts, in milliseconds; None for everything else.
    """

    media_type: str
    width: int | None = None
    height: int | None = None
    page_count: int = 1
    frame_count: int = 1
    duration_ms: int | None = None
