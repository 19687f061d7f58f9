"""Makes an exhibit of a file that came in: looked into, stored, then named by a row, or not at all."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from cases.evidence import inspection, intake, metadata, names, store
from cases.evidence.facts import Facts
from cases.evidence.refused import Refused, could_not_keep
from cases.models import Case, ContactAttempt, CustodyEntry, Exhibit, ExhibitSource, Role, Upload
from cases.services import custody, evidence_room
from cases.services.exhibit_descriptions import check_typed, link, link_contact
from tracker.accounts.models import User
from tracker.queue import enqueue_on_commit

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """What its sender says of a file: its name, what it shows, when that was, which contact it proves."""

    name: str = ""
    shows: str = ""
    claimed_at: datetime | None = None
    contact: ContactAttempt | None = None


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The exhibit that a file became or, where not `is_new`, the one that has these very bytes.

    `elsewhere` are exhibits of the owner's other cases with the same bytes.
    """

    exhibit: Exhibit
    is_new: bool
    elsewhere: tuple[Exhibit, ...] = ()


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

    Raises Refused with one sentence, also for bytes that the case already has, or ValidationError for what
    was typed; then nothing is kept.
    """
    said = Said(upload.name or "", shows, claimed_at, contact)
    check_typed(case=case, shows=shows, claimed_at=claimed_at, contact=contact, at=at)
    with intake.receive(upload, max_bytes=largest()) as received:
        return keep(received, case=case, by=by, at=at, said=said, source=source)


def take_in(*, case: Case, by: User, at: datetime, upload: File[Any], said: Said) -> TakenIn:
    """As `add_exhibit`; the same bytes again are no second exhibit, and no refusal."""
    check_typed(case=case, shows=said.shows, claimed_at=said.claimed_at, contact=said.contact, at=at)
    with intake.receive(upload, max_bytes=largest()) as received:
        return keep_once(received, case=case, by=by, at=at, said=said)


def keep_once(
    received: intake.Received,
    *,
    case: Case,
    by: User,
    at: datetime,
    said: Said,
    upload: Upload | None = None,
) -> TakenIn:
    """`keep`, or the exhibit of the case that has these bytes; what was said of the contact holds for it."""
    try:
        exhibit, is_new = keep(received, case=case, by=by, at=at, said=said, upload=upload), True
    except AlreadyThere as there:
        exhibit, is_new = there.exhibit, False
        if said.contact is not None:
            link_contact(exhibit=exhibit, contact=said.contact, by=by, at=at)
    return TakenIn(exhibit, is_new, elsewhere(exhibit, until=at))


def elsewhere(exhibit: Exhibit, *, until: datetime) -> tuple[Exhibit, ...]:
    """At most five exhibits with these bytes that other cases of the owner had by then, oldest first."""
    twins = Exhibit.objects.filter(
        sha256=exhibit.sha256,
        received_at__lte=until,
        case__memberships__user=exhibit.case.owner,
        case__memberships__role=Role.OWNER,
    )
    return tuple(twins.exclude(case=exhibit.case_id).select_related("case").order_by("pk")[:5])


def keep(
    received: intake.Received,
    *,
    case: Case,
    by: User,
    at: datetime,
    said: Said,
    source: str = ExhibitSource.UPLOAD,
    upload: Upload | None = None,
) -> Exhibit:
    """Make an exhibit of a whole file that was received. Raises AlreadyThere, Refused.

    An `upload` that it came by ends with it, in one transaction: raises Ended where it ended before. A file
    whose row does not commit is removed again, except where the caller's own transaction is rolled back
    later: then `scrub_evidence` names it.
    """
    facts = inspection.inspect(received.path)
    check_size(facts.media_type, received.size)
    owner = case.owner
    exhibit = Exhibit(
        case=case,
        sha256=received.sha256,
        size=received.size,
        media_type=facts.media_type,
        storage_key=store.original_key(owner.pk, received.sha256),
        original_name=names.clean_name(said.name),
        width=facts.width,
        height=facts.height,
        page_count=facts.page_count,
        duration_ms=facts.duration_ms,
        metadata=metadata.read(received.path, facts.media_type),
        source=ExhibitSource(source),
        shows=said.shows,
        claimed_at=said.claimed_at,
        received_at=at,
        added_by=by,
    )
    with _stored(exhibit, owner, received.path), transaction.atomic():
        lock(owner, case)
        if upload is not None:
            _end(upload, at=at)
        _check_room(case, owner, received, is_reserved=upload is not None)
        if not store.exists(exhibit.storage_key):
            # Another upload of the same bytes failed and took its file away before we had the lock.
            store.put(exhibit.storage_key, received.path)
        _insert(exhibit, facts, by=by, at=at, contact=said.contact)
        if upload is not None:
            Upload.objects.filter(pk=upload.pk).update(exhibit=exhibit)
    return exhibit


class Ended(Exception):
    """The upload ended before: another request finished it or gave it up."""


class AlreadyThere(Refused):
    """These very bytes are an exhibit of the case."""

    def __init__(self, exhibit: Exhibit) -> None:
        super().__init__(
            _("This very file is already in the case as %(label)s."),
            code="already_there",
            params={"label": exhibit.label},
        )
        self.exhibit = exhibit


def largest() -> int:
    """Bytes of the largest file of any kind."""
    return max(int(settings.EXHIBIT_MAX_BYTES), int(settings.RECORDING_MAX_BYTES))


def check_size(media_type: str, size: int) -> None:
    """Refuse a file that is larger than files of its kind may be."""
    is_recording = media_type.startswith(("audio/", "video/"))
    most = int(settings.RECORDING_MAX_BYTES if is_recording else settings.EXHIBIT_MAX_BYTES)
    if size > most:
        raise intake.too_large(most)


def lock(owner: User, case: Case) -> None:
    """The owner first, for the share of the disk and the shared originals; then the case, for the number."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
    Case.objects.select_for_update(no_key=True).only("pk").get(pk=case.pk)


def _end(upload: Upload, *, at: datetime) -> None:
    """Nobody else ends it from here on until the transaction does."""
    if not Upload.objects.filter(pk=upload.pk, ended_at=None).update(ended_at=at):
        raise Ended


def _check_room(case: Case, owner: User, received: intake.Received, *, is_reserved: bool) -> None:
    """Refuse bytes that the case already has, and those that would pass the owner's share of the disk."""
    twin = Exhibit.objects.filter(case=case, sha256=received.sha256).first()
    if twin is not None:
        raise AlreadyThere(twin)
    evidence_room.check_room(owner, received.size, is_reserved=is_reserved)


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
            remove_unnamed(exhibit.storage_key, owner)
        if isinstance(failure, store.StoreTrouble):
            raise could_not_keep(failure) from failure
        raise


def remove_unnamed(key: str, owner: User) -> None:
    """Take a file back whose row did not commit, unless another row names it; under the owner's lock."""
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
    enqueue_on_commit("cases.tasks.recognise")
    if contact is not None:
        link(exhibit, contact, by=by, at=at)


def _next_number(case: Case) -> int:
    """One more than was ever given out: the chain remembers numbers whose exhibit is gone."""
    given = CustodyEntry.objects.filter(case=case).aggregate(most=Max("exhibit_number"))["most"] or 0
    stored = Exhibit.objects.filter(case=case).aggregate(most=Max("number"))["most"] or 0
    return max(given, stored) + 1
