"""The part of the schema that reads deadline rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from cases.rules.channels import Channel
from cases.rules.clocks import Clock, Span
from cases.rules.deadline_rules import BINDS, DeadlineRule, Input, MetBy, PausedBy, Trigger
from cases.rules.reading import Table
from cases.rules.schema_clocks import read_clock
from cases.rules.schema_patterns import Names, pattern_in, read_condition, read_pattern, read_patterns
from cases.rules.sources import Citation


def read_rules(
    tables: Mapping[str, Table],
    names: Names,
    channels: Mapping[str, Channel],
    zone: ZoneInfo,
    calendar: str,
    read_citation: Callable[[Table], Citation],
) -> dict[str, DeadlineRule]:
    """The rules by key; `read_citation` reads what one of them cites."""
    rules = {}
    for key, table in tables.items():
        counted = read_clock(table.table("clock"), names, channels, zone, calendar)
        rules[key] = _read_rule(key, table, names, counted, read_citation(table))
    for key, rule in rules.items():
        _check_supersession(tables[key], rule, rules)
    return rules


def _read_rule(
    key: str, table: Table, names: Names, counted: tuple[Clock, tuple[Input, ...]], cited: Citation
) -> DeadlineRule:
    rule = DeadlineRule(
        key=key,
        title=table.text("title"),
        action=table.text("action"),
        binds=table.one_of("binds", BINDS),
        counted_from=table.text("counted_from"),
        triggers=tuple(_read_trigger(item, names) for item in table.tables("starts")),
        met_by=tuple(_read_met_by(item, names) for item in table.tables("met_by")),
        clock=counted[0],
        inputs=counted[1],
        notes=table.texts("notes", required=False),
        citation=cited,
        effective_from=table.day("effective_from", required=False),
        effective_to=table.day("effective_to", required=False),
        supersedes=table.one_of("supersedes", names.rules, default=""),
        consequence=table.text("consequence") if table.has("consequence") else None,
        pauses=tuple(_read_pause(item, names) for item in table.tables("pauses", required=False)),
        restarted_by=read_patterns(table, "restarted_by", names),
    )
    if rule.effective_from and rule.effective_to and rule.effective_to < rule.effective_from:
        table.wrong("effective_to", f"is {rule.effective_to}, before effective_from, {rule.effective_from}.")
    if table.has("starts") and not rule.triggers:
        table.wrong("starts", "is empty; a rule that nothing starts is of no use.")
    if rule.pauses and not isinstance(rule.clock, Span):
        table.wrong("pauses", "are for spans of time; this clock shows one moment.")
    table.done()
    return rule


def _check_supersession(table: Table, rule: DeadlineRule, rules: Mapping[str, DeadlineRule]) -> None:
    """The older rule must end before this one begins, so that one of them holds on each day."""
    older = rules.get(rule.supersedes)
    if older is None:
        return
    if rule.effective_from is None:
        table.wrong("effective_from", f"is missing; say since when this holds instead of “{older.key}”.")
    elif older.effective_to is None or older.effective_to >= rule.effective_from:
        table.wrong("supersedes", f"“{older.key}” must say effective_to, a day before {rule.effective_from}.")


def _read_trigger(table: Table, names: Names) -> Trigger:
    when = table.table("when", required=False)
    for key in ("missed", "has", "lacks"):
        if key in when.data:
            when.wrong(key, "is for situations; a clock starts whatever is prepared or overdue.")
    trigger = Trigger(
        pattern=pattern_in(table, names),
        when=read_condition(when, names),
        once_per_case=table.flag("once_per_case"),
    )
    table.done()
    return trigger


def _read_met_by(table: Table, names: Names) -> MetBy:
    met_by = MetBy(
        pattern=pattern_in(table, names),
        same_contact=table.flag("same_contact"),
        other_channel=table.flag("other_channel"),
        same_channel=table.flag("same_channel"),
    )
    table.done()
    return met_by


def _read_pause(table: Table, names: Names) -> PausedBy:
    paused_by = PausedBy(
        begins=read_pattern(table.table("from"), names),
        ends=read_pattern(table.table("until"), names),
        from_first_day=table.flag("from_first_day"),
    )
    table.done()
    return paused_by
