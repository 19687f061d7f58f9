"""Workday calendars: which days count, and honesty about years that are not announced yet.

China's State Council announces each year's days off and make-up workdays in the autumn before it.
The `holidays` library carries the announced years and estimates the others; only a year with make-up
workdays in the library was really announced, and every other year makes a result provisional.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.metadata import version

from cases.rules.text import Text

FIRST_DAY = date(2001, 1, 1)
LAST_DAY = date(2060, 12, 31)
ONE_DAY = timedelta(days=1)
WEEKEND = {day: Text("休息日", "weekend") for day in (5, 6)}
CHANGED_TO_OFF = Text("本站改为休息日", "changed to a day off on this site")
# What the library appends to the name of a day off that makes up for a weekend.
SUFFIXES = ("（补假）", " (observed)")
# What the library calls a day off that was swapped for a working weekend; it has no name of its own.
SWAPPED = "休息日"


@dataclass(frozen=True, slots=True)
class SkippedDay:
    """A day that did not count, and what it is called."""

    on: date
    name: Text


@dataclass(frozen=True, slots=True)
class WorkdaySum:
    """The workday reached, the days passed over on the way and the workdays counted.

    `is_provisional` tells that the way leads through a year whose calendar is not announced.
    """

    on: date
    provisional: bool
    skipped: tuple[SkippedDay, ...]
    counted: tuple[date, ...]


class WorkCalendar:
    """An index over the days from FIRST_DAY to LAST_DAY; every question is a look-up in it."""

    def __init__(
        self,
        *,
        edition: str,
        days_off: Mapping[date, Text],
        make_up_workdays: frozenset[date],
        overrides: Mapping[date, bool],
    ) -> None:
        self.edition = edition
        self._published = frozenset(day.year for day in make_up_workdays)
        self._overrides = dict(overrides)
        self._names = {day: name for day, name in days_off.items() if overrides.get(day) is not True}
        self._names |= {day: CHANGED_TO_OFF for day, works in overrides.items() if not works}
        self._workdays: list[date] = []
        self._others: list[date] = []
        self._make_up = make_up_workdays | {day for day, works in overrides.items() if works}
        day = FIRST_DAY
        while day <= LAST_DAY:
            works = day in self._make_up or (day.weekday() < 5 and day not in self._names)
            (self._workdays if works and overrides.get(day) is not False else self._others).append(day)
            day += ONE_DAY
        self._others_set = frozenset(self._others)

    def is_workday(self, day: date) -> bool:
        _inside(day)
        return day not in self._others_set

    def is_published(self, year: int) -> bool:
        """Whether the year's days off and make-up workdays have been announced."""
        return year in self._published

    def is_make_up_workday(self, day: date) -> bool:
        """A Saturday or Sunday that is worked."""
        return day.weekday() >= 5 and self.is_workday(day)

    def day_off_name(self, day: date) -> Text | None:
        """The name of a statutory day off, weekends within its block included; None for other days."""
        return self._names.get(day)

    def add_workdays(self, start: date, count: int) -> WorkdaySum:
        """The `count`-th workday after `start`, which itself never counts; `count` 0 is `start`.

        Raises ValueError for a negative count and for days outside FIRST_DAY to LAST_DAY.
        """
        if count < 0:
            raise ValueError("Workdays are counted forward only.")
        _inside(start)
        first = bisect_right(self._workdays, start)
        if first + count > len(self._workdays):
            raise ValueError(f"The workday calendar ends on {LAST_DAY}; this period reaches beyond it.")
        counted = tuple(self._workdays[first : first + count])
        on = counted[-1] if counted else start
        passed = self._others[bisect_right(self._others, start) : bisect_right(self._others, on)]
        return WorkdaySum(
            on=on,
            provisional=self._is_provisional(start, on),
            skipped=tuple(SkippedDay(day, self._name_of(day)) for day in passed),
            counted=counted,
        )

    def _name_of(self, day: date) -> Text:
        return self._names.get(day) or WEEKEND[day.weekday()]

    def _is_provisional(self, start: date, end: date) -> bool:
        """Whether a day after `start` up to `end` lies in a year not announced, and nobody settled it."""
        for year in range(start.year, end.year + 1):
            if self.is_published(year):
                continue
            first = max(start + ONE_DAY, date(year, 1, 1))
            days = (min(end, date(year, 12, 31)) - first).days + 1
            if days > sum(first <= day <= end and day.year == year for day in self._overrides):
                return True
        return False


def china_calendar(overrides: Mapping[date, bool] | None = None) -> WorkCalendar:
    """The calendar of mainland China; `overrides` says of single days whether they are worked.

    Without overrides one calendar serves the whole process.
    """
    return _build(dict(overrides)) if overrides else _plain_china()


@cache
def _plain_china() -> WorkCalendar:
    return _build({})


def _build(overrides: dict[date, bool]) -> WorkCalendar:
    days_off, make_up_workdays, release = _announced()
    edition = f"CN {FIRST_DAY.year}-{max(day.year for day in make_up_workdays)} (holidays {release})"
    if overrides:
        listed = ",".join(f"{day}={works:d}" for day, works in sorted(overrides.items()))
        edition += f" +{len(overrides)}:{hashlib.sha256(listed.encode()).hexdigest()[:8]}"
    return WorkCalendar(
        edition=edition, days_off=days_off, make_up_workdays=make_up_workdays, overrides=overrides
    )


@cache
def _announced() -> tuple[Mapping[date, Text], frozenset[date], str]:
    """Names of the days off, weekend days that are worked, and the library's version."""
    import holidays  # takes a quarter of a second: only when a calendar is asked for

    years = range(FIRST_DAY.year, LAST_DAY.year + 1)
    chinese = holidays.country_holidays("CN", years=years, language="zh_CN")
    english = holidays.country_holidays("CN", years=years, language="en_US")
    make_up = frozenset(day for day in chinese.weekend_workdays if FIRST_DAY <= day <= LAST_DAY)
    named = {
        day: Text(_bare(name).replace("; ", "、"), _bare(english[day]).replace("; ", ", "))
        for day, name in chinese.items()
    }
    return _named_by_block(named, make_up), make_up, version("holidays")


def _named_by_block(named: Mapping[date, Text], make_up: frozenset[date]) -> dict[date, Text]:
    """Give the nameless days of a holiday block (swapped days, weekends in it) the name of the block."""
    own = {day: name for day, name in named.items() if not name.zh_hans.startswith(SWAPPED)}
    found = dict(own)
    for step in (ONE_DAY, -ONE_DAY):
        for day in sorted(own, reverse=step < timedelta(0)):
            name, neighbour = own[day], day + step
            while neighbour not in own and (
                neighbour in named or (neighbour.weekday() >= 5 and neighbour not in make_up)
            ):
                found.setdefault(neighbour, name)
                neighbour += step
    return found


def _bare(name: str) -> str:
    for suffix in SUFFIXES:
        name = name.replace(suffix, "")
    return name


def _inside(day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"The workday calendar covers {FIRST_DAY} to {LAST_DAY}; {day} is outside.")
