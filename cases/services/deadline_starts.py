"""Stores the deadlines that an event starts, and asks whether one is met by an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import translation

from cases.models import Case, ContactAttempt, Deadline, DropReason, Milestone
from cases.rules import deadlines as rules
from cases.rules.clocks import Countdown
from cases.rules.deadline_rules import DeadlineRule
from cases.rules.deadlines import DueDate
from cases.rules.events import Event
from cases.rules.playbooks import Playbook
from cases.rules.situations import Situation
from cases.services import deadline_states as states
from cases.services.deadline_counts import asked_facts, computed
from cases.services.moments import EARLIEST
from cases.services.playbooks import playbooks_of, rule_named
from tracker.accounts.models import User

# Dropped for these reasons, a deadline is taken up again when what starts it happens or applies again.
BACK_AGAIN = frozenset({DropReason.NEXT_STEP_CHANGED, DropReason.NO_LONGER_APPLIES})


@dataclass(frozen=True, slots=True)
class Start:
    """Everything known when an event may start clocks.

    `must_count` False leaves out a rule that asks for a fact that nobody told, unless it runs already.
    """

    case: Case
    event: Event
    situation: Situation
    at: datetime
    by: User | None
    contact: ContactAttempt | None = None
    milestone: Milestone | None = None
    must_count: bool = True


def start_all(start: Start) -> None:
    """Start every deadline that the event starts, by all playbooks of the case.

    Raises ValidationError, by the fact's key, where a rule asks for a fact that is missing or unreadable.
    """
    for playbook in playbooks_of(start.case):
        for rule in rules.started_by(playbook, start.event, start.situation):
            start_one(start, playbook, rule)


def start_one(start: Start, playbook: Playbook, rule: DeadlineRule) -> None:
    """Store the rule's deadline with its reminders, or move the one that is there already."""
    event, facts = start.event, asked_facts(rule, start.event.facts)
    try:
        due = computed(rule, playbook, event.at, facts, start.situation.events)
    except rules.CannotReckon as error:
        is_optional = not start.must_count and isinstance(error, rules.MissingFact)
        if is_optional and _already_there(start, rule, f"{playbook.key}.{rule.key}") is None:
            return
        sentence = error.sentence.in_language(translation.get_language() or "en")
        raise ValidationError({error.key: ValidationError(sentence, code="cannot_reckon")}) from error
    there = _already_there(start, rule, due.rule)
    if there is not None:
        there.case = start.case
        if there.drop_reason in BACK_AGAIN and event.kind != "advice":
            states.resume(there, at=start.at, by=start.by)
        if there.is_open and _runs_anew(there, start):
            there.triggered_at, there.facts = event.at, facts
            there.milestone, there.contact = start.milestone, start.contact
            states.move(there, due, at=start.at, by=start.by, from_anew=True)
        return
    deadline = _stored(start, due, facts)
    states.started(deadline, at=start.at, by=start.by)
    # What was logged out of order may have met it already.
    for earlier in start.situation.events:
        if earlier != event and is_met_by(earlier, deadline):
            return states.meet(deadline, met_at=earlier.at, met_by=named(earlier), at=start.at, by=start.by)


def _stored(start: Start, due: DueDate, facts: dict[str, object]) -> Deadline:
    return Deadline.objects.create(
        case=start.case,
        rule=due.rule,
        whose=due.whose,
        contact=start.contact,
        milestone=start.milestone,
        triggered_at=start.event.at,
        facts=facts,
        window_from=due.window_from,
        due_at=due.due_at,
        in_days=due.in_days,
        because=due.because(),
        is_provisional=due.is_provisional,
        is_paused=due.is_paused,
        computed_at=start.at,
    )


def _already_there(start: Start, rule: DeadlineRule, name: str) -> Deadline | None:
    """The deadline that this start would double: of the same contact, milestone or opening, or the one
    open deadline of the next step. A countdown that is read off again replaces the earlier reading.
    """
    same = Deadline.objects.filter(case=start.case, rule=name).select_related("contact", "milestone")
    if start.milestone is not None:
        own = same.filter(milestone=start.milestone).first()
        if own is None and isinstance(rule.clock, Countdown):
            return same.open().filter(milestone__channel=start.milestone.channel).first()
        return own
    if start.contact is not None:
        return same.filter(contact=start.contact).first()
    if start.event.kind == "case":
        return same.filter(contact=None, milestone=None).first()
    return same.open().order_by("due_at").first()


def _runs_anew(deadline: Deadline, start: Start) -> bool:
    """A step that is still the next one keeps its time until that has passed, and a countdown that was
    read off earlier than the stored one is no news.
    """
    if start.event.kind == "advice":
        return deadline.contact_id is None and deadline.due_at < start.at
    if start.milestone is not None and deadline.milestone_id != start.milestone.pk:
        return start.event.at >= deadline.triggered_at
    return True


def is_met_by(event: Event, deadline: Deadline) -> bool:
    """Whether the event meets the deadline, which has its case, contact and milestone."""
    found = rule_named(deadline.rule, playbooks_of(deadline.case))
    if found is None:
        return False
    # A case is opened when much has happened already: what is told of that later counts as well.
    on_opening = any(trigger.pattern.kind == "case" for trigger in found[1].triggers)
    return rules.meets(
        found[1],
        event,
        since=EARLIEST if on_opening else deadline.triggered_at,
        contact_id=deadline.contact_id,
        started_on=started_on(deadline),
    )


def started_on(deadline: Deadline) -> str:
    """The channel of the milestone or contact that started it; empty for none."""
    own = deadline.milestone.channel if deadline.milestone else ""
    return own or (deadline.contact.channel if deadline.contact else "")


def named(event: Event) -> str:
    """As in “contact 12”: what met a deadline."""
    return f"{event.kind} {event.contact_id if event.is_contact else event.name}"
