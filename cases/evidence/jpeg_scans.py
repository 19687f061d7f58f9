"""Counts the scans of a JPEG by its markers, before anything of it is decoded.

Each scan costs a pass over all pixels, though it may take a few bytes: a small file could keep a decoder
busy for hours.
"""

from __future__ import annotations

import mmap
import re
from pathlib import Path

# Phones and programs write one scan, or about ten for a progressive picture.
MAX_SCANS = 100
# A colour profile and metadata of 50 MB fill fewer than a thousand.
MAX_MARKERS = 10_000

_END, _SCAN = 0xD9, 0xDA
_ANY_BYTE = re.compile(rb"\xff[\x00-\xff]", re.DOTALL)
# Within a scan 00 stands for a byte FF of the pixels, and D0 to D7 are put between its parts.
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]", re.DOTALL)


def has_too_many(path: Path) -> bool:
    """Whether the first picture in the file has more than 100 scans, or markers without end.

    What segments hold (thumbnails, metadata) and what follows the picture's end (a second picture, a
    film) is passed over, as the decoder does. Memory stays small: the system reads the file in pieces.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        scans = markers = position = 0
        while found := (_MARKER if scans else _ANY_BYTE).search(data, position):
            code, position = data[found.start() + 1], found.end()
            markers += 1
            scans += code == _SCAN
            if scans > MAX_SCANS or markers > MAX_MARKERS:
                return True
            if code == _END and scans:
                return False
            if code in {0x00, 0xFF}:
                position -= 1  # FF may be repeated before a marker
            elif code >= 0xC0 and not 0xD0 <= code <= 0xD9:
                position += int.from_bytes(data[position : position + 2], "big")
    return False
