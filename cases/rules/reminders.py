"""When to remind: the nudges of one deadline, planned the moment it is known."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_STEPS = ("window_opens", "day_before", "on_the_day", "overdue_1", "overdue_2", "overdue_3")
MOMENT_STEPS = ("window_opens", "day_before", "hours_before", "due", "overdue_1", "overdue_2", "overdue_3")
SHORT_CLOCK = timedelta(hours=3)
SHORT_STEPS = frozenset({"window_opens", "due"})
MORNING = time(9, 0)
# A countdown that was missed says nothing any more; that it is time, or past it, still does.
USEFUL_LATE = frozenset({"window_opens", "on_the_day", "due", "overdue_1", "overdue_2"})
# A deadline found out so long afterwards is history, not news.
TOO_LATE = timedelta(days=3)
# Two mails so close together would tell the same.
SAME_NEWS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Nudge:
    """One reminder: which one it is, and when it goes out."""

    step: str
    at: datetime


def plan(
    *,
    due_at: datetime,
    window_from: datetime | None,
    in_days: bool,
    zone: ZoneInfo,
    planned_at: datetime,
    steps: Collection[str] | None = None,
) -> tuple[Nudge, ...]:
    """The nudges of a deadline in order of time, none before `planned_at`. All moments are aware.

    Deadlines in days speak at 9:00 in `zone`; others by the hour, and a clock shorter than three
    hours only when it runs out. Of the nudges whose time has passed the latest goes out at once, if
    it is still of use. `steps` picks by name (DAY_STEPS, MOMENT_STEPS); None is all.
    """
    found = _in_days(due_at, window_from, zone) if in_days else _by_the_hour(due_at, window_from, planned_at)
    wanted: dict[datetime, Nudge] = {}
    for nudge in found:
        if steps is None or nudge.step in steps:
            wanted.setdefault(nudge.at, nudge)  # of two at one moment the first in the list says more
    ordered = [wanted[at] for at in sorted(wanted)]
    ahead = tuple(nudge for nudge in ordered if nudge.at >= planned_at)
    passed = [nudge for nudge in ordered if nudge.at < planned_at]
    is_useful = passed and passed[-1].step in USEFUL_LATE and planned_at - due_at < TOO_LATE
    if not is_useful or (ahead and ahead[0].at - planned_at < SAME_NEWS):
        return ahead
    return (Nudge(passed[-1].step, planned_at), *ahead)


def _in_days(due_at: datetime, window_from: datetime | None, zone: ZoneInfo) -> list[Nudge]:
    def morning(of: datetime, days: int = 0) -> datetime:
        return datetime.combine(of.astimezone(zone).date() + timedelta(days=days), MORNING, zone)

    nudges = [Nudge("window_opens", morning(window_from))] if window_from else []
    nudges += [Nudge("day_before", morning(due_at, -1)), Nudge("on_the_day", morning(due_at))]
    return nudges + [Nudge(f"overdue_{days}", morning(due_at, days)) for days in (1, 2, 3)]


def _by_the_hour(due_at: datetime, window_from: datetime | None, planned_at: datetime) -> list[Nudge]:
    nudges = [Nudge("window_opens", window_from)] if window_from else []
    nudges += [
        Nudge("day_before", due_at - timedelta(days=1)),
        Nudge("hours_before", due_at - timedelta(hours=2)),
        Nudge("due", due_at),
    ]
    nudges += [Nudge(f"overdue_{days}", due_at + timedelta(days=days)) for days in (1, 2, 3)]
    if due_at - planned_at < SHORT_CLOCK:
        return [nudge for nudge in nudges if nudge.step in SHORT_STEPS]
    return nudges
