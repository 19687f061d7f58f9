"""Logs dated facts that start and stop clocks, and corrects them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.models import Case, ContactAttempt, CountdownStep, Milestone, MilestoneKind
from cases.services import custody, deadline_corrections, deadlines, events
from cases.services.cases import lock
from cases.services.moments import as_text, refuse_future
from cases.services.playbooks import channels_of
from tracker.accounts.models import User


@transaction.atomic
def log_milestone(
    *,
    case: Case,
    by: User,
    at: datetime,
    kind: str,
    happened_at: datetime,
    facts: Mapping[str, Any] | None = None,
    channel: str = "",
    contact: ContactAttempt | None = None,
    note: str = "",
    must_count: bool = True,
) -> Milestone:
    """A new milestone, the deadlines it starts and those it meets.

    `facts` are what a rule asks for besides, as in {"usual_workdays": 1}; `channel` is the key of the one
    it belongs to, as in "cn_12315.complaint". Raises ValidationError, by argument, for what cannot be,
    and with the rule's question where a fact is missing; with `must_count` False that rule waits.
    """
    lock(case)
    _refuse_closed(case)
    if contact is not None and contact.case_id != case.pk:
        raise ValidationError({"contact": _("That contact belongs to another case.")})
    milestone = Milestone(
        case=case,
        kind=kind,
        channel=channel,
        happened_at=happened_at,
        facts=dict(facts or {}),
        contact=contact,
        note=note.strip(),
        logged_at=at,
        logged_by=by,
    )
    _refuse_what_cannot_be(milestone, at)
    _refuse_unknown_channel(milestone)
    milestone.save()
    custody.record(case=case, action="milestone_logged", at=at, by=by, details=_described(milestone))
    deadlines.follow(
        case=case,
        event=events.of_milestone(milestone),
        at=at,
        by=by,
        contact=contact,
        milestone=milestone,
        must_count=must_count,
    )
    return milestone


@transaction.atomic
def correct_milestone(
    *,
    milestone: Milestone,
    by: User,
    at: datetime,
    happened_at: datetime,
    facts: Mapping[str, Any],
    channel: str,
    note: str,
) -> Milestone:
    """Say what was otherwise than logged; every deadline that counts from it follows. What happened, its
    kind, stays. Nothing is written when nothing changes. Raises ValidationError as `log_milestone` does.
    """
    case = Case.objects.select_for_update(no_key=True).get(pk=milestone.case_id)
    _refuse_closed(case)
    milestone = Milestone.objects.select_related("contact").get(pk=milestone.pk)
    milestone.case = case
    if milestone.contact is not None:
        milestone.contact.case = case
    event, before = events.of_milestone(milestone), _told(milestone)
    milestone.happened_at, milestone.facts = happened_at, dict(facts)
    milestone.channel, milestone.note = channel, note.strip()
    _refuse_what_cannot_be(milestone, at)
    if channel != before["channel"]:
        _refuse_unknown_channel(milestone)
    after = _told(milestone)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if not changes:
        return milestone
    milestone.save(update_fields=["happened_at", "facts", "channel", "note"])
    details = {"milestone": milestone.pk, "changed": changes}
    custody.record(case=case, action="milestone_corrected", at=at, by=by, details=details)
    deadline_corrections.follow_correction(milestone=milestone, before=event, at=at, by=by)
    return milestone


def _refuse_closed(case: Case) -> None:
    if case.is_closed:
        raise ValidationError(_("This case is closed; reopen it to log more."), code="closed")


def _refuse_what_cannot_be(milestone: Milestone, at: datetime) -> None:
    refuse_future("happened_at", milestone.happened_at, at=at)
    milestone.full_clean(exclude=["case", "contact", "logged_by"])
    if (
        milestone.kind == MilestoneKind.COUNTDOWN_SEEN
        and milestone.facts.get("step") not in CountdownStep.values
    ):
        raise ValidationError({"step": _("Choose what the countdown runs towards.")}, code="unknown")


def _refuse_unknown_channel(milestone: Milestone) -> None:
    if milestone.channel and milestone.channel not in channels_of(milestone.case):
        raise ValidationError({"channel": _("Choose one of the channels of this case.")}, code="unknown")


def _told(milestone: Milestone) -> dict[str, Any]:
    return {
        "kind": str(milestone.kind),
        "channel": milestone.channel,
        "happened_at": as_text(milestone.happened_at),
        "facts": {name: str(value) for name, value in milestone.facts.items()},
        "contact": milestone.contact_id,
        "note": milestone.note,
    }


def _described(milestone: Milestone) -> dict[str, Any]:
    told = _told(milestone)
    return {"milestone": milestone.pk, **{name: value for name, value in told.items() if value}}
