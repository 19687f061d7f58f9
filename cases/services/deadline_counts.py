"""Counts a stored deadline anew, from its contact or milestone as they are now; never asks the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cases.models import Deadline
from cases.rules import deadlines as rules
from cases.rules.calendars import WorkCalendar, work_calendar
from cases.rules.deadline_rules import DeadlineRule
from cases.rules.deadlines import DueDate
from cases.rules.events import Event
from cases.rules.playbooks import Playbook
from cases.services import calendars
from cases.services.moments import as_text
from cases.services.playbooks import rule_named

CalendarOf = Callable[[str], WorkCalendar]


def count_anew(
    deadline: Deadline,
    *,
    playbooks: Sequence[Playbook],
    events: Sequence[Event],
    calendar_of: CalendarOf | None = None,
) -> tuple[DeadlineRule, DueDate] | None:
    """The rule in force for the deadline's start, and when it is due by it; None where it stays as it is.

    It stays where its rule is gone, or today's cannot count from what is stored. Needs `contact` and
    `milestone` of the deadline; `events` are those of its case. Nothing is stored. `calendar_of` is asked
    for a calendar only where the rule needs one; by default `services.calendars` is.
    """
    found = rule_named(deadline.rule, tuple(playbooks))
    if found is None:
        return None
    playbook, stored = found
    started_at, facts = start_of(deadline, stored)
    rule = playbook.rule_in_force(stored, playbook.local(started_at).date())
    if rule is None:
        return None
    try:
        due = computed(rule, playbook, started_at, asked_facts(rule, facts), events, calendar_of)
    except rules.CannotReckon:
        return None
    return rule, due


def start_of(deadline: Deadline, rule: DeadlineRule) -> tuple[datetime, Mapping[str, Any]]:
    """The moment the deadline counts from and the facts it was given, as the milestone or contact that
    started it has them now; a deadline that neither started keeps its own.
    """
    starts_on = {trigger.pattern.kind for trigger in rule.triggers}
    if deadline.milestone is not None and "milestone" in starts_on:
        return deadline.milestone.happened_at, deadline.milestone.facts
    if deadline.contact is not None and "contact" in starts_on:
        return deadline.contact.started_at, {"promised_by": as_text(deadline.contact.promised_by)}
    return deadline.triggered_at, deadline.facts


def asked_facts(rule: DeadlineRule, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Of all that is known, what the rule asks for."""
    known = ((asked.key, facts.get(asked.key)) for asked in rule.inputs)
    return {key: value for key, value in known if value not in (None, "")}


def computed(
    rule: DeadlineRule,
    playbook: Playbook,
    at: datetime,
    facts: Mapping[str, Any],
    events: Sequence[Event],
    calendar_of: CalendarOf | None = None,
) -> DueDate:
    """The rule's count from `at`. Raises CannotReckon where a fact is missing or unreadable."""
    ask = (calendar_of or calendars.calendar_of) if rule.needs_calendar else work_calendar
    return rules.compute(
        rule, playbook=playbook, at=at, facts=facts, calendar=ask(playbook.calendar), events=events
    )
