"""Opens, describes and closes cases."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from cases.models import Case, Membership, Outcome, OwnPlaybook, Role, Status
from cases.services import custody, deadline_corrections, deadlines, events
from cases.services.own_playbooks import PREFIX
from cases.services.playbooks import forget_playbooks_of, playbook_named, playbooks_of
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
# Of users' own, its platform with them: what happens once may start all their clocks.
MOST_OWN_PLAYBOOKS = 5
LONGEST_KEY = 50


@transaction.atomic
def open_case(*, by: User, at: datetime, **fields: Any) -> Case:
    """A new case owned by `by`; `fields` are those of DESCRIBED_BY. Raises ValidationError on bad ones."""
    case = Case(created_at=at, **fields)
    _refuse_what_cannot_be(case)
    _refuse_unknown_playbooks(case, before=())
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
    # Before the case, as whoever changes such a playbook locks its cases.
    _lock_own([fields.get("playbook", ""), *_keys(fields.get("also_playbooks"))])
    stored = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    changes = custody.changed_fields(_listed(model_to_dict(stored, fields=DESCRIBED_BY)), _listed(fields))
    if not changes:
        return case
    for name, value in fields.items():
        setattr(case, name, value)
    forget_playbooks_of(case)
    _refuse_what_cannot_be(case)
    _refuse_unknown_playbooks(case, before=_named_by(stored))
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
    lock(case)
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
    lock(case)
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
    lock(case)
    if not case.is_closed:
        return case
    case.status, case.outcome, case.closed_at = Status.OPEN, Outcome.NONE, None
    case.save(update_fields=["status", "outcome", "closed_at"])
    custody.record(case=case, action="case_reopened", at=at, by=by)
    deadlines.take_up_again(case=case, by=by, at=at)
    deadlines.follow_advice(case=case, at=at, by=by)
    return case


def lock(case: Case) -> None:
    """Lock the row, and take over how the case and its playbooks are by now: somebody else may have ended
    it, or changed a playbook, while this waited.
    """
    case.refresh_from_db(from_queryset=Case.objects.select_for_update(no_key=True))
    forget_playbooks_of(case)


def _refuse_what_cannot_be(case: Case) -> None:
    also = case.also_playbooks
    if not isinstance(also, list) or len(also) > MOST_PLAYBOOKS or not all(_is_key(key) for key in also):
        sentence = _("Choose what else applies from the list, %(limit)d at most.")
        raise ValidationError({"also_playbooks": sentence % {"limit": MOST_PLAYBOOKS}})
    case.full_clean()


def _refuse_unknown_playbooks(case: Case, *, before: Collection[str]) -> None:
    """What the case names anew must be there; what it named `before` may be gone."""
    named = _named_by(case)
    added = [key for key in dict.fromkeys(named) if key not in before]
    _lock_own(added)
    for key in added:
        if playbook_named(key) is None:
            field = "playbook" if key == case.playbook else "also_playbooks"
            sentence = _("What you chose was deleted meanwhile, or cannot be read. Choose something else.")
            raise ValidationError({field: sentence}, code="gone")
    own = {key for key in named if key.startswith(PREFIX)}
    if added and len(own) > MOST_OWN_PLAYBOOKS:
        sentence = _("Choose %(limit)d of your own playbooks at most.") % {"limit": MOST_OWN_PLAYBOOKS}
        raise ValidationError({"also_playbooks": sentence}, code="too_many")


def _lock_own(keys: Collection[str]) -> None:
    """Let nobody change or delete these own playbooks meanwhile."""
    own = [key for key in keys if key.startswith(PREFIX)]
    if own:
        list(OwnPlaybook.objects.select_for_update().filter(key__in=own).order_by("pk").only("pk"))


def _named_by(case: Case) -> tuple[str, ...]:
    return (case.playbook, *case.also_playbooks)


def _keys(listed: object) -> list[str]:
    return [key for key in listed if _is_key(key)] if isinstance(listed, list) else []


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
