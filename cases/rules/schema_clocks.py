"""The part of the schema that reads clocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from zoneinfo import ZoneInfo

from cases.rules.channels import Channel
from cases.rules.clocks import (
    ROLLS,
    UNITS_BY_THE_CLOCK,
    UNITS_OF_TIME,
    AtOnce,
    Clock,
    Countdown,
    LastCall,
    Moment,
    NextHours,
    Roll,
    Span,
    Unit,
)
from cases.rules.deadline_rules import Input
from cases.rules.hours import OpeningHours
from cases.rules.reading import Table
from cases.rules.schema_hours import read_frames
from cases.rules.schema_patterns import Names

CLOCKS = ("span", "at_once", "moment", "countdown", "last_call", "next_hours")
# No period of a dispute is longer: a year in minutes, twenty years in all other units.
MOST = {
    "minutes": 60 * 24 * 366,
    "hours": 24 * 366,
    "desk_hours": 2_000,
    "days": 7_320,
    "workdays": 2_000,
    "weeks": 1_040,
    "months": 240,
    "years": 20,
}
MOST_TOLD = 250

Asked = tuple[Input, ...]


def read_clock(
    table: Table, names: Names, channels: Mapping[str, Channel], zone: ZoneInfo, calendar: str
) -> tuple[Clock, Asked]:
    """The clock and what it asks for; a clock that cannot be read is noted and counts nothing."""
    kind = table.one_of("kind", CLOCKS)
    clock: Clock = AtOnce()
    asked: Asked = ()
    if kind == "span":
        clock, asked = _read_span(table, zone, calendar)
    elif kind == "moment":
        clock = Moment(table.string("fact"))
        asked = (Input(clock.fact, "moment", table.text("question")),)
    elif kind == "countdown":
        clock = Countdown(table.string("fact"))
        asked = (Input(clock.fact, "countdown", table.text("question")),)
    elif kind in {"last_call", "next_hours"}:
        clock, asked = _read_dialling(kind, table, names, channels)
    table.done()
    return clock, asked


def _read_span(table: Table, zone: ZoneInfo, calendar: str) -> tuple[Span, Asked]:
    unit = table.one_of("unit", UNITS_OF_TIME)
    most = MOST.get(unit, max(MOST.values()))
    plus, origin = table.string("plus", default=""), table.string("from", default="")
    amount = table.whole("amount", low=0 if plus or origin or unit not in MOST else 1, high=most)
    at_most = table.whole("at_most", low=1, high=most, default=0) or None
    if at_most is not None and at_most < amount:
        table.wrong("at_most", f"is {at_most}, which is less than amount, {amount}.")
    span = Span(
        amount=amount,
        unit=cast(Unit, unit),
        at_most=at_most,
        plus=plus,
        origin=origin,
        include_first_day=table.flag("include_first_day"),
        roll=cast(Roll, table.one_of("roll", ROLLS, default="none")),
        desk_hours=_read_desk(table, unit, zone, calendar),
        to_end_of_day=table.flag("to_end_of_day"),
    )
    _refuse_what_does_nothing(table, span)
    return span, _asked_by(table, span)


def _refuse_what_does_nothing(table: Table, span: Span) -> None:
    by_the_clock = span.unit in UNITS_BY_THE_CLOCK
    for key, is_set in (("include_first_day", span.include_first_day), ("roll", span.roll != "none")):
        if by_the_clock and is_set:
            table.wrong(
                key, f"says nothing of {span.unit}; it is for days, weeks, workdays, months and years."
            )
    if span.unit == "workdays" and span.roll != "none":
        table.wrong("roll", "does nothing here: workdays end on a workday.")
    if span.to_end_of_day and span.unit not in {"minutes", "hours"}:
        table.wrong("to_end_of_day", "is for minutes and hours; whole days end with the day anyway.")


def _asked_by(table: Table, span: Span) -> Asked:
    if span.plus and span.origin:
        table.wrong("from", "cannot be asked for beside plus; one question to a clock.")
    if not span.plus and not span.origin:
        return ()
    question = table.text("question")
    if span.origin:
        return (Input(span.origin, "moment", question),)
    return (Input(span.plus, "whole_number", question, low=0, high=MOST_TOLD),)


def _read_desk(table: Table, unit: str, zone: ZoneInfo, calendar: str) -> OpeningHours | None:
    if unit != "desk_hours":
        return None
    return read_frames(table, "desk_hours", zone, calendar)


def _read_dialling(
    kind: str, table: Table, names: Names, channels: Mapping[str, Channel]
) -> tuple[LastCall | NextHours, Asked]:
    key = names.channel(table.one_of("channel", names.channels))
    channel = channels.get(key)
    if channel and (channel.hours.kind != "frames" or not channel.waits):
        table.wrong("channel", f"“{key}” needs opening hours and waits, so that a last call can be told.")
    choices = tuple((wait.subject, wait.label) for wait in channel.waits) if channel else ()
    default = channel.usual_subject if channel else None
    asked = Input("subject", "choice", table.text("question"), default=default, choices=choices)
    return (LastCall(key) if kind == "last_call" else NextHours(key)), (asked,)
