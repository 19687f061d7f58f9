"""Draws the working copies of exhibits, and finds them again."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cases.evidence import intake, store, working_copies
from cases.evidence.refused import Refused
from cases.models import CustodyEntry, Exhibit, WorkingCopy, WorkingCopyKind
from cases.services import custody
from tracker.queue import enqueue_on_commit

NOT_DRAWABLE = "exhibit_not_drawable"
# The queue is asked first; what it lost is asked for again by the tick, a little at each.
LEFT_TO_THE_QUEUE = timedelta(seconds=60)
ASKED_AT_ONCE = 20
ASKED_AGAIN_AFTER_SECONDS = 300
# Of sound nothing is drawn; of AMR there is always something to be made that plays.
_PLAYED_AS_IT_IS = Q(media_type__startswith="audio/") & ~Q(media_type="audio/amr")


def make_working_copies(*, exhibit_id: int, at: datetime) -> None:
    """Draw preview, thumbnail and pages of the exhibit, and make what can be played of its sound.

    Nothing happens when they are there, or it went away.

    An original that cannot be drawn is noted in the custody chain and not tried again. Drawing holds
    no lock; doing it twice gives the same bytes. Raises store.StoreTrouble.
    """
    exhibit = _unmade().filter(pk=exhibit_id).select_related("case").first()
    if exhibit is None:
        return
    try:
        with store.as_file(exhibit.storage_key) as original:
            drawn = list(working_copies.draw(original, exhibit.media_type))
    except Refused as refusal:
        with transaction.atomic():
            details = {"reason": refusal.code}
            custody.record(case=exhibit.case, action=NOT_DRAWABLE, at=at, exhibit=exhibit, details=details)
        return
    with transaction.atomic():
        # Under the lock of its row: another worker may be about to keep the same copies.
        stored = Exhibit.objects.select_for_update(no_key=True).filter(pk=exhibit.pk)
        if stored.only("pk").first() and not WorkingCopy.objects.filter(exhibit=exhibit).exists():
            WorkingCopy.objects.bulk_create(_keep(exhibit, copy, at) for copy in drawn)


def make_missing_working_copies() -> int:
    """What the tick calls: wake a worker for what a lost message or a dead worker left undone; how many.

    One that fails for a passing reason, or still waits in the queue, is asked for again in five minutes.
    """
    woken = 0
    late = _unmade().exclude(_PLAYED_AS_IT_IS).filter(received_at__lt=timezone.now() - LEFT_TO_THE_QUEUE)
    for exhibit_id in late.order_by("pk").values_list("pk", flat=True)[:500]:
        # Or a long queue would grow by the same exhibits at every tick.
        if cache.add(f"working-copies-of-{exhibit_id}", True, ASKED_AGAIN_AFTER_SECONDS):
            enqueue_on_commit("cases.tasks.make_working_copies", exhibit_id)
            woken += 1
        if woken == ASKED_AT_ONCE:
            break
    return woken


def open_working_copy(copy: WorkingCopy) -> BinaryIO:
    """Raises store.Missing, store.StoreTrouble."""
    return store.open(copy.storage_key)


def thumbnail_of(exhibit: Exhibit) -> WorkingCopy | None:
    """None until it is drawn. Uses prefetched working copies where there are any."""
    return _copy_of(exhibit, WorkingCopyKind.THUMBNAIL)


def preview_of(exhibit: Exhibit) -> WorkingCopy | None:
    """None until it is drawn. Uses prefetched working copies where there are any."""
    return _copy_of(exhibit, WorkingCopyKind.PREVIEW)


def page_of(exhibit: Exhibit, page: int) -> WorkingCopy | None:
    """Page 1, 2, ... of a PDF, text or e-mail; None until it is drawn, and for pages beyond the 60th."""
    return _copy_of(exhibit, WorkingCopyKind.PAGE, page)


def playable_of(exhibit: Exhibit) -> WorkingCopy | None:
    """The MP3 of sound that browsers do not play; None until it is made, and where the original plays."""
    return _copy_of(exhibit, WorkingCopyKind.PLAYABLE)


def is_drawable(exhibit: Exhibit) -> bool:
    """False once drawing it has failed for good: there will be no preview, the original stays as it is."""
    entries = CustodyEntry.objects.filter(case=exhibit.case_id, exhibit_number=exhibit.number)
    return not entries.filter(action=NOT_DRAWABLE).exists()


def _unmade() -> QuerySet[Exhibit]:
    """The exhibits of which no copy is made, though none has failed."""
    kinds = (WorkingCopyKind.THUMBNAIL, WorkingCopyKind.PLAYABLE)
    copies = WorkingCopy.objects.filter(exhibit=OuterRef("pk"), kind__in=kinds, page=1)
    failures = CustodyEntry.objects.filter(
        case=OuterRef("case"), exhibit_number=OuterRef("number"), action=NOT_DRAWABLE
    )
    return Exhibit.objects.filter(~Exists(copies), ~Exists(failures))


def _keep(exhibit: Exhibit, copy: working_copies.Drawn, at: datetime) -> WorkingCopy:
    key = store.copy_key(exhibit.pk, copy.kind, copy.page, copy.extension)
    with tempfile.NamedTemporaryFile(prefix="copy-", dir=intake.incoming_folder()) as draft:
        draft.write(copy.data)
        draft.flush()
        try:
            store.put(key, Path(draft.name))
        except store.AlreadyStored:
            # Drawn by another version of the program that died before its row: no row names it.
            store.delete(key)
            store.put(key, Path(draft.name))
    return WorkingCopy(
        exhibit=exhibit,
        kind=copy.kind,
        page=copy.page,
        sha256=hashlib.sha256(copy.data).hexdigest(),
        size=len(copy.data),
        media_type=copy.media_type,
        storage_key=key,
        width=copy.width,
        height=copy.height,
        made_at=at,
    )


def _copy_of(exhibit: Exhibit, kind: str, page: int = 1) -> WorkingCopy | None:
    copies = exhibit.working_copies.all()
    return next((copy for copy in copies if copy.kind == kind and copy.page == page), None)
