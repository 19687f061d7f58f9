"""Starts, meets, moves and drops deadlines as things happen in a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation

from cases.models import Case, ContactAttempt, Deadline, DropReason, Milestone
from cases.rules import deadlines as rules
from cases.rules.calendars import china_calendar
from cases.rules.events import Event
from cases.rules.playbooks import DeadlineRule, Playbook
from cases.rules.situations import Situation
from cases.services import advice
from cases.services import deadline_states as states
from cases.services.playbooks import playbook_of
from tracker.accounts.models import User

# What `met_by` says when the user said that it is done.
BY_HAND = "user"


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline that came out at another time than before."""

    deadline: Deadline
    before: datetime
    after: datetime


@transaction.atomic
def follow(
    *,
    case: Case,
    event: Event,
    at: datetime,
    by: User | None,
    contact: ContactAttempt | None = None,
    milestone: Milestone | None = None,
) -> None:
    """Meet the deadlines that the event meets, start those it starts, then look at the next step.

    `contact` and `milestone` are the rows the event comes from, where there are any. Raises
    ValidationError, by the fact's key, where a rule asks for a fact that is missing or unreadable.
    """
    playbook = playbook_of(case)
    if playbook is None or case.is_closed:
        return
    for deadline in _open_in(case):
        if _is_met_by(event, deadline, playbook):
            states.meet(deadline, met_at=event.at, met_by=_named(event), at=at, by=by)
    situation = advice.situation_of(case, with_preparations=False)
    for rule in rules.started_by(playbook, event, situation):
        _start(_Start(case, playbook, rule, event, situation, at, by, contact, milestone))
    _follow_advice(case, playbook, situation, at, by)


@transaction.atomic
def follow_advice(*, case: Case, at: datetime, by: User | None) -> None:
    """Start or drop what depends on the next step alone, after the case itself changed."""
    playbook = playbook_of(case)
    if playbook is not None and not case.is_closed:
        _follow_advice(case, playbook, advice.situation_of(case, with_preparations=False), at, by)


@transaction.atomic
def mark_met(*, deadline: Deadline, by: User, at: datetime) -> None:
    """The user says that it is done; nothing happens to a deadline that is no longer open."""
    deadline = _locked(deadline)
    if deadline.is_open:
        states.meet(deadline, met_at=at, met_by=BY_HAND, at=at, by=by)


@transaction.atomic
def drop(*, deadline: Deadline, by: User, at: datetime) -> None:
    """The user says that it no longer matters; nothing happens to one that is no longer open."""
    deadline = _locked(deadline)
    if deadline.is_open:
        states.drop(deadline, reason=DropReason.USER, at=at, by=by)


@transaction.atomic
def drop_all(*, case: Case, by: User | None, at: datetime) -> None:
    """Nothing is asked for any more: the case ends."""
    for deadline in _open_in(case):
        states.drop(deadline, reason=DropReason.CASE_CLOSED, at=at, by=by)


@transaction.atomic
def take_up_again(*, case: Case, by: User, at: datetime) -> None:
    """Open what was dropped when the case ended, as a new version, so that it reminds anew."""
    for deadline in case.deadlines.filter(drop_reason=DropReason.CASE_CLOSED).order_by("pk"):
        states.resume(deadline, at=at, by=by)


@transaction.atomic
def recompute(*, case: Case, at: datetime) -> list[Moved]:
    """Count every open deadline anew with today's playbooks and calendar; return those that moved.

    One that moved gets a new version and reminds anew. One whose rule is no longer shipped, or that
    today's rule cannot count from what is stored, stays as it is.
    """
    playbook = playbook_of(case)
    if playbook is None:
        return []
    moved = []
    for deadline in _open_in(Case.objects.select_for_update(no_key=True).get(pk=case.pk)):
        rule = playbook.rule_named(deadline.rule)
        if rule is None:
            continue
        try:
            due = _computed(rule, playbook, deadline.triggered_at, deadline.facts)
        except rules.CannotReckon:
            continue
        before = deadline.due_at
        if states.move(deadline, due, at=at, by=None):
            moved.append(Moved(deadline, before, deadline.due_at))
    return moved


def open_for(user: User) -> QuerySet[Deadline]:
    """The open deadlines of every case the user may see, the least time left first."""
    cases = Case.objects.visible_to(user).open()
    return Deadline.objects.open().filter(case__in=cases).select_related("case").order_by("due_at", "pk")


def next_of(case: Case) -> Deadline | None:
    """The open deadline with the least time left; None when nothing is due in this case."""
    return Deadline.objects.open().filter(case=case).order_by("due_at", "pk").first()


@dataclass(frozen=True, slots=True)
class _Start:
    """Everything known when a rule's clock starts."""

    case: Case
    playbook: Playbook
    rule: DeadlineRule
    event: Event
    situation: Situation
    at: datetime
    by: User | None
    contact: ContactAttempt | None = None
    milestone: Milestone | None = None


def _start(start: _Start) -> None:
    """Store the rule's deadline with its reminders, or move the one that is there already."""
    rule, event = start.rule, start.event
    facts = {asked.key: event.facts[asked.key] for asked in rule.inputs if asked.key in event.facts}
    try:
        due = _computed(rule, start.playbook, event.at, facts)
    except rules.CannotReckon as error:
        sentence = error.sentence.in_language(translation.get_language() or "en")
        raise ValidationError({error.key: ValidationError(sentence, code="cannot_reckon")}) from error
    there = _already_there(start, due.rule)
    if there is not None:
        if there.is_open and _runs_anew(there, start):
            there.triggered_at, there.facts = event.at, facts
            states.move(there, due, at=start.at, by=start.by)
        return
    deadline = Deadline.objects.create(
        case=start.case,
        rule=due.rule,
        whose=due.whose,
        contact=start.contact,
        milestone=start.milestone,
        triggered_at=event.at,
        facts=facts,
        window_from=due.window_from,
        due_at=due.due_at,
        in_days=due.in_days,
        because=due.because(),
        is_provisional=due.is_provisional,
        computed_at=start.at,
    )
    states.started(deadline, at=start.at, by=start.by)
    # What was logged out of order may have met it already.
    for earlier in start.situation.events:
        if _is_met_by(earlier, deadline, start.playbook):
            return states.meet(deadline, met_at=earlier.at, met_by=_named(earlier), at=start.at, by=start.by)


def _already_there(start: _Start, rule: str) -> Deadline | None:
    """The deadline that this start would double: of the same contact or milestone, or of the case."""
    same = Deadline.objects.filter(case=start.case, rule=rule)
    if start.contact is not None:
        return same.filter(contact=start.contact).first()
    if start.milestone is not None:
        return same.filter(milestone=start.milestone).first()
    return same.open().order_by("due_at").first()


def _runs_anew(deadline: Deadline, start: _Start) -> bool:
    """A step that is still the next one keeps its time, until that has passed."""
    return start.event.kind != "advice" or (deadline.contact_id is None and deadline.due_at < start.at)


def _computed(rule: DeadlineRule, playbook: Playbook, at: datetime, facts: dict[str, Any]) -> rules.DueDate:
    return rules.compute(rule, playbook=playbook, at=at, facts=facts, calendar=china_calendar())


def _follow_advice(
    case: Case, playbook: Playbook, situation: Situation, at: datetime, by: User | None
) -> None:
    """Deadlines of the next step: start those of the channels advised now, drop those of others."""
    channels = advice.next_channels(playbook, situation, at=at)
    steps = tuple(Event(kind="advice", name=channel, at=at) for channel in channels)
    for deadline in _open_in(case):
        if deadline.contact_id is None and deadline.milestone_id is None:
            rule = playbook.rule_named(deadline.rule)
            if rule and not any(_fires(rule, step, situation) for step in steps):
                states.drop(deadline, reason=DropReason.NEXT_STEP_CHANGED, at=at, by=by)
    for step in steps:
        for rule in rules.started_by(playbook, step, situation):
            if not _is_settled_by_hand(case, f"{playbook.key}.{rule.key}", situation):
                _start(_Start(case, playbook, rule, step, situation, at, by))


def _is_settled_by_hand(case: Case, rule: str, situation: Situation) -> bool:
    """Whether the user put this step away, and nothing has gone wrong since: then it stays away."""
    last = Deadline.objects.filter(case=case, rule=rule, contact=None, milestone=None).order_by("-pk").first()
    if last is None or BY_HAND not in {last.met_by, last.drop_reason}:
        return False
    put_away = last.met_at or last.dropped_at or last.triggered_at
    return not any(event.at > put_away and advice.is_setback(event) for event in situation.events)


def _fires(rule: DeadlineRule, step: Event, situation: Situation) -> bool:
    return any(trigger.fires(step, situation) for trigger in rule.triggers)


def _open_in(case: Case) -> Iterable[Deadline]:
    return Deadline.objects.open().filter(case=case).select_related("case", "contact").order_by("pk")


def _locked(deadline: Deadline) -> Deadline:
    Case.objects.select_for_update(no_key=True).get(pk=deadline.case_id)
    return Deadline.objects.select_related("case").get(pk=deadline.pk)


def _is_met_by(event: Event, deadline: Deadline, playbook: Playbook) -> bool:
    rule = playbook.rule_named(deadline.rule)
    return rule is not None and rules.meets(
        rule,
        event,
        since=deadline.triggered_at,
        contact_id=deadline.contact_id,
        started_on=deadline.contact.channel if deadline.contact else "",
    )


def _named(event: Event) -> str:
    """As in “contact 12”: what met a deadline."""
    return f"{event.kind} {event.contact_id if event.is_contact else event.name}"
