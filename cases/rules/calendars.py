"""Workday calendars: which days count, and honesty about years that are not announced yet.

China's State Council announces each year's days off and make-up workdays in the autumn before it.
The `holidays` library carries the announced years and estimates the others; only a year with make-up
workdays in the library was really announced, and every other year makes a result provisional. The
holidays of the other countries follow from their laws.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from cases.rules.holiday_names import Announced, announced_in_china, by_law, nothing_announced
from cases.rules.text import Text

CODES = ("CN", "US", "GB", "weekdays")
FIRST_DAY = date(2001, 1, 1)
LAST_DAY = date(2060, 12, 31)
ONE_DAY = timedelta(days=1)
WEEKEND = {day: Text("休息日", "weekend") for day in (5, 6)}
CHANGED_TO_OFF = Text("本站改为休息日", "changed to a day off on this site")
YEARS = range(FIRST_DAY.year, LAST_DAY.year + 1)
_ZERO = FIRST_DAY.toordinal()


@dataclass(frozen=True, slots=True)
class DayCorrection:
    """What an operator says of one day: whether offices work, and what a day off is called."""

    works: bool
    name: Text | None = None


@dataclass(frozen=True, slots=True)
class Corrections:
    """What an operator adds to a shipped calendar: single days, and years that are announced by now."""

    days: Mapping[date, DayCorrection] = field(default_factory=dict)
    published: frozenset[int] = frozenset()

    @property
    def fingerprint(self) -> str:
        """Eight signs that change with every correction; empty when there is none."""
        if not self.days and not self.published:
            return ""
        days = ",".join(f"{day}={one.works:d}{one.name or ''}" for day, one in sorted(self.days.items()))
        listed = f"{days};{sorted(self.published)}"
        return hashlib.sha256(listed.encode()).hexdigest()[:8]


NO_CORRECTIONS = Corrections()


@dataclass(frozen=True, slots=True)
class SkippedDay:
    """A day that did not count, and what it is called."""

    on: date
    name: Text


@dataclass(frozen=True, slots=True)
class WorkdaySum:
    """The workday reached, the days passed over on the way and the workdays counted.

    `provisional` tells that the way leads through a year whose calendar is not announced.
    """

    on: date
    provisional: bool
    skipped: tuple[SkippedDay, ...]
    counted: tuple[date, ...]


class WorkCalendar:
    """An index over the days from FIRST_DAY to LAST_DAY; every question is a look-up in it.

    `published` None stands for every year.
    """

    def __init__(
        self,
        *,
        edition: str,
        days_off: Mapping[date, Text],
        make_up_workdays: frozenset[date],
        published: frozenset[int] | None,
        corrections: Corrections = NO_CORRECTIONS,
    ) -> None:
        self.edition = edition
        self._published = None if published is None else published | corrections.published
        self._corrected = corrections.days
        self._names = {day: name for day, name in days_off.items() if day not in corrections.days}
        self._names |= {
            day: one.name or CHANGED_TO_OFF for day, one in corrections.days.items() if not one.works
        }
        self._workdays: list[date] = []
        # For each day from FIRST_DAY on, how many workdays there are up to and with it.
        self._up_to: list[int] = []
        for ordinal in range(_ZERO, LAST_DAY.toordinal() + 1):
            day = date.fromordinal(ordinal)
            corrected = corrections.days.get(day)
            works = day in make_up_workdays or (day.weekday() < 5 and day not in self._names)
            if corrected.works if corrected else works:
                self._workdays.append(day)
            self._up_to.append(len(self._workdays))

    def is_workday(self, day: date) -> bool:
        number = self.workday_number(day)
        return number > 0 and self._workdays[number - 1] == day

    def is_published(self, year: int) -> bool:
        """Whether the year's days off and make-up workdays have been announced."""
        return self._published is None or year in self._published

    def is_make_up_workday(self, day: date) -> bool:
        """A Saturday or Sunday that is worked."""
        return day.weekday() >= 5 and self.is_workday(day)

    def day_off_name(self, day: date) -> Text | None:
        """The name of a statutory day off, weekends within its block included; None for other days."""
        return self._names.get(day)

    def name_of(self, day: date) -> Text:
        """What a day that does not count is called: its holiday, or the weekend."""
        return self._names.get(day) or WEEKEND[5]

    def workday_number(self, day: date) -> int:
        """How many workdays there are from FIRST_DAY up to and with `day`. ValueError outside the years."""
        position = day.toordinal() - _ZERO
        if not 0 <= position < len(self._up_to):
            raise _outside(day)
        return self._up_to[position]

    def workday(self, number: int) -> date:
        """The workday with that number; the first one is 1. ValueError beyond LAST_DAY."""
        if not 1 <= number <= len(self._workdays):
            raise ValueError(f"The workday calendar ends on {LAST_DAY}; this period reaches beyond it.")
        return self._workdays[number - 1]

    def next_workday(self, day: date) -> date:
        """The day itself when it is a workday, else the next one."""
        return day if self.is_workday(day) else self.workday(self.workday_number(day) + 1)

    def after_days_off(self, day: date) -> date:
        """The day itself unless it is a statutory day off, else the first day after these."""
        while day in self._names:
            day += ONE_DAY
        return day

    def workdays_after(self, start: date, end: date) -> tuple[date, ...]:
        """The workdays later than `start` up to and with `end`."""
        return tuple(self._workdays[self.workday_number(start) : self.workday_number(end)])

    def skipped_after(self, start: date, end: date) -> tuple[SkippedDay, ...]:
        """The days later than `start` up to and with `end` on which nobody works, with their names."""
        days = range(start.toordinal() + 1, end.toordinal() + 1)
        working = frozenset(self.workdays_after(start, end))
        found = (date.fromordinal(ordinal) for ordinal in days)
        return tuple(SkippedDay(day, self.name_of(day)) for day in found if day not in working)

    def add_workdays(self, start: date, count: int) -> WorkdaySum:
        """The `count`-th workday after `start`, which itself never counts; `count` 0 is `start`.

        Raises ValueError for a negative count and for days outside FIRST_DAY to LAST_DAY.
        """
        on = self.add(start, count)
        return WorkdaySum(
            on=on,
            provisional=self.is_provisional(start, on),
            skipped=self.skipped_after(start, on),
            counted=self.workdays_after(start, on),
        )

    def add(self, start: date, count: int) -> date:
        """The day of `add_workdays` alone."""
        if count < 0:
            raise ValueError("Workdays are counted forward only.")
        number = self.workday_number(start)
        return self.workday(number + count) if count else start

    def is_provisional(self, start: date, end: date) -> bool:
        """Whether a day after `start` up to `end` lies in a year not announced, and nobody settled it."""
        if self._published is None:
            return False
        for year in range(start.year, end.year + 1):
            if year in self._published:
                continue
            first = max(start + ONE_DAY, date(year, 1, 1))
            last = min(end, date(year, 12, 31))
            days = (last - first).days + 1
            if days > sum(first <= day <= last for day in self._corrected):
                return True
        return False


def work_calendar(code: str, corrections: Corrections = NO_CORRECTIONS) -> WorkCalendar:
    """The calendar with that code (CODES). Without corrections one serves the whole process.

    Whoever corrects keeps the result: building it takes some hundredths of a second.
    """
    return _build(code, corrections) if corrections.fingerprint else _plain(code)


def china_calendar(overrides: Mapping[date, bool] | None = None) -> WorkCalendar:
    """The calendar of mainland China; `overrides` says of single days whether they are worked."""
    days = {day: DayCorrection(works) for day, works in (overrides or {}).items()}
    return work_calendar("CN", Corrections(days))


@cache
def _plain(code: str) -> WorkCalendar:
    return _build(code, NO_CORRECTIONS)


def _build(code: str, corrections: Corrections) -> WorkCalendar:
    found = _announced(code)
    edition = found.edition
    if corrections.fingerprint:
        edition += f" +{len(corrections.days) + len(corrections.published)}:{corrections.fingerprint}"
    return WorkCalendar(
        edition=edition,
        days_off=found.days_off,
        make_up_workdays=found.make_up_workdays,
        published=found.published,
        corrections=corrections,
    )


@cache
def _announced(code: str) -> Announced:
    if code == "CN":
        return announced_in_china(YEARS)
    return nothing_announced() if code == "weekdays" else by_law(code, YEARS)


def _outside(day: date) -> ValueError:
    return ValueError(f"The workday calendar covers {FIRST_DAY} to {LAST_DAY}; {day} is outside.")
