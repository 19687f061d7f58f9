"""What people say of exhibits: what they show, when they were taken, which contact they prove."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.models import Case, ContactAttempt, Exhibit
from cases.services import custody, deadlines, events
from cases.services.moments import EARLIEST
from tracker.accounts.models import User

CLOCKS_DIFFER_BY = timedelta(minutes=10)


@transaction.atomic
def describe_exhibit(
    *, exhibit: Exhibit, by: User, at: datetime, shows: str, claimed_at: datetime | None
) -> Exhibit:
    """Say what it shows and when the picture was taken; nothing is written when nothing changes."""
    check_typed(case=exhibit.case, shows=shows, claimed_at=claimed_at, contact=None, at=at)
    stored = Exhibit.objects.select_for_update(no_key=True).get(pk=exhibit.pk)
    after = {"shows": shows, "claimed_at": claimed_at}
    changes = custody.changed_fields({name: getattr(stored, name) for name in after}, after)
    exhibit.shows, exhibit.claimed_at = shows, claimed_at
    if changes:
        exhibit.save(update_fields=["shows", "claimed_at"])
        custody.record(
            case=exhibit.case,
            action="exhibit_described",
            at=at,
            by=by,
            exhibit=exhibit,
            details={"changed": changes},
        )
    return exhibit


@transaction.atomic
def link_contact(*, exhibit: Exhibit, contact: ContactAttempt, by: User, at: datetime) -> None:
    """Say that the exhibit proves that contact; meets the deadlines that ask for it. Once is enough."""
    check_contact(exhibit.case, contact)
    Case.objects.select_for_update(no_key=True).only("pk").get(pk=exhibit.case_id)
    if contact.exhibits.filter(pk=exhibit.pk).exists():
        return
    link(exhibit, contact, by=by, at=at)
    custody.record(
        case=exhibit.case,
        action="exhibit_linked",
        at=at,
        by=by,
        exhibit=exhibit,
        details={"contact": contact.pk, "channel": contact.channel},
    )


def link(exhibit: Exhibit, contact: ContactAttempt, *, by: User, at: datetime) -> None:
    """Say that the exhibit proves that contact, within the caller's transaction and its lock on the case."""
    contact.exhibits.add(exhibit)
    event = events.of_exhibit(contact, at)
    deadlines.follow(case=exhibit.case, event=event, at=at, by=by, contact=contact)


def check_typed(
    *, case: Case, shows: str, claimed_at: datetime | None, contact: ContactAttempt | None, at: datetime
) -> None:
    """Raises ValidationError for what people typed beside a file."""
    errors: dict[str, Any] = {}
    most = Exhibit._meta.get_field("shows").max_length
    if len(shows) > (most or 0):
        errors["shows"] = _("Say it in at most %(most)s characters.") % {"most": most}
    try:
        ProhibitNullCharactersValidator()(shows)
    except ValidationError as error:
        errors["shows"] = error
    if claimed_at is not None and claimed_at > at + CLOCKS_DIFFER_BY:
        errors["claimed_at"] = _("This time is still to come. Check the date and the time of the picture.")
    if claimed_at is not None and claimed_at < EARLIEST:
        errors["claimed_at"] = _("This lies before the year 2000; check the year.")
    if errors:
        raise ValidationError(errors)
    if contact is not None:
        check_contact(case, contact)


def check_contact(case: Case, contact: ContactAttempt) -> None:
    if contact.case_id != case.pk:
        raise ValidationError(_("That contact belongs to another case. Choose one of this case."))
