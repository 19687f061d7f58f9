"""When a reminder whose time has come is held back a little, and when summaries are said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cases.rules.quiet_hours import QuietHours
from cases.rules.reminders import LEAST_NOTICE, OVERDUE_STEPS

QUARTER = timedelta(minutes=15)
# Who acted on a case a moment ago need not be warned early, or told once more that it is overdue.
WAIT_AFTER_ACTS = frozenset({"day_before", "hours_before", *OVERDUE_STEPS})
SUMMARY_TIME = time(8, 0)
MONDAY = 0


def quarter_of(at: datetime) -> datetime:
    """The start, in UTC, of the quarter of an hour in which `at` lies."""
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Word:
    """A reminder whose time has come: its step, the time it was planned for, and what it is about.

    `ends_at` is when one's own deadline ends; None for what others owe, own reminders and summaries.
    """

    step: str
    planned_for: datetime
    ends_at: datetime | None = None

    def is_urgent(self, now: datetime, *, until: datetime | None = None) -> bool:
        """Whether one's own deadline ends less than an hour after `until` (or `now`), and has not yet."""
        return self.ends_at is not None and now <= self.ends_at < (until or now) + LEAST_NOTICE


def waits_until(
    word: Word,
    *,
    now: datetime,
    quiet: QuietHours | None = None,
    acted_at: datetime | None = None,
    last_in_quarter_at: datetime | None = None,
) -> datetime | None:
    """Until when to hold the word back, or None to say it now. All moments are aware.

    It waits for the end of quiet hours that hold by now and began after its time; a quarter of an hour
    after its user last acted on the case, `acted_at`; and for `last_in_quarter_at`, the time of the same
    user's last reminder in this quarter of an hour, so that one mail tells both. What is urgent waits for
    nothing.
    """
    if word.is_urgent(now):
        return None
    waits = []
    if quiet is not None and quiet.hold(now) and word.planned_for < quiet.beginning(now):
        morning = quiet.ending(now)
        if not word.is_urgent(now, until=morning):
            waits.append(morning)
    if acted_at is not None and word.step in WAIT_AFTER_ACTS:
        waits.append(acted_at + QUARTER)
    if last_in_quarter_at is not None:
        quarters = {quarter_of(at) for at in (word.planned_for, now, last_in_quarter_at)}
        if len(quarters) == 1:
            waits.append(last_in_quarter_at)
    latest = max(waits, default=now)
    return latest if latest > now else None


def summary_at(
    *,
    after: datetime,
    zone: ZoneInfo,
    quiet: QuietHours | None,
    weekly: bool = False,
    not_on: int | None = None,
) -> datetime:
    """The next moment after `after` at which a summary is said: 8:00 on the clock of `zone`, or when the
    quiet hours end, on every day or, `weekly`, on Mondays. `not_on` leaves out a weekday (0 is Monday).
    """
    day = after.astimezone(zone).date()
    while True:
        at = datetime.combine(day, SUMMARY_TIME, zone).astimezone(UTC)
        if quiet is not None and quiet.hold(at):
            at = quiet.ending(at)
        wanted = day.weekday() == MONDAY if weekly else day.weekday() != not_on
        if wanted and at > after:
            return at
        day += timedelta(days=1)
