"""Counting days and hours: pure arithmetic without a word about it.

Days are dates, moments are aware and keep their zone. What stands still does not count: pauses are
given as stretches of days or of moments.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cases.rules.calendars import LAST_DAY, WorkCalendar
from cases.rules.clocks import Span
from cases.rules.hours import OpeningHours

ONE_DAY = timedelta(days=1)
MONTHS_IN_A_YEAR = 12
DAYS_IN_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which a clock stands still; `until` None while it still does."""

    since: datetime
    until: datetime | None
    from_first_day: bool = False

    def days(self) -> tuple[date, date]:
        """The first and the last day that do not count; none when the first is the later one."""
        first = self.since.date() if self.from_first_day else self.since.date() + ONE_DAY
        return first, (self.until or self.since).date()


def last_day(
    start: date, amount: int, span: Span, calendar: WorkCalendar, pauses: Sequence[Pause] = ()
) -> date:
    """The last day of so many of the span's days, weeks, workdays, months or years, before any roll.

    Months and years end on the day with the same number, or on the month's last day where there is
    none. Raises ValueError outside the calendar's years.
    """
    if span.unit == "workdays":
        return _last_workday(start, amount, span, calendar, pauses)
    origin = counted_after(start, span)
    plain = _plain_end(start, amount, span)
    end = plain
    while (extended := plain + ONE_DAY * paused_days(origin, end, pauses)) != end:
        end = extended
    if end > LAST_DAY:
        raise ValueError(f"{end} lies after {LAST_DAY}.")
    return end


def counted_after(start: date, span: Span) -> date:
    """The day after which counting begins: the start itself, unless it is counted too."""
    return start - ONE_DAY if span.include_first_day else start


def _plain_end(start: date, amount: int, span: Span) -> date:
    try:
        if span.unit not in {"months", "years"}:
            days = amount * DAYS_IN_A_WEEK if span.unit == "weeks" else amount
            return counted_after(start, span) + ONE_DAY * days
        end = add_months(start, amount * (MONTHS_IN_A_YEAR if span.unit == "years" else 1))
    except OverflowError as error:
        raise ValueError(f"{start} plus {amount} {span.unit} lies after {LAST_DAY}.") from error
    # A month that counts its first day ends on the eve of the day with that number.
    return end - ONE_DAY if span.include_first_day and end.day == start.day else end


def _last_workday(
    start: date, amount: int, span: Span, calendar: WorkCalendar, pauses: Sequence[Pause]
) -> date:
    origin = counted_after(start, span)
    if amount == 0:
        return start
    before = calendar.workday_number(origin)
    end = calendar.workday(before + amount)
    while (
        extended := calendar.workday(before + amount + paused_workdays(origin, end, calendar, pauses))
    ) != end:
        end = extended
    return end


def paused_days(start: date, end: date, pauses: Sequence[Pause]) -> int:
    """How many of the days after `start` up to `end` stand still."""
    return len(_paused(start, end, pauses))


def paused_workdays(start: date, end: date, calendar: WorkCalendar, pauses: Sequence[Pause]) -> int:
    """How many workdays after `start` up to `end` stand still."""
    return sum(calendar.is_workday(day) for day in _paused(start, end, pauses))


def _paused(start: date, end: date, pauses: Sequence[Pause]) -> set[date]:
    days: set[date] = set()
    for pause in pauses:
        first, last = pause.days()
        low, high = max(first, start + ONE_DAY), min(last, end)
        days |= {date.fromordinal(number) for number in range(low.toordinal(), high.toordinal() + 1)}
    return days


def add_months(start: date, months: int) -> date:
    """The day with the same number so many months later, or the last day of a shorter month.

    Raises OverflowError beyond the year 9999.
    """
    years, month = divmod(start.year * MONTHS_IN_A_YEAR + start.month - 1 + months, MONTHS_IN_A_YEAR)
    if years > date.max.year:
        raise OverflowError("The year is too far away.")
    return date(years, month + 1, min(start.day, monthrange(years, month + 1)[1]))


def rolled(day: date, span: Span, calendar: WorkCalendar) -> date:
    """Where the last day goes by the span's rule when it is a day off. ValueError outside the calendar."""
    if span.roll == "statutory":
        return calendar.after_days_off(day)
    return calendar.next_workday(day) if span.roll == "next_workday" else day


def later(start: datetime, length: timedelta, pauses: Sequence[Pause] = ()) -> datetime:
    """`length` of real time after `start`, in the zone of `start`, also across a change of clocks."""
    begin = start.astimezone(UTC)
    end = begin + length
    while (extended := begin + length + paused_time(begin, end, pauses)) != end:
        end = extended
    return end.astimezone(start.tzinfo)


def paused_time(start: datetime, end: datetime, pauses: Sequence[Pause]) -> timedelta:
    """How much of the time from `start` to `end` stands still; pauses do not overlap."""
    total = timedelta(0)
    for pause in pauses:
        low, high = max(pause.since, start), min(pause.until or pause.since, end)
        total += max(elapsed(low, high), timedelta(0))
    return total


def desk_time(
    start: datetime, length: timedelta, desk: OpeningHours, pauses: Sequence[Pause] = ()
) -> tuple[tuple[datetime, datetime], ...]:
    """The stretches at the desk that make up so much time after `start`; the last one ends when it is due.

    A period that is used up at closing ends at closing, not at the next opening. Raises ValueError
    when the desk does not open often enough.
    """
    stretches: list[tuple[datetime, datetime]] = []
    left, now = length, start.astimezone(desk.zone)
    while True:
        closes = desk.closes_at(now)
        if closes is None:
            opens = desk.opens_at(now)
            if opens is None or opens.date() > LAST_DAY:
                raise ValueError("The desk does not open again.")
            now = opens
            continue
        end = later(now, left, pauses)
        if end.astimezone(UTC) <= closes.astimezone(UTC):
            return (*stretches, (now, end))
        stretches.append((now, closes))
        left -= elapsed(now, closes) - paused_time(now, closes, pauses)
        now = closes


def elapsed(start: datetime, end: datetime) -> timedelta:
    """The real time between two moments, also across a change of clocks."""
    return end.astimezone(UTC) - start.astimezone(UTC)
