"""Meets, moves and drops deadlines as things happen in a case; starting is deadline_starts.py's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from cases.models import Case, ContactAttempt, Deadline, DropReason, Milestone
from cases.rules import deadlines as rules
from cases.rules.deadline_rules import DeadlineRule
from cases.rules.events import Event
from cases.rules.situations import Situation
from cases.services import advice, events
from cases.services import deadline_states as states
from cases.services.deadline_counts import CalendarOf, asked_facts, count_anew, start_of
from cases.services.deadline_starts import Start, is_met_by, named, start_all, start_one
from cases.services.playbooks import playbooks_of, rule_named, rule_of
from tracker.accounts.models import User

# What `met_by` says when the user said that it is done.
BY_HAND = "user"


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline that came out at another time than before."""

    deadline: Deadline
    before: datetime
    after: datetime


@transaction.atomic(savepoint=False)  # where it fails, all that its caller stored fails with it
def follow(
    *,
    case: Case,
    event: Event,
    at: datetime,
    by: User | None,
    contact: ContactAttempt | None = None,
    milestone: Milestone | None = None,
    must_count: bool = True,
) -> None:
    """Meet the deadlines that the event meets, count those whose clock it stops or runs, start those it
    starts, then look at the next step.

    `contact` and `milestone` are the rows the event comes from, where there are any. Raises
    ValidationError, by the fact's key, where a rule asks for a fact that is missing or unreadable; with
    `must_count` False such a rule is left out.
    """
    if case.is_closed or not playbooks_of(case):
        return
    situation = advice.situation_of(case, with_preparations=False)
    for deadline in open_in(case):
        if is_met_by(event, deadline):
            states.meet(deadline, met_at=event.at, met_by=named(event), at=at, by=by)
        elif _touches(event, deadline):
            states.store(deadline, judge(deadline, situation.events, at=at), at=at, by=by)
    start = Start(case, event, situation, at, by, contact, milestone, must_count)
    start_all(start)
    _follow_advice(start)


@transaction.atomic
def follow_advice(*, case: Case, at: datetime, by: User | None) -> None:
    """Start or drop what depends on the next step alone, after the case itself changed."""
    if playbooks_of(case) and not case.is_closed:
        situation = advice.situation_of(case, with_preparations=False)
        _follow_advice(Start(case, events.of_case(case), situation, at, by))


@transaction.atomic
def mark_met(*, deadline: Deadline, by: User, at: datetime) -> None:
    """The user says that it is done; nothing happens to a deadline that is no longer open."""
    deadline = _locked(deadline)
    if deadline.is_open:
        states.meet(deadline, met_at=at, met_by=BY_HAND, at=at, by=by)


@transaction.atomic
def take_back(*, deadline: Deadline, by: User, at: datetime) -> None:
    """It was not done after all: it is open again and reminds anew. Nothing happens where it is open, was
    met by what was logged, or its case is closed.
    """
    deadline = _locked(deadline)
    if deadline.met_at is not None and deadline.met_by == BY_HAND and not deadline.case.is_closed:
        states.reopen(deadline, at=at, by=by)


@transaction.atomic
def drop(*, deadline: Deadline, by: User, at: datetime) -> None:
    """The user says that it no longer matters; nothing happens to one that is no longer open."""
    deadline = _locked(deadline)
    if deadline.is_open:
        states.drop(deadline, reason=DropReason.USER, at=at, by=by)


@transaction.atomic
def drop_all(*, case: Case, by: User | None, at: datetime) -> None:
    """Nothing is asked for any more: the case ends."""
    for deadline in open_in(case):
        states.drop(deadline, reason=DropReason.CASE_CLOSED, at=at, by=by)


@transaction.atomic
def take_up_again(*, case: Case, by: User, at: datetime) -> None:
    """Open what was dropped when the case ended, as a new version, so that it reminds anew.

    What was counted by a rule that is gone by now stays dropped: nothing could meet it any more.
    """
    for deadline in case.deadlines.filter(drop_reason=DropReason.CASE_CLOSED).order_by("pk"):
        deadline.case = case
        if rule_of(deadline) is not None:
            states.resume(deadline, at=at, by=by)


@transaction.atomic
def recompute(*, case: Case, at: datetime, by: User | None = None) -> list[Moved]:
    """Count every open deadline anew with today's playbooks and calendars, from contacts and milestones
    as they are now; return those that moved.

    One that moved gets a new version and reminds anew. One whose rule is no longer there, or that
    today's rule cannot count from what is stored, stays as it is.
    """
    case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    deadlines = open_in(case)
    if not deadlines:
        return []
    happened, moved = events.of(case), []
    for deadline in deadlines:
        before = deadline.due_at
        if states.store(deadline, judge(deadline, happened, at=at), at=at, by=by):
            moved.append(Moved(deadline, before, deadline.due_at))
    return moved


def judge(
    deadline: Deadline, happened: Sequence[Event], *, at: datetime, calendar_of: CalendarOf | None = None
) -> states.Change | None:
    """Count the deadline anew and take over what is different, without storing it; None where nothing is.

    `happened` are the events of its case; it needs `case`, `contact` and `milestone`. See `count_anew`.
    """
    playbooks = playbooks_of(deadline.case)
    counted = count_anew(deadline, playbooks=playbooks, events=happened, calendar_of=calendar_of)
    if counted is None:
        return None
    rule, due = counted
    started_at, known = start_of(deadline, rule)
    facts = asked_facts(rule, known)
    from_anew = (deadline.triggered_at, deadline.facts) != (started_at, facts)
    deadline.triggered_at, deadline.facts = started_at, facts
    return states.change(deadline, due, at=at, from_anew=from_anew)


def open_for(user: User) -> QuerySet[Deadline]:
    """The open deadlines of every case the user may see, the least time left first."""
    cases = Case.objects.visible_to(user).open()
    return Deadline.objects.open().filter(case__in=cases).select_related("case").order_by("due_at", "pk")


def open_in(case: Case) -> list[Deadline]:
    """The open deadlines of the case with this very case, their contacts and milestones; one query."""
    rows = Deadline.objects.open().filter(case=case).select_related("contact", "milestone").order_by("pk")
    for row in (deadlines := list(rows)):
        row.case = case
    return deadlines


def is_of_next_step(rule: DeadlineRule) -> bool:
    """Whether the rule counts from what is advised, and not from something that happened for good."""
    kinds = {trigger.pattern.kind for trigger in rule.triggers}
    return "advice" in kinds and "case" not in kinds


def _touches(event: Event, deadline: Deadline) -> bool:
    """Whether the event may stop the deadline's clock, let it run again or start it anew."""
    found = rule_named(deadline.rule, playbooks_of(deadline.case))
    if found is None:
        return False
    rule = found[1]
    patterns = [*rule.restarted_by, *(end for pause in rule.pauses for end in (pause.begins, pause.ends))]
    return any(pattern.matches(event) for pattern in patterns)


def _follow_advice(start: Start) -> None:
    """Deadlines of the next step: start those of the channels advised now, drop those of others."""
    case, situation, at = start.case, start.situation, start.at
    playbooks = playbooks_of(case)
    running = open_in(case)
    # What is ready and what was missed decide about the next step, as on the page of the case.
    ready = advice.with_what_is_ready(situation, case, at=at, deadlines=running)
    channels = advice.next_channels(playbooks, ready, at=at)
    steps = tuple(Event(kind="advice", name=channel, at=at, channel=channel) for channel in channels)
    for deadline in running:
        found = rule_named(deadline.rule, playbooks)
        if deadline.contact_id or deadline.milestone_id or not found or not is_of_next_step(found[1]):
            continue
        if not any(_fires(found[1], step, situation) for step in steps):
            states.drop(deadline, reason=DropReason.NEXT_STEP_CHANGED, at=at, by=start.by)
    for step in steps:
        # Nobody was asked anything: a rule that needs a fact waits for something that happens.
        begun = replace(start, event=step, contact=None, milestone=None, must_count=False)
        for playbook in playbooks:
            for rule in rules.started_by(playbook, step, situation):
                if not _is_settled_by_hand(case, f"{playbook.key}.{rule.key}", situation):
                    start_one(begun, playbook, rule)


def _is_settled_by_hand(case: Case, rule: str, situation: Situation) -> bool:
    """Whether the user put this step away, and nothing has gone wrong since: then it stays away."""
    last = Deadline.objects.filter(case=case, rule=rule, contact=None, milestone=None).order_by("-pk").first()
    if last is None or BY_HAND not in {last.met_by, last.drop_reason}:
        return False
    put_away = last.met_at or last.dropped_at or last.triggered_at
    return not any(event.at > put_away and advice.is_setback(event) for event in situation.events)


def _fires(rule: DeadlineRule, step: Event, situation: Situation) -> bool:
    return any(trigger.fires(step, situation) for trigger in rule.triggers)


def _locked(deadline: Deadline) -> Deadline:
    Case.objects.select_for_update(no_key=True).get(pk=deadline.case_id)
    return Deadline.objects.select_related("case").get(pk=deadline.pk)
