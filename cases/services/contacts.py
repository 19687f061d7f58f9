"""Logs each try to reach the other side."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.models import Case, ContactAttempt, ContactOutcome, Direction, Exhibit, MilestoneKind
from cases.services import custody, deadlines, events, milestones
from cases.services.cases import lock
from cases.services.moments import as_text, refuse_future, refuse_too_far
from cases.services.playbooks import channels_of
from tracker.accounts.models import User


@transaction.atomic
def log_contact(
    *,
    case: Case,
    by: User,
    at: datetime,
    channel: str,
    outcome: str,
    started_at: datetime | None = None,
    direction: str = Direction.OUTGOING,
    ended_at: datetime | None = None,
    person: str = "",
    ticket_number: str = "",
    summary: str = "",
    promise: str = "",
    promised_by: datetime | None = None,
    stream_ended_at: datetime | None = None,
    exhibits: Iterable[Exhibit] = (),
) -> ContactAttempt:
    """A new contact, started just now unless said otherwise, with the deadlines it starts and meets.

    `stream_ended_at` also logs the milestone that the livestream ended. Raises ValidationError, by
    argument, for what cannot have happened.
    """
    lock(case)
    contact = ContactAttempt(
        case=case,
        channel=channel,
        direction=direction,
        started_at=started_at or at,
        ended_at=ended_at,
        person=person.strip(),
        ticket_number=ticket_number.strip(),
        summary=summary.strip(),
        outcome=outcome,
        promise=promise.strip(),
        promised_by=promised_by,
        logged_at=at,
        logged_by=by,
    )
    exhibits = list(exhibits)
    _refuse_what_cannot_be(contact, exhibits, stream_ended_at, at)
    contact.full_clean(exclude=["case", "logged_by"], validate_constraints=False)
    contact.save()
    if exhibits:
        contact.exhibits.set(exhibits)
    custody.record(case=case, action="contact_logged", at=at, by=by, details=_described(contact, exhibits))
    deadlines.follow(case=case, event=events.of_contact(contact), at=at, by=by, contact=contact)
    if stream_ended_at is not None:
        milestones.log_milestone(
            case=case,
            by=by,
            at=at,
            kind=MilestoneKind.STREAM_ENDED,
            happened_at=stream_ended_at,
            contact=contact,
        )
    return contact


@transaction.atomic
def say_ticket_number(
    *, contact: ContactAttempt, by: User, at: datetime, ticket_number: str
) -> ContactAttempt:
    """Their ticket number, for a contact that was logged without. Raises ValidationError where it has one."""
    lock(contact.case)
    contact.refresh_from_db(fields=["ticket_number"])
    if contact.ticket_number:
        raise ValidationError(
            {"ticket_number": _("This contact has a ticket number already.")}, code="duplicate"
        )
    contact.ticket_number = ticket_number.strip()
    contact.full_clean(exclude=["case", "logged_by"], validate_constraints=False)
    contact.save(update_fields=["ticket_number"])
    details = {"contact": contact.pk, "ticket_number": contact.ticket_number}
    custody.record(case=contact.case, action="contact_ticket_added", at=at, by=by, details=details)
    return contact


def _refuse_what_cannot_be(
    contact: ContactAttempt, exhibits: list[Exhibit], stream_ended_at: datetime | None, at: datetime
) -> None:
    if contact.case.is_closed:
        raise ValidationError(_("This case is closed; reopen it to log more."), code="closed")
    if contact.channel not in channels_of(contact.case):
        raise ValidationError({"channel": _("Choose one of the channels of this case.")}, code="unknown")
    refuse_future("started_at", contact.started_at, at=at)
    refuse_future("ended_at", contact.ended_at, at=at)
    refuse_future("stream_ended_at", stream_ended_at, at=at)
    if contact.ended_at and contact.ended_at < contact.started_at:
        raise ValidationError({"ended_at": _("It cannot have ended before it started; check both times.")})
    if stream_ended_at and stream_ended_at < contact.started_at:
        raise ValidationError(
            {"stream_ended_at": _("The stream cannot have ended before you wrote there; check both times.")}
        )
    if contact.promised_by is not None:
        _refuse_promise(contact, contact.promised_by, at)
    if any(exhibit.case_id != contact.case_id for exhibit in exhibits):
        raise ValidationError({"exhibits": _("An exhibit chosen here belongs to another case.")})


def _refuse_promise(contact: ContactAttempt, promised_by: datetime, at: datetime) -> None:
    if contact.outcome != ContactOutcome.PROMISED:
        raise ValidationError(
            {"promised_by": _("A promise has a time only where the outcome is “Promised something”.")}
        )
    if promised_by <= contact.started_at:
        raise ValidationError(
            {"promised_by": _("The promised time lies before the contact; check both times.")}
        )
    refuse_too_far("promised_by", promised_by, at=at)


def _described(contact: ContactAttempt, exhibits: Iterable[Exhibit]) -> dict[str, Any]:
    known = {
        "channel": contact.channel,
        "direction": str(contact.direction),
        "outcome": str(contact.outcome),
        "started_at": as_text(contact.started_at),
        "ended_at": as_text(contact.ended_at),
        "person": contact.person,
        "ticket_number": contact.ticket_number,
        "summary": contact.summary,
        "promise": contact.promise,
        "promised_by": as_text(contact.promised_by),
        "exhibits": [exhibit.label for exhibit in exhibits],
    }
    return {"contact": contact.pk, **{name: value for name, value in known.items() if value}}
