"""Puts what a machine read into rows again: a label and its value stand beside or above each other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text as the machine found it. The score is 0 to 1000; the box is x, y, width, height in
    ten-thousandths of the upright page.
    """

    page: int
    text: str
    score: int
    box: tuple[int, int, int, int]

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Line:
        """From what `Recognition.lines` holds. Raises KeyError, TypeError, ValueError for anything else."""
        x, y, width, height = (int(number) for number in stored["box"])
        return cls(int(stored["page"]), str(stored["text"]), int(stored["score"]), (x, y, width, height))

    @property
    def middle(self) -> float:
        return self.box[1] + self.box[3] / 2


@dataclass(frozen=True)
class Row:
    """Lines that stand beside each other, from left to right."""

    lines: tuple[Line, ...]

    @cached_property
    def text(self) -> str:
        """As it was read, blanks folded."""
        return " ".join(" ".join(line.text.split()) for line in self.lines)

    @cached_property
    def plain(self) -> str:
        """The text to search in: full-width signs made plain."""
        return " ".join(self._plain_parts())

    @property
    def page(self) -> int:
        return self.lines[0].page

    @property
    def bottom(self) -> int:
        return max(line.box[1] + line.box[3] for line in self.lines)

    @property
    def top(self) -> int:
        return min(line.box[1] for line in self.lines)

    def line_at(self, position: int) -> Line:
        """The line to which that place of `plain` belongs."""
        return self.lines[self._place_of(position)]

    def score(self, start: int, end: int) -> int:
        """Of the least sure line that this part of `plain` touches."""
        first, last = self._place_of(start), self._place_of(max(start, end - 1))
        return min(line.score for line in self.lines[first : last + 1])

    def _place_of(self, position: int) -> int:
        end = -1
        for place, part in enumerate(self._plain_parts()):
            end += len(part) + 1
            if position <= end:
                return place
        return len(self.lines) - 1

    def _plain_parts(self) -> list[str]:
        return [plain(line.text) for line in self.lines]


def plain(text: str) -> str:
    """Full-width signs as plain ones, blanks folded."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def rows(lines: Iterable[Line]) -> tuple[Row, ...]:
    """The lines of all pages as rows, from the top of the first page down."""
    found: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.page, line.middle, line.box[0])):
        if not line.text.strip():
            continue
        if found and all(_stand_beside(line, other) for other in found[-1]):
            found[-1].append(line)
        else:
            found.append([line])
    return tuple(Row(tuple(sorted(row, key=lambda line: line.box[0]))) for row in found)


def text_of(lines: Sequence[Line]) -> str:
    """What was read as plain text: a row a line, an empty line between pages."""
    out: list[str] = []
    page = 0
    for row in rows(lines):
        if page and row.page != page:
            out.append("")
        page = row.page
        out.append(row.text)
    return "\n".join(out)


def _stand_beside(one: Line, other: Line) -> bool:
    """Do the two share most of their height, without covering each other?"""
    if one.page != other.page:
        return False
    (x, y, width, height), (left, top, across, down) = one.box, other.box
    shared = min(y + height, top + down) - max(y, top)
    covered = min(x + width, left + across) - max(x, left)
    return shared > min(height, down) / 2 and covered < min(width, across) / 4
