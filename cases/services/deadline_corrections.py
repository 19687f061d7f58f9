"""Puts deadlines right after what they were counted from turned out otherwise."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from cases.models import Case, Deadline, DropReason, Milestone
from cases.rules import deadlines as rules
from cases.rules.events import Event
from cases.rules.playbooks import Playbook
from cases.services import advice, events
from cases.services import deadline_states as states
from cases.services.deadline_starts import Start, is_met_by, named, start_one
from cases.services.deadlines import follow, follow_advice, open_in, recompute
from cases.services.playbooks import playbooks_of, rule_named
from tracker.accounts.models import User


@transaction.atomic
def follow_correction(*, milestone: Milestone, before: Event, at: datetime, by: User) -> None:
    """A milestone is not what was logged: what it started, met, paused or restarted is put right.

    `before` is the event as it was. Raises ValidationError, by the fact's key, where a fact is unreadable,
    or missing that a running clock was given.
    """
    case, event = milestone.case, events.of_milestone(milestone)
    if case.is_closed or not playbooks_of(case):
        return
    happened = events.of(case)
    for deadline in _met_by(before, milestone):
        _meet_again(deadline, happened, at=at, by=by)
    for deadline in open_in(case):
        if deadline.milestone_id == milestone.pk and not _still_starts(event, deadline):
            states.drop(deadline, reason=DropReason.NO_LONGER_APPLIES, at=at, by=by)
    recompute(case=case, at=at, by=by)
    follow(
        case=case,
        event=event,
        at=at,
        by=by,
        contact=milestone.contact,
        milestone=milestone,
        must_count=False,
    )


@transaction.atomic
def follow_playbooks(*, case: Case, before: Sequence[Playbook], at: datetime, by: User) -> None:
    """Other playbooks apply than `before`: drop the open deadlines of those that no longer do, start what
    has happened so far by those that do now, and count the others anew.
    """
    if case.is_closed:
        return
    now, old = ({one.key for one in playbooks} for playbooks in (playbooks_of(case), before))
    for deadline in open_in(case):
        if _playbook_key(deadline) in old - now:
            states.drop(deadline, reason=DropReason.NO_LONGER_APPLIES, at=at, by=by)
    recompute(case=case, at=at, by=by)
    if now - old:
        _catch_up(case, now - old, at=at, by=by)
    follow_advice(case=case, at=at, by=by)


@transaction.atomic
def drop_rules(*, names: Collection[str], at: datetime, by: User) -> None:
    """Rules of these full names are gone: drop their open deadlines. The cases must be locked."""
    rows = Deadline.objects.open().filter(rule__in=names).select_related("case").order_by("case_id", "pk")
    states.drop_all(list(rows), reason=DropReason.NO_LONGER_APPLIES, at=at, by=by)


def _catch_up(case: Case, keys: Collection[str], *, at: datetime, by: User) -> None:
    """Start by the playbooks of these keys what the case holds already; no fact is asked for."""
    situation = advice.situation_of(case, with_preparations=False)
    happened = events.happened_in([case])[case.pk]
    for number, one in enumerate(happened, start=1):
        # Whether it was the first of its kind is judged by what had happened until then.
        until_then = replace(situation, events=tuple(other.event for other in happened[:number]))
        start = Start(case, one.event, situation, at, by, one.contact, one.milestone, must_count=False)
        for playbook in playbooks_of(case):
            if playbook.key in keys:
                for rule in rules.started_by(playbook, one.event, until_then):
                    start_one(start, playbook, rule)


def _met_by(before: Event, milestone: Milestone) -> list[Deadline]:
    """The deadlines that the milestone met, as it was."""
    rows = Deadline.objects.filter(case=milestone.case, met_at=before.at, met_by=named(before))
    met = list(rows.select_related("contact", "milestone").order_by("pk"))
    for row in met:
        row.case = milestone.case
    return met


def _meet_again(deadline: Deadline, happened: Sequence[Event], *, at: datetime, by: User) -> None:
    """Met by the first event that does so now, whichever it is; open again where none does, unless the
    same step runs anew already: then that one counts.
    """
    own = deadline.milestone and events.of_milestone(deadline.milestone)
    first = next((one for one in happened if one != own and is_met_by(one, deadline)), None)
    if first is None and _runs_anew_already(deadline):
        states.drop(deadline, reason=DropReason.NO_LONGER_APPLIES, at=at, by=by)
    elif first is None:
        states.reopen(deadline, at=at, by=by)
    elif (first.at, named(first)) != (deadline.met_at, deadline.met_by):
        states.meet(deadline, met_at=first.at, met_by=named(first), at=at, by=by)


def _runs_anew_already(deadline: Deadline) -> bool:
    """Whether another deadline of the same next step is open, of which there is one at a time."""
    if deadline.contact_id or deadline.milestone_id:
        return False
    same = Deadline.objects.open().filter(case=deadline.case, rule=deadline.rule)
    return same.filter(contact=None, milestone=None).exists()


def _still_starts(event: Event, deadline: Deadline) -> bool:
    """Whether the event is one that the deadline's rule counts from; where the rule is gone, it stays."""
    found = rule_named(deadline.rule, playbooks_of(deadline.case))
    return found is None or any(trigger.pattern.matches(event) for trigger in found[1].triggers)


def _playbook_key(deadline: Deadline) -> str:
    return deadline.rule.partition(".")[0]
