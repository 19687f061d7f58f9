"""Logs dated facts that start and stop clocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.models import Case, ContactAttempt, Milestone
from cases.services import custody, deadlines, events
from cases.services.moments import as_text, refuse_future
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
    contact: ContactAttempt | None = None,
    note: str = "",
) -> Milestone:
    """A new milestone, the deadlines it starts and those it meets.

    `facts` are what a rule asks for besides, as in {"usual_workdays": 1}. Raises ValidationError, by
    argument, for a time that cannot be, and with the rule's question where a fact is missing.
    """
    if case.is_closed:
        raise ValidationError(_("This case is closed; reopen it to log more."), code="closed")
    refuse_future("happened_at", happened_at, at=at)
    if contact is not None and contact.case_id != case.pk:
        raise ValidationError({"contact": _("That contact belongs to another case.")})
    milestone = Milestone(
        case=case,
        kind=kind,
        happened_at=happened_at,
        facts=dict(facts or {}),
        contact=contact,
        note=note.strip(),
        logged_at=at,
        logged_by=by,
    )
    milestone.full_clean(exclude=["case", "contact", "logged_by"])
    milestone.save()
    custody.record(case=case, action="milestone_logged", at=at, by=by, details=_described(milestone))
    deadlines.follow(
        case=case, event=events.of_milestone(milestone), at=at, by=by, contact=contact, milestone=milestone
    )
    return milestone


def _described(milestone: Milestone) -> dict[str, Any]:
    known = {
        "kind": str(milestone.kind),
        "happened_at": as_text(milestone.happened_at),
        "facts": {name: str(value) for name, value in milestone.facts.items()},
        "contact": milestone.contact_id,
        "note": milestone.note,
    }
    return {"milestone": milestone.pk, **{name: value for name, value in known.items() if value}}
