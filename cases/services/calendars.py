"""The workday calendars of this site: as shipped, with what whoever runs it corrected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from threading import Lock

from django.db import transaction
from django.db.models import Model, QuerySet, Value

from cases.models import CalendarCode, CalendarDay, CalendarYear
from cases.rules.calendars import (
    CODES,
    FIRST_DAY,
    LAST_DAY,
    NO_CORRECTIONS,
    Corrections,
    DayCorrection,
    WorkCalendar,
    work_calendar,
)
from cases.rules.text import Text
from tracker.accounts.models import User

ONE_DAY = timedelta(days=1)
# Which rows there are, and when each was changed last: another whenever a correction is another.
_State = frozenset[tuple[object, ...]]

_kept: dict[str, tuple[_State, WorkCalendar]] = {}
_building = Lock()


def calendar_of(code: str) -> WorkCalendar:
    """The calendar with that code (see CODES), with every correction that is committed by now.

    One query learns whether anything changed; there is none for a calendar that nobody can correct. The
    index over the days is built once for each process and state, whatever the number of threads.
    """
    if code not in CalendarCode.values:
        return work_calendar(code)
    state = _state_of(code)
    kept = _kept.get(code)
    if kept is None or kept[0] != state:
        with _building:
            kept = _kept.get(code)
            if kept is None or kept[0] != state:
                # What is read now may be newer than `state`; then the next one who asks builds it again.
                found = corrections_of(code) if state else NO_CORRECTIONS
                kept = _kept[code] = (state, work_calendar(code, found))
    return kept[1]


def editions() -> tuple[str, ...]:
    """The edition of every calendar, corrections included, in the order of CODES."""
    return tuple(calendar_of(code).edition for code in CODES)


def corrections_of(code: str) -> Corrections:
    """Every correction of that calendar, as stored."""
    days = {row.day: DayCorrection(row.works, _name_of(row)) for row in _days_of(code)}
    years = CalendarYear.objects.filter(calendar=code).values_list("year", flat=True)
    return Corrections(days, frozenset(years))


def is_covered(day: date) -> bool:
    """Whether the calendars reach that day."""
    return FIRST_DAY <= day <= LAST_DAY


def is_as_shipped(row: CalendarDay) -> bool:
    """Whether the shipped calendar says of that day what this row says; names are not compared."""
    return work_calendar(row.calendar).is_workday(row.day) == row.works


def not_named_in(code: str, year: int) -> tuple[date, ...]:
    """Days off of the shipped calendar on Monday to Friday, of which no correction speaks.

    In a year that was only estimated such a day was taken back by the announcement, or was forgotten
    when it was entered.
    """
    shipped = work_calendar(code)
    if shipped.is_published(year):
        return ()
    told = set(_days_of(code).filter(day__year=year).values_list("day", flat=True))
    return tuple(
        day for day in _days_in(year) if day.weekday() < 5 and not shipped.is_workday(day) and day not in told
    )


def stored_year(code: str, year: int) -> dict[date, DayCorrection]:
    """The corrections of one year, in order of days."""
    rows = _days_of(code).filter(day__year=year)
    return {row.day: DayCorrection(row.works, _name_of(row)) for row in rows}


@transaction.atomic
def replace_year(
    *, code: str, year: int, days: Mapping[date, DayCorrection], source: str, by: User | None
) -> int:
    """Make these days all the corrections of that year; what stays the same keeps its row. How many changed.

    The days lie within the year. `source` is that of the rows that are new or changed.
    """
    rows = {row.day: row for row in _days_of(code).filter(day__year=year).select_for_update()}
    gone = [row.pk for day, row in rows.items() if day not in days]
    CalendarDay.objects.filter(pk__in=gone).delete()
    changed = len(gone)
    for day, correction in days.items():
        row = rows.get(day) or CalendarDay(calendar=code, day=day)
        if row.pk and DayCorrection(row.works, _name_of(row)) == correction:
            continue
        row.works, row.source, row.changed_by = correction.works, source, by
        name = correction.name or Text("", "")
        row.name_zh, row.name_en = name.zh_hans, "" if name.en == name.zh_hans else name.en
        row.save()
        changed += 1
    return changed


def _days_of(code: str) -> QuerySet[CalendarDay]:
    return CalendarDay.objects.filter(calendar=code).order_by("day")


def _name_of(row: CalendarDay) -> Text | None:
    """Its name in both languages; one that is given in one language only stands for both."""
    if not row.name_zh and not row.name_en:
        return None
    return Text(row.name_zh or row.name_en, row.name_en or row.name_zh)


def _state_of(code: str) -> _State:
    def rows(model: type[Model], kind: int) -> QuerySet[Model, tuple[object, ...]]:
        chosen = model._default_manager.filter(calendar=code).order_by().annotate(kind=Value(kind))
        return chosen.values_list("kind", "pk", "changed_at")

    return frozenset(rows(CalendarDay, 1).union(rows(CalendarYear, 2), all=True))


def _days_in(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += ONE_DAY
