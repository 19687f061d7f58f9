"""Has exhibits read by a machine, one after the other, and keeps what it read."""

from __future__ import annotations

import hashlib
import logging
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cases.evidence import recognition, store
from cases.evidence.recognition import Reader, ReaderFailed, Unreadable
from cases.models import Case, Exhibit, Recognition, RecognitionState
from cases.rules import readings
from cases.services import custody, file_texts
from tracker.queue import enqueue_on_commit

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
# Renewed with every page, whose own limit is shorter.
LEASE = timedelta(minutes=5)
# Until a reader that failed, or a store that did not answer, is tried again.
PAUSE = timedelta(minutes=1)
# A worker gives its place back after this, and is woken for the rest.
LONGEST_SECONDS = 300
WOKEN_AGAIN_AFTER_SECONDS = 120
# A text layer may be anything; what is kept is gone through again with each look at the exhibit.
MOST_LINES, LONGEST_LINE = 3_000, 500


def is_installed() -> bool:
    """Can this machine read exhibits at all?"""
    return recognition.is_installed()


def is_readable(exhibit: Exhibit) -> bool:
    """Is it of a kind that is read: a picture or a PDF?"""
    return exhibit.media_type in recognition.MEDIA_TYPES


def of_exhibit(exhibit: Exhibit) -> Recognition | None:
    """What became of reading it; None while nobody has taken it up."""
    return Recognition.objects.filter(exhibit=exhibit).first()


def wake_if_waiting() -> None:
    """What the tick calls: wake a worker for what waits, unless one was woken a moment ago."""
    if not is_installed() or not _waiting(timezone.now()).exists():
        return
    if cache.add("recognition-woken", True, WOKEN_AGAIN_AFTER_SECONDS):
        enqueue_on_commit("cases.tasks.recognise")


def read_waiting() -> int:
    """Read what waits, oldest first, unless another process of this machine does; how many were read.

    One exhibit that cannot be read keeps no other from it. Ends after five minutes; then, and for what came
    meanwhile, another wake-up is sent.
    """
    if not is_installed() or not _waiting(timezone.now()).exists():
        return 0
    done = 0
    with recognition.only_one() as is_mine:
        if not is_mine:
            return 0
        until = time.monotonic() + LONGEST_SECONDS
        with Reader() as reader:
            while time.monotonic() < until and (claimed := _claim(timezone.now())) is not None:
                done += _read(claimed, reader)
    cache.delete("recognition-woken")
    if _waiting(timezone.now()).exists():
        enqueue_on_commit("cases.tasks.recognise")
    return done


def _waiting(now: datetime) -> QuerySet[Exhibit]:
    """Exhibits that nobody has taken up, or whose reader went away; those that failed for good are none."""
    taken = Recognition.objects.filter(exhibit=OuterRef("pk"))
    given_up = Q(state=RecognitionState.WAITING) & (Q(lease_until__isnull=True) | Q(lease_until__lt=now))
    readable = Exhibit.objects.filter(media_type__in=recognition.MEDIA_TYPES)
    return readable.filter(~Exists(taken) | Exists(taken.filter(given_up))).order_by("pk")


def _claim(now: datetime) -> Recognition | None:
    """The next one, held by a lease; one that died at it too often is given up on the way."""
    for exhibit_id in _waiting(now).values_list("pk", flat=True)[:50]:
        row = _taken(exhibit_id, now)
        if row is None:
            continue
        if row.attempts > MOST_ATTEMPTS:
            _end(row, RecognitionState.FAILED, now)
            continue
        return row
    return None


def _taken(exhibit_id: int, now: datetime) -> Recognition | None:
    """The row of that exhibit with a new lease; None when somebody else, on any machine, was faster."""
    try:
        with transaction.atomic():
            row, is_new = Recognition.objects.get_or_create(
                exhibit_id=exhibit_id, defaults={"lease_until": now + LEASE, "attempts": 1}
            )
    except IntegrityError:  # the exhibit is gone
        return None
    if is_new:
        return row
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    held = Recognition.objects.filter(free, pk=row.pk, state=RecognitionState.WAITING, attempts=row.attempts)
    row.lease_until, row.attempts = now + LEASE, row.attempts + 1
    return row if held.update(lease_until=row.lease_until, attempts=row.attempts) else None


def _read(row: Recognition, reader: Reader) -> bool:
    """Read the pages and keep the lines. What fails for now is tried again, at most three times in all."""
    exhibit = Exhibit.objects.filter(pk=row.exhibit_id).select_related("case").first()
    if exhibit is None:
        return False
    try:
        lines, engine = _pages(exhibit, row, reader)
    except (Unreadable, store.Missing) as error:
        log.warning("The exhibit with id %s cannot be read (%s)", exhibit.pk, type(error).__name__)
        _end(row, RecognitionState.FAILED, timezone.now())
        return False
    except ReaderFailed as error:
        log.warning("Reading the exhibit with id %s failed for now: %s", exhibit.pk, error)
        _try_later(row)
        return False
    except store.StoreTrouble:
        # Not the fault of this exhibit: however long it lasts, it is read afterwards.
        _of(row).update(lease_until=None, attempts=row.attempts - 1)
        raise
    return _keep(row, exhibit.case, lines, engine)


def _pages(exhibit: Exhibit, row: Recognition, reader: Reader) -> tuple[list[dict[str, object]], str]:
    lines: list[dict[str, object]] = []
    engine = ""
    pages = min(exhibit.page_count, recognition.MOST_PAGES) if exhibit.media_type == recognition.PDF else 1
    with store.as_file(exhibit.storage_key) as original:
        for page in range(1, pages + 1):
            read = _page(reader, original, exhibit.media_type, page)
            lines, engine = [*lines, *read.lines], read.engine
            row.lease_until = timezone.now() + LEASE
            _of(row).update(lease_until=row.lease_until)
    return lines[:MOST_LINES], engine


def _page(reader: Reader, original: Path, media_type: str, page: int) -> recognition.Read:
    read = reader.read(original, media_type, page)
    for line in read.lines:
        # PostgreSQL stores none, and no text has one.
        line["text"] = str(line["text"]).replace("\x00", "")[:LONGEST_LINE]
    return read


def _keep(row: Recognition, case: Case, lines: list[dict[str, object]], engine: str) -> bool:
    """What was read, with the entry of the chain; nothing where the exhibit was erased or read meanwhile."""
    at = timezone.now()
    text = readings.text_of([readings.Line.of(line) for line in lines])
    with transaction.atomic():
        if not Case.objects.select_for_update(no_key=True).filter(pk=case.pk).only("pk").first():
            return False
        exhibit = Exhibit.objects.filter(pk=row.exhibit_id).select_related("case").first()
        change = {"state": RecognitionState.DONE, "lines": lines, "engine": engine}
        if exhibit is None or not _of(row).update(**change, lease_until=None, ended_at=at):
            return False
        exhibit.recognised_text = text
        exhibit.save(update_fields=["recognised_text"])
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        details = {"engine": engine, "lines": len(lines), "text_sha256": sha256}
        custody.record(case=exhibit.case, action="exhibit_read", at=at, exhibit=exhibit, details=details)
    return True


def _try_later(row: Recognition) -> None:
    now = timezone.now()
    if row.attempts >= MOST_ATTEMPTS:
        _end(row, RecognitionState.FAILED, now)
        return
    _of(row).update(lease_until=now + PAUSE)


def _end(row: Recognition, state: str, at: datetime) -> None:
    _of(row).update(state=state, lease_until=None, ended_at=at)


def _of(row: Recognition) -> QuerySet[Recognition]:
    """The row, as long as it is ours: another worker's attempt has another number."""
    return Recognition.objects.filter(pk=row.pk, attempts=row.attempts, state=RecognitionState.WAITING)


def proposals_of(exhibit: Exhibit, row: Recognition | None) -> tuple[readings.Proposal, ...]:
    """What the exhibit offers to take over; nothing until it is read."""
    if row is None or row.state != RecognitionState.DONE:
        return ()
    if file_texts.is_own(exhibit):
        return readings.proposals(file_texts.lines_of(exhibit.recognised_text))
    return readings.proposals([readings.Line.of(line) for line in row.lines])
