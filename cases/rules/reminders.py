"""When to remind: the nudges of one deadline, planned the moment it is known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cases.rules.quiet_hours import QuietHours

DAY_STEPS = ("window_opens", "day_before", "on_the_day", "overdue_1", "overdue_2", "overdue_3")
MOMENT_STEPS = ("window_opens", "day_before", "hours_before", "due", "overdue_1", "overdue_2", "overdue_3")
OVERDUE_STEPS = ("overdue_1", "overdue_2", "overdue_3")
# What a user chooses among, and the steps that each choice means.
STEPS_OF_CHOICE = {
    "day_before": ("day_before",),
    "hours_before": ("hours_before",),
    "when_due": ("window_opens", "on_the_day", "due"),
    "when_overdue": OVERDUE_STEPS,
}
CHOSEN_STEPS = frozenset(step for steps in STEPS_OF_CHOICE.values() for step in steps)
SHORT_CLOCK = timedelta(hours=3)
SHORT_STEPS = frozenset({"window_opens", "due"})
MORNING = time(9, 0)
# A countdown that was missed says nothing any more; that it is time, or past it, still does.
USEFUL_LATE = frozenset({"window_opens", "on_the_day", "due", "overdue_1", "overdue_2"})
# A deadline found out so long afterwards is history, not news.
TOO_LATE = timedelta(days=3)
# Two mails so close together would tell the same.
SAME_NEWS = timedelta(hours=1)
# One's own deadline is told at least so long before it ends, or before the quiet hours begin.
LEAST_NOTICE = timedelta(hours=1)
BEFORE_QUIET = timedelta(minutes=15)


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
    known_at: datetime | None = None,
    is_mine: bool = True,
    quiet: QuietHours | None = None,
    steps: Collection[str] | None = None,
) -> tuple[Nudge, ...]:
    """The nudges of a deadline in order of time, none before `planned_at`. All moments are aware.

    Deadlines in days speak at 9:00 in `zone`; others by the hour, and a clock that was shorter than three
    hours when it became known (`known_at`, else `planned_at`) only when it runs out. Of the nudges whose
    time has passed the latest goes out at once, if it is still of use. In quiet hours none is planned, but
    for what `outside` says of one's own deadlines. `steps` picks by name (DAY_STEPS, MOMENT_STEPS); None
    is all.
    """
    found = (
        _in_days(due_at, window_from, zone)
        if in_days
        else _by_the_hour(due_at, window_from, known_at or planned_at)
    )
    chosen = [nudge for nudge in found if steps is None or nudge.step in steps]
    passed = sorted((nudge for nudge in chosen if nudge.at < planned_at), key=lambda nudge: nudge.at)
    is_useful = passed and passed[-1].step in USEFUL_LATE and planned_at - due_at < TOO_LATE
    late = [Nudge(passed[-1].step, planned_at)] if is_useful else []
    wanted: dict[datetime, Nudge] = {}
    moved: set[datetime] = set()
    for nudge in [nudge for nudge in chosen if nudge.at >= planned_at] + late:
        at = outside(quiet, nudge.at, due_at=due_at, planned_at=planned_at, is_mine=is_mine)
        # Of two at one moment the first in the list says more, until it is over.
        if at not in wanted or at > due_at:
            wanted[at] = Nudge(nudge.step, at)
        if at != nudge.at:
            moved.add(at)
    ordered = [wanted[at] for at in sorted(wanted)]
    if late and len(ordered) > 1 and ordered[0].step == late[0].step:
        ordered = ordered[1:] if ordered[1].at - ordered[0].at < SAME_NEWS else ordered
    return tuple(_without_echoes(ordered, moved))


def _without_echoes(ordered: Sequence[Nudge], moved: Collection[datetime]) -> Iterator[Nudge]:
    """Leave out what the quiet hours moved close behind another: it would only repeat that one."""
    for before, nudge in zip([None, *ordered], ordered, strict=False):
        if before is None or nudge.at not in moved or nudge.at - before.at >= SAME_NEWS:
            yield nudge


def outside(
    quiet: QuietHours | None, at: datetime, *, due_at: datetime, planned_at: datetime, is_mine: bool
) -> datetime:
    """When to say what would be said at `at`, given the quiet hours: at their end, unless that is too late.

    Too late is less than an hour before one's own deadline, or after it, for what is to be said by then.
    That is said a quarter of an hour before they begin; where that has passed, at its own time after all.
    """
    at = at.astimezone(UTC)
    if quiet is None or not quiet.hold(at):
        return at
    later = quiet.ending(at)
    if not is_mine or at > due_at or later + LEAST_NOTICE <= due_at:
        return later
    before = quiet.beginning(at) - BEFORE_QUIET
    return before if before >= planned_at else at


def snooze(
    *, until: datetime, due_at: datetime, is_mine: bool, last_word_at: datetime | None = None
) -> datetime:
    """When to speak again of a deadline that was put off to `until`: never later than `last_word_at`, the
    last reminder planned up to one's own deadline. What others owe, and what is overdue, waits as asked.
    """
    if not is_mine or last_word_at is None or last_word_at > due_at:
        return until
    return min(until, last_word_at)


def _in_days(due_at: datetime, window_from: datetime | None, zone: ZoneInfo) -> list[Nudge]:
    def morning(of: datetime, days: int = 0) -> datetime:
        return datetime.combine(of.astimezone(zone).date() + timedelta(days=days), MORNING, zone)

    nudges = [Nudge("window_opens", morning(window_from))] if window_from else []
    nudges += [Nudge("day_before", morning(due_at, -1)), Nudge("on_the_day", morning(due_at))]
    return nudges + [Nudge(f"overdue_{days}", morning(due_at, days)) for days in (1, 2, 3)]


def _by_the_hour(due_at: datetime, window_from: datetime | None, known_at: datetime) -> list[Nudge]:
    nudges = [Nudge("window_opens", window_from)] if window_from else []
    nudges += [
        Nudge("day_before", due_at - timedelta(days=1)),
        Nudge("hours_before", due_at - timedelta(hours=2)),
        Nudge("due", due_at),
    ]
    nudges += [Nudge(f"overdue_{days}", due_at + timedelta(days=days)) for days in (1, 2, 3)]
    if due_at - known_at < SHORT_CLOCK:
        return [nudge for nudge in nudges if nudge.step in SHORT_STEPS]
    return nudges
