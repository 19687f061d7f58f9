"""Which bytes a browser asks for: single ranges of RFC 9110, section 14. No player seeks without them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=\s*([0-9]{0,19})-([0-9]{0,19})\s*", re.IGNORECASE)


class Unsatisfiable(Exception):
    """The range begins behind the end of the file."""


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes `first` to `last`, both included, counted from 0."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def asked_for(header: str, size: int) -> Range | None:
    """The range of a file of `size` bytes; None for the whole file.

    What is not understood, and several ranges at once, count as not asked: the whole file is a right
    answer to them. Raises Unsatisfiable.
    """
    asked = _ONE_RANGE.fullmatch(header)
    if asked is None or not (asked[1] or asked[2]):
        return None
    if not asked[1]:
        length = min(int(asked[2]), size)
        if not length:
            raise Unsatisfiable
        return Range(size - length, size - 1)
    first, last = int(asked[1]), int(asked[2] or size - 1)
    if asked[2] and last < first:
        return None
    if first >= size:
        raise Unsatisfiable
    return Range(first, min(last, size - 1))
