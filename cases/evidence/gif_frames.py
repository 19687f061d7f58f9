"""Counts the frames of a GIF block by block and looks for its end, before anything of it is decoded.

A frame takes a few bytes, and a reader that counts them decodes its way through all.
"""

from __future__ import annotations

import mmap
from pathlib import Path

# A picture of 50 MB has fewer blocks than this by far: each holds up to 255 bytes.
MAX_BLOCKS = 1_000_000
_FRAME, _EXTENSION, _END = 0x2C, 0x21, 0x3B


def count(path: Path, *, most: int) -> int | None:
    """How many frames it has, at most `most` + 1; None when it is damaged or its end is missing."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            return _count(data, most)
        except IndexError:
            return None


def _count(data: mmap.mmap, most: int) -> int | None:
    position = 13 + _table(data[10])
    frames = blocks = 0
    while frames <= most:
        sign = data[position]
        if sign == _END:
            return frames
        if sign == _FRAME:
            frames += 1
            position += 11 + _table(data[position + 9])
        elif sign == _EXTENSION:
            position += 2
        else:
            return None
        while size := data[position]:
            position += 1 + size
            blocks += 1
            if blocks > MAX_BLOCKS:
                return None
        position += 1
    return frames


def _table(flags: int) -> int:
    """Bytes of the colour table that those flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
