"""Takes exhibits in, describes them and hands out the originals; their copies are in exhibit_copies."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.validators import ProhibitNullCharactersValidator
from django.db import transaction
from django.db.models import Max, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from cases.evidence import inspection, intake, names, pictures, store
from cases.evidence.facts import Facts
from cases.evidence.names import safe_download_name
from cases.evidence.refused import Refused, could_not_keep
from cases.models import Case, ContactAttempt, CustodyEntry, Exhibit, ExhibitSource, Role
from cases.services import custody, deadlines, events
from cases.services.exhibit_copies import (
    is_drawable,
    make_missing_working_copies,
    make_working_copies,
    open_working_copy,
    preview_of,
    thumbnail_of,
)
from cases.services.moments import EARLIEST
from tracker.accounts.models import User
from tracker.queue import enqueue_on_commit

__all__ = [
    "OriginalState",
    "Refused",
    "add_exhibit",
    "describe_exhibit",
    "is_drawable",
    "link_contact",
    "make_missing_working_copies",
    "make_working_copies",
    "open_original",
    "open_working_copy",
    "preview_of",
    "safe_download_name",
    "suggest_claimed_at",
    "thumbnail_of",
    "verify_original",
]

log = logging.getLogger(__name__)

CLOCKS_DIFFER_BY = timedelta(minutes=10)


class OriginalState(Enum):
    """What re-reading an original showed."""

    WHOLE = "whole"
    ALTERED = "altered"
    MISSING = "missing"


def add_exhibit(
    *,
    case: Case,
    by: User,
    at: datetime,
    upload: File[Any],
    shows: str = "",
    claimed_at: datetime | None = None,
    contact: ContactAttempt | None = None,
    source: str = ExhibitSource.UPLOAD,
) -> Exhibit:
    """Take a file in as the next exhibit of the case: hashed, looked into, stored, then named by a row.

    Raises Refused with one sentence, or ValidationError for what was typed; then nothing is kept.
    A file whose row does not commit is removed again, except where the caller's own transaction is
    rolled back later: then `scrub_evidence` names it.
    """
    _check_typed(case=case, shows=shows, claimed_at=claimed_at, contact=contact, at=at)
    with intake.receive(upload, max_bytes=settings.EXHIBIT_MAX_BYTES) as received:
        facts = inspection.inspect(received.path)
        owner = case.owner
        exhibit = Exhibit(
            case=case,
            sha256=received.sha256,
            size=received.size,
            media_type=facts.media_type,
            storage_key=store.original_key(owner.pk, received.sha256),
            original_name=names.clean_name(upload.name or ""),
            width=facts.width,
            height=facts.height,
            page_count=facts.page_count,
            source=ExhibitSource(source),
            shows=shows,
            claimed_at=claimed_at,
            received_at=at,
            added_by=by,
        )
        with _stored(exhibit, owner, received.path), transaction.atomic():
            _lock(owner, case)
            _check_room(case, owner, received)
            if not store.exists(exhibit.storage_key):
                # Another upload of the same bytes failed and took its file away before we had the lock.
                store.put(exhibit.storage_key, received.path)
            _insert(exhibit, facts, by=by, at=at, contact=contact)
    return exhibit


@transaction.atomic
def describe_exhibit(
    *, exhibit: Exhibit, by: User, at: datetime, shows: str, claimed_at: datetime | None
) -> Exhibit:
    """Say what it shows and when the picture was taken; nothing is written when nothing changes."""
    _check_typed(case=exhibit.case, shows=shows, claimed_at=claimed_at, contact=None, at=at)
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
    _check_contact(exhibit.case, contact)
    Case.objects.select_for_update(no_key=True).only("pk").get(pk=exhibit.case_id)
    if contact.exhibits.filter(pk=exhibit.pk).exists():
        return
    _link(exhibit, contact, by=by, at=at)
    custody.record(
        case=exhibit.case,
        action="exhibit_linked",
        at=at,
        by=by,
        exhibit=exhibit,
        details={"contact": contact.pk, "channel": contact.channel},
    )


def open_original(exhibit: Exhibit) -> BinaryIO:
    """The bytes as received, seekable, to be read in pieces. Raises store.Missing, store.StoreTrouble."""
    return store.open(exhibit.storage_key)


def verify_original(exhibit: Exhibit) -> OriginalState:
    """Read the original to its last byte and compare it with what was received."""
    try:
        is_whole = store.digest(exhibit.storage_key) == exhibit.sha256
    except store.Missing:
        return OriginalState.MISSING
    return OriginalState.WHOLE if is_whole else OriginalState.ALTERED


def suggest_claimed_at(exhibit: Exhibit, zone: tzinfo) -> datetime | None:
    """When the picture's own metadata says it was taken, to offer in a form; never stored by itself."""
    if not exhibit.is_picture:
        return None
    with open_original(exhibit) as file:
        return pictures.taken_at(file, exhibit.media_type, zone)


def _check_typed(
    *, case: Case, shows: str, claimed_at: datetime | None, contact: ContactAttempt | None, at: datetime
) -> None:
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
        _check_contact(case, contact)


def _check_contact(case: Case, contact: ContactAttempt) -> None:
    if contact.case_id != case.pk:
        raise ValidationError(_("That contact belongs to another case. Choose one of this case."))


def _check_room(case: Case, owner: User, received: intake.Received) -> None:
    """Refuse bytes that the case already has, and those that would pass the owner's share of the disk."""
    twin = Exhibit.objects.filter(case=case, sha256=received.sha256).first()
    if twin is not None:
        raise Refused(
            _("This very file is already in the case as %(label)s."),
            code="already_there",
            params={"label": twin.label},
        )
    owned = Exhibit.objects.filter(case__memberships__user=owner, case__memberships__role=Role.OWNER)
    used = owned.aggregate(bytes=Sum("size"))["bytes"] or 0
    if used + received.size > settings.USER_MAX_BYTES:
        raise Refused(
            _(
                "The evidence of this account would pass %(limit)s. "
                "Ask whoever runs this site for more room, or send smaller files."
            ),
            code="no_room_for_user",
            params={"limit": filesizeformat(settings.USER_MAX_BYTES)},
        )


def _lock(owner: User, case: Case) -> None:
    """The owner first, for the share of the disk and the shared originals; then the case, for the number."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
    Case.objects.select_for_update(no_key=True).only("pk").get(pk=case.pk)


@contextmanager
def _stored(exhibit: Exhibit, owner: User, path: Path) -> Iterator[None]:
    """The file in the store before the block; gone again after a block that failed, unless a row names it."""
    try:
        is_new = store.put(exhibit.storage_key, path)
    except store.StoreTrouble as error:
        raise could_not_keep(error) from error
    try:
        yield
    except BaseException as failure:
        if is_new:
            _remove_unnamed(exhibit.storage_key, owner)
        if isinstance(failure, store.StoreTrouble):
            raise could_not_keep(failure) from failure
        raise


def _remove_unnamed(key: str, owner: User) -> None:
    try:
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
            if not Exhibit.objects.filter(storage_key=key).exists():
                store.delete(key)
    except Exception:
        # The first failure is the one to report; `scrub_evidence` names the file.
        log.exception("A file that no exhibit names stays in the store: %s", key)


def _insert(
    exhibit: Exhibit, facts: Facts, *, by: User, at: datetime, contact: ContactAttempt | None
) -> None:
    exhibit.number = _next_number(exhibit.case)
    exhibit.save(force_insert=True)
    details = {
        "original_name": exhibit.original_name,
        "size": exhibit.size,
        "media_type": exhibit.media_type,
        "source": exhibit.source,
        "pages": exhibit.page_count,
        "frames": facts.frame_count,
        "shows": exhibit.shows,
        "claimed_at": exhibit.claimed_at.isoformat() if exhibit.claimed_at else "",
        "contact": contact.pk if contact else None,
    }
    custody.record(
        case=exhibit.case, action="exhibit_received", at=at, by=by, exhibit=exhibit, details=details
    )
    enqueue_on_commit("cases.tasks.make_working_copies", exhibit.pk)
    if contact is not None:
        _link(exhibit, contact, by=by, at=at)


def _next_number(case: Case) -> int:
    """One more than was ever given out: the chain remembers numbers whose exhibit is gone."""
    given = CustodyEntry.objects.filter(case=case).aggregate(most=Max("exhibit_number"))["most"] or 0
    stored = Exhibit.objects.filter(case=case).aggregate(most=Max("number"))["most"] or 0
    return max(given, stored) + 1


def _link(exhibit: Exhibit, contact: ContactAttempt, *, by: User, at: datetime) -> None:
    contact.exhibits.add(exhibit)
    event = events.of_exhibit(contact, at)
    deadlines.follow(case=exhibit.case, event=event, at=at, by=by, contact=contact)
