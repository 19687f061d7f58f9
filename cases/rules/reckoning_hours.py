"""The arithmetic of minutes, hours and hours at a desk, with every step of it written down."""

from __future__ import annotations

from datetime import datetime, timedelta

from cases.rules import facts as reading
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
from cases.rules.hours import OpeningHours
from cases.rules.phrases import desk_text, length_text, moment_text, units_text
from cases.rules.spans import desk_time, elapsed, later, paused_time
from cases.rules.text import Text

LENGTHS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "desk_hours": timedelta(hours=1)}


def hours(clock: Span, count: Count) -> Reckoned:
    """Minutes, hours and hours at a desk: they end at a moment, or with that moment's day."""
    start = origin_of(clock, count)
    low, high = amounts_of(clock, count)
    if clock.desk_hours is not None:
        return _desk(clock, clock.desk_hours, count, start, low, high)
    unit = LENGTHS[clock.unit]
    first, last = (later(start, unit * amount, count.pauses) for amount in (low, high))
    plus = Text("加 {length} = {moment}。", "Plus {length} = {moment}.")
    steps = [*origin_steps(clock, start)]
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
        *origin_steps(clock, start),
        step("desk", open_text, desk=desk_text(desk)),
        step("plus", plus, length=units_text(high, clock.unit), stretches=told),
        *_paused_time_steps(count, start, due),
        due_step(due),
    ]
    return Reckoned(due, tuple(steps), window_from=first.astimezone(zone) if high > low else None)


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
