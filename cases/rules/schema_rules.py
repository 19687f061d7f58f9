"""The part of the schema that reads deadline rules and conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, cast

from cases.rules.clocks import AtOnce, Clock, LastCall, Minutes, Moment, NextHours, Workdays
from cases.rules.events import (
    COMPLEXITIES,
    CONTACT_OUTCOMES,
    EVENT_KINDS,
    MILESTONE_KINDS,
    PROBLEM_KINDS,
    RISKS,
    URGENCIES,
    EventPattern,
)
from cases.rules.playbooks import Channel, Citation, DeadlineRule, Input, MetBy, Trigger
from cases.rules.reading import Table
from cases.rules.situations import Condition

CLOCKS = ("minutes", "at_once", "moment", "workdays", "last_call", "next_hours")
MINUTES_IN_A_YEAR = 60 * 24 * 366
MOST_WORKDAYS = 250


def read_rules(
    top: Table, channels: Mapping[str, Channel], read_citation: Callable[[Table], Citation]
) -> dict[str, DeadlineRule]:
    return {
        key: _read_rule(key, table, channels, read_citation(table))
        for key, table in top.keyed("rules").items()
    }


def read_condition(table: Table) -> Condition:
    """A condition; an empty table is one that always holds."""
    condition = Condition(
        problem_kinds=frozenset(table.names("problem_kinds", PROBLEM_KINDS)),
        risks=frozenset(table.names("risks", RISKS)),
        urgencies=frozenset(table.names("urgencies", URGENCIES)),
        complexities=frozenset(table.names("complexities", COMPLEXITIES)),
        last_outcomes=frozenset(table.names("last_outcomes", CONTACT_OUTCOMES)),
        during_big_sale=table.maybe_flag("during_big_sale"),
        has_partner=table.maybe_flag("has_partner"),
        money_in_dispute=table.maybe_flag("money_in_dispute"),
    )
    table.done()
    return condition


def _read_rule(key: str, table: Table, channels: Mapping[str, Channel], citation: Citation) -> DeadlineRule:
    clock, asked = _read_clock(table.table("clock"), channels)
    rule = DeadlineRule(
        key=key,
        title=table.text("title"),
        action=table.text("action"),
        whose=cast(Literal["mine", "theirs"], table.one_of("whose", ("mine", "theirs"))),
        counted_from=table.text("counted_from"),
        triggers=tuple(_read_trigger(item, channels) for item in table.tables("starts")),
        met_by=tuple(_read_met_by(item, channels) for item in table.tables("met_by")),
        clock=clock,
        inputs=asked,
        notes=table.texts("notes", required=False),
        citation=citation,
        effective_from=table.day("effective_from", required=False),
        effective_to=table.day("effective_to", required=False),
    )
    if rule.effective_from and rule.effective_to and rule.effective_to < rule.effective_from:
        table.wrong("effective_to", f"is {rule.effective_to}, before effective_from, {rule.effective_from}.")
    if table.has("starts") and not rule.triggers:
        table.wrong("starts", "is empty; a rule that nothing starts is of no use.")
    table.done()
    return rule


def _read_trigger(table: Table, channels: Mapping[str, Channel]) -> Trigger:
    trigger = Trigger(
        pattern=_read_pattern(table, channels),
        when=read_condition(table.table("when", required=False)),
        once_per_case=table.flag("once_per_case"),
    )
    table.done()
    return trigger


def _read_met_by(table: Table, channels: Mapping[str, Channel]) -> MetBy:
    met_by = MetBy(
        pattern=_read_pattern(table, channels),
        same_contact=table.flag("same_contact"),
        other_channel=table.flag("other_channel"),
    )
    table.done()
    return met_by


def _read_pattern(table: Table, channels: Mapping[str, Channel]) -> EventPattern:
    kind = table.one_of("on", EVENT_KINDS)
    if kind == "milestone":
        names = table.names("kinds", MILESTONE_KINDS)
        if not names:
            table.wrong("kinds", "is missing; say which milestones are meant.")
    else:
        names = table.names("channels", channels)
    return EventPattern(
        kind=kind,
        names=frozenset(names),
        outcomes=frozenset(table.names("outcomes", CONTACT_OUTCOMES) if kind == "contact" else ()),
        with_facts=frozenset(table.names("with_facts")),
        without_facts=frozenset(table.names("without_facts")),
    )


def _read_clock(table: Table, channels: Mapping[str, Channel]) -> tuple[Clock, tuple[Input, ...]]:
    """The clock and what it asks for; a clock that cannot be read is noted and counts nothing."""
    kind = table.one_of("kind", CLOCKS)
    clock: Clock = AtOnce()
    asked: tuple[Input, ...] = ()
    if kind == "minutes":
        minutes = table.whole("minutes", low=1, high=MINUTES_IN_A_YEAR)
        clock = Minutes(minutes, to_end_of_day=table.flag("to_end_of_day"))
    elif kind == "moment":
        clock = Moment(table.string("fact"))
        asked = (Input(clock.fact, "moment", table.text("question")),)
    elif kind == "workdays":
        clock, asked = _read_workdays(table)
    elif kind in {"last_call", "next_hours"}:
        clock, asked = _read_dialling(kind, table, channels)
    table.done()
    return clock, asked


def _read_workdays(table: Table) -> tuple[Workdays, tuple[Input, ...]]:
    clock = Workdays(
        fact=table.string("fact"),
        ask_after=table.whole("ask_after", low=0, high=MOST_WORKDAYS),
        due_after=table.whole("due_after", low=0, high=MOST_WORKDAYS),
    )
    if clock.due_after < clock.ask_after:
        table.wrong("due_after", f"is {clock.due_after}, which is less than ask_after, {clock.ask_after}.")
    question = table.text("question")
    return clock, (Input(clock.fact, "whole_number", question, low=0, high=MOST_WORKDAYS),)


def _read_dialling(
    kind: str, table: Table, channels: Mapping[str, Channel]
) -> tuple[LastCall | NextHours, tuple[Input, ...]]:
    key = table.one_of("channel", channels)
    channel = channels.get(key)
    if channel and (channel.hours.kind != "frames" or not channel.waits):
        table.wrong("channel", f"“{key}” needs opening hours and waits, so that a last call can be told.")
    choices = tuple((wait.subject, wait.label) for wait in channel.waits) if channel else ()
    default = channel.usual_subject if channel else None
    asked = Input("subject", "choice", table.text("question"), default=default, choices=choices)
    return (LastCall(key) if kind == "last_call" else NextHours(key)), (asked,)
