"""Writes into the custody chain who looked at what, once for each user, thing and day."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from django.db import DatabaseError, transaction

from cases.models import Case, CustodyEntry, Exhibit, Membership, Role
from cases.services import custody
from tracker.accounts.models import User

log = logging.getLogger(__name__)

EXHIBIT_VIEWED = "exhibit_viewed"
ORIGINAL_SAVED = "exhibit_original_saved"
CASE_VIEWED = "case_viewed"


def note_exhibit_viewed(exhibit: Exhibit, *, by: User, at: datetime) -> None:
    """Once on each day, in UTC."""
    _note_once_a_day(exhibit.case, EXHIBIT_VIEWED, exhibit=exhibit, by=by, at=at)


def note_original_saved(exhibit: Exhibit, *, by: User, at: datetime) -> None:
    """Each time: the very bytes left the house."""
    _note(exhibit.case, ORIGINAL_SAVED, exhibit=exhibit, by=by, at=at)


def note_case_viewed(membership: Membership, *, at: datetime) -> None:
    """By helpers and readers, once on each day; owners need not be told that they looked."""
    if membership.role != Role.OWNER:
        _note_once_a_day(membership.case, CASE_VIEWED, exhibit=None, by=membership.user, at=at)


def _note_once_a_day(case: Case, action: str, *, exhibit: Exhibit | None, by: User, at: datetime) -> None:
    today = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    noted = CustodyEntry.objects.filter(
        case=case,
        action=action,
        actor=custody.actor_of(by),
        exhibit_number=exhibit.number if exhibit else None,
        at__gte=today,
    )
    if not noted.exists():
        _note(case, action, exhibit=exhibit, by=by, at=at)


def _note(case: Case, action: str, *, exhibit: Exhibit | None, by: User, at: datetime) -> None:
    try:
        with transaction.atomic():
            custody.record(case=case, action=action, at=at, by=by, exhibit=exhibit)
    except DatabaseError as error:
        # Who looks while the database can only be read must still be able to look.
        log.warning("%s was not noted in the chain of a case: %s", action, type(error).__name__)
