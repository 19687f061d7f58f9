"""Makes the redacted copies that were asked for, one at a time on each machine."""

from __future__ import annotations

import fcntl
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.casefile.bag import hash_file
from cases.evidence import intake, redacting, store
from cases.evidence.redacting import Box, Redacted
from cases.evidence.refused import Refused
from cases.models import Case, Redaction
from cases.services import custody
from tracker.queue import enqueue_on_commit

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
# Longer than one picture or one page can take; it is prolonged after each page.
LEASE = timedelta(minutes=3)
WAKE_UP = timedelta(minutes=1)
WOKEN_AT_ONCE = 20
PREFIX = "redaction-"


class _Lost(Exception):
    """The lease ran out and another has the work, or the exhibit was erased meanwhile."""


class _Altered(Exception):
    """The stored original is not what came in."""


def make(*, redaction_id: int) -> None:
    """Make the redacted copy if it waits, or if its maker has not been heard of for too long; else nothing.

    While another one is made on this machine it stays waiting; the next is woken at the end.
    """
    with _one_at_a_time() as is_our_turn:
        if not is_our_turn:
            return
        redaction = _take(redaction_id)
        if redaction is not None:
            _make(redaction)
    following = _waiting().filter(lease_until=None).order_by("pk").first()
    if following is not None:
        wake(following.pk)


def wake(redaction_id: int) -> None:
    enqueue_on_commit("cases.tasks.make_redaction", redaction_id)


def make_waiting() -> int:
    """What the tick calls: wake a worker for what a lost message or a dead maker left behind; how many."""
    now = timezone.now()
    late = _waiting().filter(Q(lease_until=None, asked_at__lt=now - WAKE_UP) | Q(lease_until__lt=now))
    woken = 0
    for redaction in late.select_related("asked_by").order_by("asked_at", "pk")[:WOKEN_AT_ONCE]:
        if redaction.attempts >= MOST_ATTEMPTS:
            _give_up(redaction)
        else:
            wake(redaction.pk)
            woken += 1
    return woken


@contextmanager
def _one_at_a_time() -> Iterator[bool]:
    """Whether nobody else on this machine makes one; the system gives the turn back when we die."""
    with (Path(settings.DATA_DIR) / "redacting.lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _waiting() -> QuerySet[Redaction]:
    return Redaction.objects.filter(made_at=None, failure="")


def _take(redaction_id: int) -> Redaction | None:
    now = timezone.now()
    to_be_had = _waiting().filter(Q(lease_until=None) | Q(lease_until__lt=now), pk=redaction_id)
    taken = to_be_had.filter(attempts__lt=MOST_ATTEMPTS).update(
        attempts=F("attempts") + 1, lease_until=now + LEASE
    )
    found = Redaction.objects.select_related("exhibit__case", "asked_by").filter(pk=redaction_id)
    if taken:
        return found.get()
    exhausted = found.filter(made_at=None, failure="", attempts__gte=MOST_ATTEMPTS, lease_until__lt=now)
    for redaction in exhausted:
        _give_up(redaction)
    return None


def _ours(redaction: Redaction) -> QuerySet[Redaction]:
    """The row, as long as it is ours: told apart from other makers by the number of the attempt."""
    return _waiting().filter(pk=redaction.pk, attempts=redaction.attempts)


def _make(redaction: Redaction) -> None:
    try:
        _draw_and_keep(redaction)
    except _Lost:
        log.warning("Redaction %s: another maker has it, or it was erased", redaction.pk)
    except Refused as refused:
        with translation.override(_language(redaction)):
            _fail(redaction, " ".join(refused.messages))
    except _Altered:
        with translation.override(_language(redaction)):
            _fail(
                redaction,
                _(
                    "%(exhibit)s is no longer what was received, so no redacted copy was made. "
                    "Tell the operator: the stored original must be restored from a backup."
                )
                % {"exhibit": redaction.exhibit.label},
            )
    except Exception:
        log.exception("Redaction %s could not be made (attempt %s)", redaction.pk, redaction.attempts)
        if redaction.attempts >= MOST_ATTEMPTS:
            _give_up(redaction)
        # Otherwise the tick finds it once the lease has run out, which leaves time for what failed to pass.


def _draw_and_keep(redaction: Redaction) -> None:
    prefix = f"{PREFIX}{redaction.pk}-"
    for left_behind in intake.incoming_folder().glob(f"{prefix}*"):
        left_behind.unlink(missing_ok=True)
    with tempfile.NamedTemporaryFile(prefix=prefix, dir=intake.incoming_folder()) as file:
        draft = Path(file.name)
        made = _drawn(redaction, draft)
        sha256, size = hash_file(draft)
        extension = redacting.EXTENSIONS[made.media_type]
        key = store.redaction_key(redaction.exhibit_id, redaction.number, sha256, extension)
        _prolong(redaction)
        store.put(key, draft)
    try:
        _finish(redaction, made, key=key, sha256=sha256, size=size, at=timezone.now())
    except _Lost:
        if not Redaction.objects.filter(pk=redaction.pk).exists():
            store.delete(key)  # the exhibit was erased: nothing of it may stay
        raise


def _drawn(redaction: Redaction, draft: Path) -> Redacted:
    exhibit = redaction.exhibit
    with store.as_file(exhibit.storage_key) as original:
        if hash_file(original)[0] != redaction.original_sha256:
            raise _Altered
        return redacting.redact(
            original,
            exhibit.media_type,
            [Box(**box) for box in redaction.boxes],
            note=redacting.note_of(exhibit.label, redaction.original_sha256),
            target=draft,
            page_count=exhibit.page_count,
            alive=partial(_prolong, redaction),
        )


def _prolong(redaction: Redaction) -> None:
    if not _ours(redaction).update(lease_until=timezone.now() + LEASE):
        raise _Lost


@transaction.atomic
def _finish(redaction: Redaction, made: Redacted, *, key: str, sha256: str, size: int, at: datetime) -> None:
    """Made, with its entry in the chain; raises _Lost when it is no longer ours."""
    # The case before its rows, as everywhere; one that was erased is not there any more.
    locked = Case.objects.select_for_update(no_key=True).filter(pk=redaction.exhibit.case_id)
    if locked.first() is None:
        raise _Lost
    is_ours = _ours(redaction).update(
        made_at=at,
        lease_until=None,
        sha256=sha256,
        size=size,
        media_type=made.media_type,
        storage_key=key,
        width=made.width,
        height=made.height,
        page_count=made.page_count,
    )
    if not is_ours:
        raise _Lost
    details = {
        "redaction": redaction.number,
        "sha256": sha256,
        "boxes": len(redaction.boxes),
        "pages": sorted({box["page"] for box in redaction.boxes}),
    }
    custody.record(
        case=redaction.exhibit.case,
        action="exhibit_redacted",
        at=at,
        by=redaction.asked_by,
        exhibit=redaction.exhibit,
        details=details,
    )


def _fail(redaction: Redaction, sentence: str) -> None:
    _ours(redaction).update(failure=sentence[:500], lease_until=None)


def _give_up(redaction: Redaction) -> None:
    with translation.override(_language(redaction)):
        _fail(
            redaction,
            _(
                "It could not be made in %(count)s attempts, and the operator's log says why. "
                "Draw the boxes again; if that fails too, tell the operator."
            )
            % {"count": MOST_ATTEMPTS},
        )


def _language(redaction: Redaction) -> str:
    asker = redaction.asked_by
    return asker.language if asker is not None else settings.LANGUAGE_CODE
