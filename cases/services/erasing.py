"""Erases a case for good, when its owner says so twice: first every word and the chain, then the bytes.

The first is one transaction: before it the whole case is there, after it no word and no member of it,
only its tombstone. What it leaves are emptied rows that name files. They are the list of what is still to
be removed, so whoever is killed over it is followed by the next tick.
"""

from __future__ import annotations

import email
import logging
from collections.abc import Iterator
from datetime import datetime
from email import policy
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Max, QuerySet
from django.utils.translation import gettext as _

from cases.evidence import store
from cases.models import (
    BuildState,
    Case,
    CaseFile,
    CaseFileShare,
    CaseImport,
    CaseOrigin,
    ContactAttempt,
    CustodyEntry,
    Deadline,
    Exhibit,
    Membership,
    Milestone,
    Order,
    OwnReminder,
    ProblemKind,
    Recognition,
    Redaction,
    Role,
    ScrubFinding,
    Status,
    Tombstone,
    Upload,
    UploadPiece,
    WorkingCopy,
)
from cases.services import custody
from tracker.accounts.models import User
from tracker.queue import enqueue_on_commit

log = logging.getLogger(__name__)

# Rows of a case that hold words and name no file, those that refer to others first.
_WORDS: tuple[type[models.Model], ...] = (
    OwnReminder,
    Deadline,
    Milestone,
    ContactAttempt,
    Order,
    CaseOrigin,
    CaseImport,
)
# Files of these go without a look at anything else; nothing shares them.
_COPIES: tuple[type[Any], ...] = (WorkingCopy, Redaction)


def is_owner(case: Case, user: User) -> bool:
    return Membership.objects.filter(case=case, user=user, role=Role.OWNER).exists()


def may_erase(case: Case, user: User) -> None:
    """Raises PermissionDenied for everybody but the owner."""
    if not is_owner(case, user):
        raise PermissionDenied(_("Only the owner of a case can erase it."))


@transaction.atomic
def erase(*, case: Case, by: User, at: datetime, typed: str) -> Tombstone:
    """Remove the case with all that is in it, and leave a tombstone; its bytes go after the commit.

    `typed` is the reference of the case as the owner typed it. Raises PermissionDenied, ValidationError.
    """
    may_erase(case, by)
    if typed.strip().lower() != case.reference:
        raise ValidationError({"typed": _("This is not the reference of the case. Nothing was erased.")})
    User.objects.select_for_update(no_key=True).only("pk").get(pk=by.pk)
    # Not only the row: whoever adds something to the case waits, and finds it without members.
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if Tombstone.objects.filter(case_id=locked.pk).exists():
        raise ValidationError(_("This case is erased already."))
    exhibit_count = locked.exhibits.count()
    last = custody.record(
        case=locked, action="case_erased", at=at, by=by, details={"exhibits": exhibit_count}
    )
    tombstone = Tombstone.objects.create(
        case_id=locked.pk,
        case_reference=locked.reference,
        opened_at=locked.created_at,
        erased_at=at,
        erased_by=custody.actor_of(by),
        exhibit_count=exhibit_count,
        entry_count=last.sequence,
        chain_head=last.entry_hash,
    )
    _remove_words(locked)
    _empty(locked, at)
    enqueue_on_commit("cases.tasks.remove_erased", locked.pk)
    return tombstone


def tombstones_of(user: User) -> QuerySet[Tombstone]:
    """Of the cases that this user erased, newest first."""
    return Tombstone.objects.filter(erased_by=custody.actor_of(user)).order_by("-erased_at")


def remove_waiting() -> int:
    """What the tick calls: wake a worker for every erased case with files still to remove; how many."""
    waiting = [case.pk for case in _erased()[:20]]
    for case_id in waiting:
        enqueue_on_commit("cases.tasks.remove_erased", case_id)
    return len(waiting)


def remove(*, case_id: int) -> bool:
    """Remove the files of an erased case with the rows that name them; True when nothing of it is left.

    May be killed anywhere and run by several at once. A store that fails leaves the rest to the next tick.
    """
    case = _erased().filter(pk=case_id).first()
    if case is None:
        return False
    try:
        _remove_files(case)
    except store.StoreTrouble as trouble:
        log.warning("Files of an erased case stay for now: %s", trouble)
        return False
    _remove_mails(case.reference)
    with transaction.atomic():
        locked = Case.objects.select_for_update().filter(pk=case_id).first()
        if locked is None:
            return False
        if any(model.objects.filter(case=locked).exists() for model in (Exhibit, CaseFile, Upload)):
            return False  # something was added in the last moment; the next tick removes it too
        # Whoever was about to write when the case was erased wrote into the emptied one.
        _remove_words(locked)
        locked.delete()
    return True


def _erased() -> QuerySet[Case]:
    """Erased cases of which something is left. Its owner's number is the erasing user's, in the tombstone."""
    return Case.objects.filter(pk__in=Tombstone.objects.values("case_id")).order_by("pk")


def _remove_words(case: Case) -> None:
    """Everything that names no file, the custody chain too: the trigger lets it go with the tombstone."""
    for model in _WORDS:
        model._default_manager.filter(case=case).delete()
    Membership.objects.filter(case=case).delete()
    CaseFileShare.objects.filter(case_file__case=case).delete()
    Recognition.objects.filter(exhibit__case=case).delete()
    # Not delete(), which would first ask every row whether others refer to it; none does.
    entries = CustodyEntry.objects.filter(case=case)
    entries._raw_delete(entries.db)
    # Findings tell of it by its reference.
    ScrubFinding.objects.filter(whose__startswith=case.reference).delete()


def _empty(case: Case, at: datetime) -> None:
    """Leave of the rows that name files what it takes to remove these."""
    Upload.objects.filter(case=case).update(
        name="", shows="", claimed_at=None, contact=None, exhibit=None, ended_at=at
    )
    Redaction.objects.filter(exhibit__case=case, storage_key="").delete()
    Redaction.objects.filter(exhibit__case=case).update(boxes=[], failure="", asked_by=None)
    Exhibit.objects.filter(case=case).update(
        original_name="", shows="", claimed_at=None, recognised_text="", metadata={}, added_by=None
    )
    # A build that goes on loses its lease by this, and stores no row.
    CaseFile.objects.filter(case=case).exclude(state=BuildState.READY).update(
        state=BuildState.FAILED, lease_until=None
    )
    CaseFile.objects.filter(case=case).update(
        manifest="", failure="", note="", redactions={}, chain_head="", requested_by=None
    )
    blank = Case(
        pk=case.pk,
        reference=case.reference,
        title="",
        playbook="",
        status=Status.OPEN,
        problem_kind=ProblemKind.OTHER,
        created_at=case.created_at,
    )
    blank.save(force_update=True)


def _remove_files(case: Case) -> None:
    Upload.objects.filter(case=case, ended_at=None).update(ended_at=F("last_at"))
    for piece in UploadPiece.objects.filter(upload__case=case).iterator():
        store.delete(piece.storage_key)
        piece.delete()
    Upload.objects.filter(case=case).delete()
    for case_file in CaseFile.objects.filter(case=case):
        if case_file.storage_key:
            store.delete(case_file.storage_key)
        case_file.delete()
    while True:
        last = Exhibit.objects.filter(case=case).aggregate(last=Max("pk"))["last"]
        if last is None:
            break
        _remove_exhibit(last)


@transaction.atomic
def _remove_exhibit(exhibit_id: int) -> None:
    """One exhibit with its copies. The owner's lock is what an upload of the same bytes takes as well."""
    exhibit = Exhibit.objects.filter(pk=exhibit_id).first()
    if exhibit is None:
        return
    owner = exhibit.storage_key.split("/")[1]
    if owner.isdecimal():
        User.objects.select_for_update(no_key=True).only("pk").filter(pk=int(owner)).first()
    locked = Exhibit.objects.select_for_update().filter(pk=exhibit_id).first()
    if locked is None:
        return
    for model in _COPIES:
        for row in model._default_manager.filter(exhibit=locked).exclude(storage_key=""):
            store.delete(row.storage_key)
    if not Exhibit.objects.filter(storage_key=locked.storage_key).exclude(pk=locked.pk).exists():
        store.delete(locked.storage_key)
    locked.delete()


def _remove_mails(reference: str) -> None:
    """Mails that lie here as files, where the site has no mail server, and that tell of the case."""
    for path in _outbox():
        try:
            message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
            parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
        except (OSError, LookupError, UnicodeError, ValueError):
            continue
        if any(reference in part for part in parts):
            path.unlink(missing_ok=True)


def _outbox() -> Iterator[Path]:
    folder = Path(settings.EMAIL_FILE_PATH) if settings.EMAIL_FILE_PATH else None
    if folder is not None and folder.is_dir():
        yield from sorted(folder.glob("*.eml"))
