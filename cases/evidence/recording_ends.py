"""Looks whether a recording has its end, by the measures that its container writes down. No Django.

A reader of recordings is made to play whatever there is of one; that the rest is missing it does not say.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path

_MAX_BOXES = 10_000
_MAX_AMR_FRAMES = 2_500_000  # of a fiftieth of a second: nearly 14 hours
_TAIL = 128 * 1024


def is_whole(path: Path, media_type: str) -> bool:
    """False for a recording that was cut off; True where its container does not tell."""
    check = _CHECKS.get(media_type)
    if check is None:
        return True
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return check(data)


def _mp4(data: mmap.mmap) -> bool:
    """Every box on the top level ends within the file."""
    position = 0
    for _box in range(_MAX_BOXES):
        if position == len(data):
            return True
        head = data[position : position + 16]
        if len(head) < 8:
            return False
        size, name = int.from_bytes(head[:4], "big"), head[4:8]
        if not all(0x20 <= letter < 0x7F for letter in name):
            return True  # something else behind the recording; it is kept with it
        if size == 0:
            return True  # to the end of the file, wherever that is
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        if size < 8 or position + size > len(data):
            return False
        position += size
    return True


def _wav(data: mmap.mmap) -> bool:
    """The chunk with the sound ends within the file; 0 and FFFFFFFF are written by those who do not know."""
    position = 12
    for _chunk in range(_MAX_BOXES):
        head = data[position : position + 8]
        if len(head) < 8:
            return False
        size = int.from_bytes(head[4:], "little")
        if head[:4] == b"data":
            return size in {0, 0xFFFFFFFF} or position + 8 + size <= len(data)
        position += 8 + size + size % 2
    return False


def _ogg(data: mmap.mmap) -> bool:
    """The last page is whole and says that it is the last."""
    at = data.rfind(b"OggS", max(0, len(data) - _TAIL))
    header = data[at : at + 27] if at >= 0 else b""
    if len(header) < 27:
        return False
    count = header[26]
    lengths = data[at + 27 : at + 27 + count]
    return len(lengths) == count and at + 27 + count + sum(lengths) <= len(data) and bool(header[5] & 4)


def _mp3(data: mmap.mmap) -> bool:
    """As long as its first frame says, where it says so (Xing, Info)."""
    start = _behind_id3(data)
    head = data[start : start + 256]
    at = max(head.find(b"Xing"), head.find(b"Info"))
    if at < 0:
        return start < len(data)
    flags = int.from_bytes(head[at + 4 : at + 8], "big")
    if not flags & 2:
        return True
    field = at + 8 + (4 if flags & 1 else 0)
    return start + int.from_bytes(head[field : field + 4], "big") <= len(data)


def _behind_id3(data: mmap.mmap) -> int:
    head = data[:10]
    if len(head) < 10 or head[:3] != b"ID3":
        return 0
    size = 0
    for seven_bits in head[6:10]:
        size = size << 7 | seven_bits & 0x7F
    return size + 10


def _amr(data: mmap.mmap) -> bool:
    """Frame follows frame to the last byte; their sizes are given by their first byte."""
    wide = data[:9] == b"#!AMR-WB\n"
    sizes = _WIDE_FRAMES if wide else _NARROW_FRAMES
    position = 9 if wide else 6
    for _frame in range(_MAX_AMR_FRAMES):
        if position >= len(data):
            break
        size = sizes[data[position] >> 3 & 15]
        if not size:
            return False
        position += size
    else:
        return True  # too long: that is refused for its length
    return position == len(data)


def _webm(data: mmap.mmap) -> bool:
    """The segment ends within the file, where its size is known at all."""
    at = data.find(b"\x18\x53\x80\x67", 0, 4096)
    if at < 0:
        return False
    size = _ebml_size(data, at + 4)
    return size is None or at + size <= len(data)


def _ebml_size(data: mmap.mmap, position: int) -> int | None:
    """From the segment's name to its end; None for “unknown”, as browsers write while they record."""
    head = data[position : position + 8]
    if not head or not head[0]:
        return 1 << 62
    length = 9 - head[0].bit_length()
    value = int.from_bytes(head[:length], "big") & ((1 << 7 * length) - 1)
    return None if value == (1 << 7 * length) - 1 else 4 + length + value


_NARROW_FRAMES = (13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1)
_WIDE_FRAMES = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1)
_CHECKS: dict[str, Callable[[mmap.mmap], bool]] = {
    "audio/mp4": _mp4,
    "video/mp4": _mp4,
    "video/quicktime": _mp4,
    "audio/wav": _wav,
    "audio/ogg": _ogg,
    "audio/mpeg": _mp3,
    "audio/amr": _amr,
    "video/webm": _webm,
}
