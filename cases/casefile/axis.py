"""The days of the picture on the paper, and which quiet stretches are left out. No Django."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

# Millimetres: room for the days, a stretch that is left out, a day at least and at most.
WIDTH, BREAK, LEAST, MOST = 124.0, 9.0, 2.9, 18.0
# Quiet days in a row that may be drawn, the most generous that fits is taken.
QUIET = (10_000, 20, 10, 5, 3)
ONE_DAY = timedelta(days=1)
A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Cell:
    """A day, or `skipped` days that are left out from `day` on; `x` and `width` in millimetres."""

    day: date
    skipped: int
    x: float = 0.0
    width: float = 0.0

    @property
    def end(self) -> date:
        return self.day + ONE_DAY * max(self.skipped, 1)


@dataclass(frozen=True, slots=True)
class Strip:
    """One row of the picture: days side by side, from the left edge on."""

    cells: tuple[Cell, ...]

    @property
    def first(self) -> date:
        return self.cells[0].day

    @property
    def end(self) -> date:
        """The day after the last one."""
        return self.cells[-1].end

    def holds(self, moment: str) -> bool:
        return self.first <= datetime.fromisoformat(moment).date() < self.end

    def x(self, moment: str) -> float:
        """Where a moment lies; at an edge when it is outside."""
        at = datetime.fromisoformat(moment)
        day = at.date()
        if day < self.first:
            return 0.0
        for cell in self.cells:
            if day < cell.end:
                gone = (day - cell.day).days + (at.hour * 3600 + at.minute * 60 + at.second) / A_DAY
                return round(cell.x + cell.width * gone / max(cell.skipped, 1), 2)
        return round(self.cells[-1].x + self.cells[-1].width, 2)


def strips(days: Sequence[date]) -> list[Strip]:
    """The rows that show these days (in order, at least one), with what is between them."""
    for quiet in QUIET:
        cells = _cells(days, quiet)
        if _least(cells) <= WIDTH:
            break
    rows: list[list[Cell]] = [[]]
    for cell in cells:
        if rows[-1] and _least([*rows[-1], cell]) > WIDTH:
            rows.append([])
        # No row begins with what is left out; the dates say it.
        if rows[-1] or not cell.skipped:
            rows[-1].append(cell)
    return [_placed(row) for row in rows if row]


def _cells(days: Sequence[date], quiet: int) -> list[Cell]:
    cells = [Cell(days[0], 0)]
    for day in days[1:]:
        last = cells[-1].day
        between = (day - last).days - 1
        if between > quiet:
            cells.append(Cell(last + ONE_DAY, between))
        else:
            cells.extend(Cell(last + ONE_DAY * n, 0) for n in range(1, between + 1))
        cells.append(Cell(day, 0))
    return cells


def _least(cells: Sequence[Cell]) -> float:
    return sum(BREAK if cell.skipped else LEAST for cell in cells)


def _placed(cells: Sequence[Cell]) -> Strip:
    if cells[-1].skipped:
        cells = cells[:-1]
    breaks = sum(1 for cell in cells if cell.skipped)
    width = min(MOST, (WIDTH - breaks * BREAK) / (len(cells) - breaks))
    placed, x = [], 0.0
    for cell in cells:
        wide = BREAK if cell.skipped else width
        placed.append(Cell(cell.day, cell.skipped, round(x, 2), round(wide, 2)))
        x += wide
    return Strip(tuple(placed))
