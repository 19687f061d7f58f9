"""Draws the working copies of exhibits, and finds them again."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
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


def make_working_copies(*, exhibit_id: int, at: datetime) -> None:
    """Draw preview and thumbnail of the exhibit, unless they are there or it went away.

    An original that cannot be drawn is noted in the custody chain and not tried again. Drawing holds
    no lock; doing it twice gives the same bytes. Raises store.StoreTrouble.
    """
    exhibit = _without_copies().filter(pk=exhibit_id).select_related("case").first()
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
    late = _without_copies().filter(received_at__lt=timezone.now() - LEFT_TO_THE_QUEUE)
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


def is_drawable(exhibit: Exhibit) -> bool:
    """False once drawing it has failed for good: there will be no preview, the original stays as it is."""
    entries = CustodyEntry.objects.filter(case=exhibit.case_id, exhibit_number=exhibit.number)
    return not entries.filter(action=NOT_DRAWABLE).exists()


def _without_copies() -> QuerySet[Exhibit]:
    """The exhibits that still wait for their thumbnail."""
    thumbnails = WorkingCopy.objects.filter(exhibit=OuterRef("pk"), kind=WorkingCopyKind.THUMBNAIL, page=1)
    failures = CustodyEntry.objects.filter(
        case=OuterRef("case"), exhibit_number=OuterRef("number"), action=NOT_DRAWABLE
    )
    return Exhibit.objects.filter(~Exists(thumbnails), ~Exists(failures))


def _keep(exhibit: Exhibit, copy: working_copies.Drawn, at: datetime) -> WorkingCopy:
    key = store.copy_key(exhibit.pk, copy.kind, 1, working_copies.EXTENSION)
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
        page=1,
        sha256=hashlib.sha256(copy.data).hexdigest(),
        size=len(copy.data),
        media_type=working_copies.MEDIA_TYPE,
        storage_key=key,
        width=copy.width,
        height=copy.height,
        made_at=at,
    )


def _copy_of(exhibit: Exhibit, kind: str) -> WorkingCopy | None:
    return next((copy for copy in exhibit.working_copies.all() if copy.kind == kind), None)
