"""Opens, describes and closes cases."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from cases.models import Case, Membership, Outcome, Role, Status
from cases.services import custody, deadline_corrections, deadlines, events
from cases.services.playbooks import playbooks_of
from tracker.accounts.models import User

DESCRIBED_BY = (
    "title",
    "playbook",
    "also_playbooks",
    "problem_kind",
    "risk",
    "urgency",
    "complexity",
    "during_big_sale",
    "merchant",
    "merchant_kind",
    "merchant_address",
    "partner_platform",
    "problem_statement",
    "demand",
    "amount",
    "currency",
    "payment_method",
)
# More than anybody needs; a list that came from elsewhere may hold anything.
MOST_PLAYBOOKS = 20
LONGEST_KEY = 50


@transaction.atomic
def open_case(*, by: User, at: datetime, **fields: Any) -> Case:
    """A new case owned by `by`; `fields` are those of DESCRIBED_BY. Raises ValidationError on bad ones."""
    case = Case(created_at=at, **fields)
    _refuse_what_cannot_be(case)
    case.save()
    Membership.objects.create(case=case, user=by, role=Role.OWNER, since=at)
    custody.record(case=case, action="case_opened", at=at, by=by, details=_described(case))
    deadlines.follow(case=case, event=events.of_case(case), at=at, by=by, must_count=False)
    return case


@transaction.atomic
def describe_case(*, case: Case, by: User, at: datetime, **fields: Any) -> Case:
    """Change what is known about the case; nothing is written when nothing changes.

    Where other playbooks apply than before, their deadlines follow.
    """
    stored = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    changes = custody.changed_fields(_listed(model_to_dict(stored, fields=DESCRIBED_BY)), _listed(fields))
    if not changes:
        return case
    for name, value in fields.items():
        setattr(case, name, value)
    _refuse_what_cannot_be(case)
    case.save(update_fields=list(fields))
    custody.record(case=case, action="case_described", at=at, by=by, details={"changed": changes})
    if changes.keys() & {"playbook", "also_playbooks"}:
        deadline_corrections.follow_playbooks(case=case, before=playbooks_of(stored), at=at, by=by)
    else:
        deadlines.follow_advice(case=case, at=at, by=by)
    return case


@transaction.atomic
def set_status(*, case: Case, by: User, at: datetime, status: str) -> Case:
    """Say where the case is. Ending it is `close_case`, since an end has an outcome."""
    _lock(case)
    before = case.status
    if status not in Status.values:
        raise ValidationError(_("Choose one of the states a case can be in."))
    if status == Status.CLOSED or before == Status.CLOSED:
        raise ValidationError(_("A case ends by closing it with an outcome; reopen it to continue."))
    if status == before:
        return case
    case.status = Status(status)
    case.save(update_fields=["status"])
    custody.record(
        case=case, action="case_status_changed", at=at, by=by, details={"status": [before, status]}
    )
    return case


@transaction.atomic
def close_case(
    *, case: Case, by: User, at: datetime, outcome: str, recovered_amount: Decimal | None = None
) -> Case:
    """End the case. Its deadlines ask for nothing more; reminders not sent are cancelled."""
    _lock(case)
    if case.is_closed:
        raise ValidationError(_("This case is closed already."))
    deadlines.drop_all(case=case, by=by, at=at)
    case.status, case.outcome, case.closed_at = Status.CLOSED, Outcome(outcome), at
    case.recovered_amount = recovered_amount
    case.full_clean()
    case.save(update_fields=["status", "outcome", "closed_at", "recovered_amount"])
    custody.record(
        case=case,
        action="case_closed",
        at=at,
        by=by,
        details={"outcome": outcome, "recovered_amount": str(recovered_amount or "")},
    )
    return case


@transaction.atomic
def reopen_case(*, case: Case, by: User, at: datetime) -> Case:
    """Go on with an ended case: what its end dropped is open again, and reminds anew."""
    _lock(case)
    if not case.is_closed:
        return case
    case.status, case.outcome, case.closed_at = Status.OPEN, Outcome.NONE, None
    case.save(update_fields=["status", "outcome", "closed_at"])
    custody.record(case=case, action="case_reopened", at=at, by=by)
    deadlines.take_up_again(case=case, by=by, at=at)
    deadlines.follow_advice(case=case, at=at, by=by)
    return case


def _lock(case: Case) -> None:
    """Lock the row, and take over where the case stands by now: somebody else may have ended it."""
    stored = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    case.status, case.outcome, case.closed_at = stored.status, stored.outcome, stored.closed_at


def _refuse_what_cannot_be(case: Case) -> None:
    also = case.also_playbooks
    if not isinstance(also, list) or len(also) > MOST_PLAYBOOKS or not all(_is_key(key) for key in also):
        sentence = _("Choose what else applies from the list, %(limit)d at most.")
        raise ValidationError({"also_playbooks": sentence % {"limit": MOST_PLAYBOOKS}})
    case.full_clean()


def _is_key(key: object) -> bool:
    return isinstance(key, str) and 0 < len(key) <= LONGEST_KEY


def _listed(fields: dict[str, Any]) -> dict[str, Any]:
    """With the list of playbooks as it is told: keys with commas between them."""
    return {
        name: ", ".join(map(str, value)) if isinstance(value, list) else value
        for name, value in fields.items()
    }


def _described(case: Case) -> dict[str, str]:
    known = _listed(model_to_dict(case, fields=DESCRIBED_BY))
    return {name: str(value) for name, value in known.items() if value not in (None, "")}
