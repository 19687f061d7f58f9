"""The arithmetic of a span of time, with every step of it written down in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from cases.rules import facts as reading
from cases.rules.calendars import WorkCalendar
from cases.rules.clocks import Span
from cases.rules.counts import (
    Count,
    Reckoned,
    Step,
    amounts_of,
    due_step,
    end_of_day,
    origin_of,
    origin_steps,
    step,
)
from cases.rules.phrases import (
    counted_text,
    day_text,
    moment_text,
    skipped_text,
    units_text,
)
from cases.rules.spans import (
    ONE_DAY,
    Pause,
    counted_after,
    last_day,
    paused_days,
    paused_workdays,
    rolled,
)
from cases.rules.text import Text

# As many stretches of days as are told again and again: some years of starts.
REMEMBERED_STRETCHES = 4096


@dataclass(frozen=True, slots=True)
class _Ends:
    """Where a count starts, and where the window's ends come out before and after the roll."""

    start: date
    first: date
    last: date
    first_rolled: date
    last_rolled: date


def whole_days(clock: Span, count: Count) -> Reckoned:
    """Days, weeks, workdays, months and years: they end with their last day."""
    start = origin_of(clock, count)
    low, high = amounts_of(clock, count)
    try:
        ends = _ends(clock, count, start.date(), low, high)
        # Of days that all count, only the last one asks the calendar where it goes.
        asked_from = ends.start if clock.unit == "workdays" else ends.first - ONE_DAY
        is_provisional = clock.needs_calendar and count.calendar.is_provisional(asked_from, ends.last_rolled)
        steps = [*_opening(clock, count, start), *_lengths(clock, count, ends, low, high)]
        steps += _pause_steps(clock, count, ends)
        steps += _roll_steps(count, ends)
    except ValueError as error:
        raise reading.outside_calendar(count.rule) from error
    due = end_of_day(ends.last_rolled, start)
    if low == high:
        window_from, window_from_on = None, None
        steps.append(due_step(due))
    else:
        window_from, window_from_on = end_of_day(ends.first_rolled, start), ends.first_rolled
        steps += _window_steps(window_from, due)
    if is_provisional:
        steps.append(_provisional(clock, count, ends))
    return Reckoned(due, tuple(steps), ends.last_rolled, window_from, window_from_on, is_provisional)


def _ends(clock: Span, count: Count, start: date, low: int, high: int) -> _Ends:
    first = last_day(start, low, clock, count.calendar, count.pauses)
    last = last_day(start, high, clock, count.calendar, count.pauses) if high != low else first
    first_rolled = rolled(first, clock, count.calendar)
    last_rolled = rolled(last, clock, count.calendar) if last != first else first_rolled
    return _Ends(start, first, last, first_rolled, last_rolled)


def _opening(clock: Span, count: Count, start: datetime) -> list[Step]:
    counts = Text("起算当天 {day}计入，为第 1 天。", "The day it starts on, {day}, counts as the first.")
    excluded = Text("起算当天 {day}不计入。", "The day it starts on, {day}, does not count.")
    text, key = (counts, "included") if clock.include_first_day else (excluded, "excluded")
    return [*origin_steps(clock, start), step(key, text, day=day_text(start.date()))]


def _lengths(clock: Span, count: Count, ends: _Ends, low: int, high: int) -> list[Step]:
    steps = []
    if clock.plus:
        steps.append(_usual_and_more(clock, low, high))
    elif clock.unit == "workdays":
        plus = Text("加 {length}。", "Plus {length}.")
        steps += [
            step("length", plus, length=units_text(amount, clock.unit)) for amount in sorted({low, high})
        ]
    if clock.unit == "workdays":
        origin = counted_after(ends.start, clock)
        return [*steps, *_workday_steps(count.calendar, origin, ends.last, count.pauses)]
    text = Text("加 {length} = {day}。", "Plus {length} = {day}.")
    for amount in sorted({low, high}):
        # What stood still is told by a step of its own.
        day = last_day(ends.start, amount, clock, count.calendar)
        steps.append(step("length", text, length=units_text(amount, clock.unit), day=day_text(day)))
    return steps


def _usual_and_more(clock: Span, low: int, high: int) -> Step:
    usual = low - clock.amount
    return step(
        "length",
        Text(
            "通常 {usual}：加 {ask} = {first}，加 {due} = {last}。",
            "Usually {usual}: plus {ask} = {first}, plus {due} = {last}.",
        ),
        usual=units_text(usual, clock.unit),
        ask=str(low - usual),
        due=str(high - usual),
        first=units_text(low, clock.unit),
        last=units_text(high, clock.unit),
    )


@lru_cache(REMEMBERED_STRETCHES)
def _workday_steps(
    calendar: WorkCalendar, origin: date, last: date, pauses: tuple[Pause, ...]
) -> tuple[Step, ...]:
    """The days after `origin` up to `last`: those that did not count, each with its name, and those that did.

    Remembered, since many deadlines of a site lead over the same days.
    """
    working = calendar.workdays_after(origin, last)
    still = [pause.days() for pause in pauses]
    counted = [day for day in working if not any(first <= day <= end for first, end in still)]
    steps = []
    if skipped := calendar.skipped_after(origin, last):
        steps.append(step("skipped", Text("跳过：{days}。", "Skipped: {days}."), days=skipped_text(skipped)))
    if counted:
        text = Text("计入：{days}。", "Counted: {days}.")
        steps.append(step("counted", text, days=counted_text(counted, calendar)))
    return tuple(steps)


def _pause_steps(clock: Span, count: Count, ends: _Ends) -> list[Step]:
    """Each pause that moved the last day, and what came of it."""
    origin = counted_after(ends.start, clock)
    steps = []
    text = Text(
        "暂停计时，不计入：{first}至 {last}，共 {length}。",
        "The clock stood still from {first} to {last}: {length}.",
    )
    for pause in count.pauses:
        first, last = pause.days()
        if clock.unit == "workdays":
            days, unit = paused_workdays(origin, ends.last, count.calendar, [pause]), "workdays"
        else:
            days, unit = paused_days(origin, ends.last, [pause]), "days"
        if days:
            length = units_text(days, unit)
            steps.append(step("paused", text, first=day_text(first), last=day_text(last), length=length))
    if steps and clock.unit != "workdays":
        moved = Text("顺延至 {day}。", "So it ends on {day}.")
        steps += [step("moved", moved, day=day_text(day)) for day in sorted({ends.first, ends.last})]
    return steps


def _roll_steps(count: Count, ends: _Ends) -> list[Step]:
    text = Text("{days}，顺延到 {day}。", "{days}: it ends on {day} instead.")
    pairs = {ends.first: ends.first_rolled, ends.last: ends.last_rolled}
    return [
        step(
            "rolled",
            text,
            days=skipped_text(count.calendar.skipped_after(before - ONE_DAY, after - ONE_DAY)),
            day=day_text(after),
        )
        for before, after in sorted(pairs.items())
        if before != after
    ]


def _window_steps(window_from: datetime, due: datetime) -> list[Step]:
    opens = Text("询问进展：{moment}。", "Ask how it stands from {moment}.")
    closes = Text("升级处理：{moment}。", "Escalate from {moment}.")
    return [
        step("from", opens, moment=moment_text(window_from)),
        step("due", closes, moment=moment_text(due)),
    ]


def _provisional(clock: Span, count: Count, ends: _Ends) -> Step:
    first = ends.start.year if clock.unit == "workdays" else ends.first.year
    years = [
        year for year in range(first, ends.last_rolled.year + 1) if not count.calendar.is_published(year)
    ]
    return step(
        "provisional",
        Text(
            "{years} 年的放假安排尚未公布，此日期为暂定，公布后会重新计算。",
            "The workday calendar of {years} is not published yet: this date is provisional and is counted "
            "again when it is.",
        ),
        years=", ".join(str(year) for year in years),
    )
