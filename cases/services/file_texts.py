"""Makes the own words of texts and e-mails searchable, and lays them out for the proposals.

No machine reads here and nothing is guessed: these are the words as the page of the exhibit shows them. They
can be made again from the original at any time, so the custody chain gets no entry.
"""

from __future__ import annotations

import logging
import time
from itertools import islice

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cases.evidence import store
from cases.evidence.refused import Refused
from cases.models import Case, Exhibit, Recognition, RecognitionState
from cases.rules.readings_rows import Line
from cases.services.exhibit_contents import EMAIL, TEXT, contents_of
from tracker.queue import enqueue_on_commit

log = logging.getLogger(__name__)

MEDIA_TYPES = (TEXT, EMAIL)
# A worker gives its place back after this; the tick wakes it for the rest.
LONGEST_SECONDS = 60
WOKEN_AGAIN_AFTER_SECONDS = 60
MOST_LINES, LONGEST_LINE = 3_000, 500


def is_own(exhibit: Exhibit) -> bool:
    """Is its text the file's own, not what a machine made of a picture?"""
    return exhibit.media_type in MEDIA_TYPES


def wake_if_waiting() -> None:
    """What the tick calls: wake a worker for what was stored before, or whose message was lost."""
    if _waiting().exists() and cache.add("file-texts-woken", True, WOKEN_AGAIN_AFTER_SECONDS):
        enqueue_on_commit("cases.tasks.recognise")


def read_waiting() -> int:
    """Keep the words of what waits, oldest first; how many were kept. What the store cannot give waits on."""
    until, done = time.monotonic() + LONGEST_SECONDS, 0
    for exhibit in _waiting()[:500]:
        if time.monotonic() > until:
            break
        try:
            done += _read(exhibit)
        except store.StoreTrouble as trouble:
            log.warning("The words of the exhibit with id %s are not to be had now: %s", exhibit.pk, trouble)
    return done


def lines_of(text: str) -> list[Line]:
    """The first lines of the words, one under the other, as sure as can be.

    Every second one is set in: a line that a person ended goes on in no other, as a bubble's would.
    """
    lines = islice(text.splitlines(), MOST_LINES)
    return [
        Line(1, line[:LONGEST_LINE], 1000, (300 * (place % 2), 20 * place, 5000, 15))
        for place, line in enumerate(lines)
    ]


def _waiting() -> QuerySet[Exhibit]:
    nobody = Q(recognition__isnull=True)
    return Exhibit.objects.filter(nobody, media_type__in=MEDIA_TYPES).order_by("pk")


def _read(exhibit: Exhibit) -> bool:
    try:
        text, state = _words(exhibit), RecognitionState.DONE
    except (Refused, store.Missing) as error:
        log.warning(
            "The words of the exhibit with id %s cannot be read (%s)", exhibit.pk, type(error).__name__
        )
        text, state = "", RecognitionState.FAILED
    with transaction.atomic():
        # Under the lock of the case: it may be erased, or read by another worker, meanwhile.
        if not Case.objects.select_for_update(no_key=True).filter(pk=exhibit.case_id).only("pk").first():
            return False
        if not _waiting().filter(pk=exhibit.pk).exists():
            return False
        Recognition.objects.create(exhibit_id=exhibit.pk, state=state, ended_at=timezone.now())
        if state == RecognitionState.DONE:
            Exhibit.objects.filter(pk=exhibit.pk).update(recognised_text=text)
    return state == RecognitionState.DONE


def _words(exhibit: Exhibit) -> str:
    """Headers and words as the page shows them; PostgreSQL stores no NUL, and no text has one."""
    contents = contents_of(exhibit)
    if contents is None:
        return ""
    headers = [f"{name}: {value}" for name, value in contents.headers]
    parts = ["\n".join(headers), contents.text, "\n".join(contents.attachments)]
    return "\n\n".join(part for part in parts if part).replace("\x00", "")
