"""The arithmetic of a span of time, with every step of it written down in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from cases.rules import facts as reading
from cases.rules.calendars import WorkCalendar
from cases.rules.clocks import Span
from cases.rules.counts import Count, Reckoned, Step, due_step, end_of_day, step
from cases.rules.hours import OpeningHours
from cases.rules.phrases import (
    counted_text,
    day_text,
    desk_text,
    length_text,
    moment_text,
    skipped_text,
    units_text,
)
from cases.rules.spans import (
    ONE_DAY,
    Pause,
    counted_after,
    desk_time,
    elapsed,
    last_day,
    later,
    paused_days,
    paused_time,
    paused_workdays,
    rolled,
)
from cases.rules.text import Text

# As many stretches of days as are told again and again: some years of starts.
REMEMBERED_STRETCHES = 4096
LENGTHS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "desk_hours": timedelta(hours=1)}


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
    start = _origin(clock, count)
    low, high = _amounts(clock, count)
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


def hours(clock: Span, count: Count) -> Reckoned:
    """Minutes, hours and hours at a desk: they end at a moment, or with that moment's day."""
    start = _origin(clock, count)
    low, high = _amounts(clock, count)
    if clock.desk_hours is not None:
        return _desk(clock, clock.desk_hours, count, start, low, high)
    unit = LENGTHS[clock.unit]
    first, last = (later(start, unit * amount, count.pauses) for amount in (low, high))
    plus = Text("加 {length} = {moment}。", "Plus {length} = {moment}.")
    steps = [*_start_again(clock, start)]
    for amount, moment in {low: first, high: last}.items():
        told = units_text(amount, clock.unit)
        steps.append(step("plus", plus, length=told, moment=moment_text(moment)))
    steps += _paused_time_steps(count, start, last)
    if clock.to_end_of_day:
        end = end_of_day(last.date(), last)
        until = Text("最迟等到：{moment}。", "Look again until {moment}.")
        return Reckoned(end, (*steps, step("until", until, moment=moment_text(end))), window_from=first)
    return Reckoned(last, tuple(steps), window_from=first if high > low else None)


def _desk(clock: Span, desk: OpeningHours, count: Count, start: datetime, low: int, high: int) -> Reckoned:
    unit = LENGTHS[clock.unit]
    try:
        stretches = desk_time(start, unit * high, desk, count.pauses)
        first = desk_time(start, unit * low, desk, count.pauses)[-1][1]
    except ValueError as error:
        raise reading.outside_calendar(count.rule) from error
    zone = start.tzinfo
    due = stretches[-1][1].astimezone(zone)
    one = Text("{begin}到 {end}（{length}）", "{begin} to {end} ({length})")
    told = Text.joined(
        (
            one.fill(
                begin=moment_text(begin.astimezone(zone)),
                end=moment_text(end.astimezone(zone)),
                length=length_text(elapsed(begin, end) - paused_time(begin, end, count.pauses)),
            )
            for begin, end in stretches
            if begin < end
        ),
        between=Text("；", "; "),
    )
    open_text = Text("受理时间：{desk}。", "Only these hours count: {desk}.")
    plus = Text("加 {length}：{stretches}。", "Plus {length}: {stretches}.")
    steps = [
        *_start_again(clock, start),
        step("desk", open_text, desk=desk_text(desk)),
        step("plus", plus, length=units_text(high, clock.unit), stretches=told),
        *_paused_time_steps(count, start, due),
        due_step(due),
    ]
    return Reckoned(due, tuple(steps), window_from=first.astimezone(zone) if high > low else None)


def _origin(clock: Span, count: Count) -> datetime:
    """The event's moment, or the one that the rule asks for."""
    if not clock.origin:
        return count.start
    told: datetime = count.fact(clock.origin)
    return told


def _amounts(clock: Span, count: Count) -> tuple[int, int]:
    plus: int = count.fact(clock.plus) if clock.plus else 0
    high = clock.amount if clock.at_most is None else clock.at_most
    return plus + clock.amount, plus + high


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
    return [*_start_again(clock, start), step(key, text, day=day_text(start.date()))]


def _start_again(clock: Span, start: datetime) -> list[Step]:
    if not clock.origin:
        return []
    return [step("origin", Text("从{moment}起算。", "Counted from {moment}."), moment=moment_text(start))]


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


def _paused_time_steps(count: Count, start: datetime, due: datetime) -> list[Step]:
    text = Text(
        "暂停计时，不计入：{since}到 {until}，共 {length}。",
        "The clock stood still from {since} to {until}: {length}.",
    )
    return [
        step(
            "paused",
            text,
            since=moment_text(pause.since),
            until=moment_text(pause.until),
            length=length_text(elapsed(pause.since, pause.until)),
        )
        for pause in count.pauses
        if pause.until is not None and paused_time(start, due, [pause])
    ]


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
