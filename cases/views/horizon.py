"""Open deadlines as a picture: one line for each, on a common axis from late to far off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cases.rules.horizon import NOW, place
from cases.views.shown import ShownDeadline


@dataclass(frozen=True, slots=True)
class HorizonLine:
    """A deadline's line from `start` to `end` and its mark at `due`, each in per cent of the picture's width.

    The line is the time that is left or over; before a window opens, the window itself.
    """

    one: ShownDeadline
    start: int
    end: int
    due: int


def horizon_of(shown: Iterable[ShownDeadline], *, at: datetime) -> list[HorizonLine]:
    """In the order given."""
    return [_line(one, at=at) for one in shown]


def _line(one: ShownDeadline, *, at: datetime) -> HorizonLine:
    due = place(one.deadline.due_at, now=at, zone=one.zone)
    start = NOW
    if one.tone == "waiting" and one.deadline.window_from is not None:
        start = place(one.deadline.window_from, now=at, zone=one.zone)
    return HorizonLine(one, start=min(start, due), end=max(start, due), due=due)
