"""Checks case files that were brought in, takes in what its user confirmed, and sweeps up behind.

The row is the truth: a task only says “look now”, and a worker that dies is followed by another.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.casefile.box import Damaged, Unreadable, open_box
from cases.casefile.verify import Verdict, verify
from cases.evidence import store
from cases.models import Case, CaseImport, ImportState
from cases.services import evidence_room
from cases.services.case_file_builds import own_key
from cases.services.case_imports import IN_HAND, WORK, remove_file
from cases.services.importing import import_case_file
from cases.services.importing_files import NOT_OURS, TakenOver, read_content
from tracker.queue import enqueue_on_commit

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
MOST_FINDINGS = 50
# Long enough for the largest, since nothing tells in between that it goes on.
LEASE = timedelta(minutes=30)
# How long a wake-up may take to reach a worker before another is sent.
WAKE_UP = timedelta(minutes=1)
ARRIVES_WITHIN = timedelta(hours=1)
# One that waits for its user's word is forgotten after this.
KEPT_UNANSWERED = timedelta(days=1)
KEPT_AFTERWARDS = timedelta(days=30)


class _Lost(TakenOver):
    """Another worker has the work, or its user does not want it any more."""


def run(*, case_import_id: int) -> None:
    """Check it, or take it in, if that is to be done and nobody is at it; else do nothing."""
    row = _taken(case_import_id)
    if row is None:
        return
    with translation.override(row.user.language), suppress(_Lost):
        try:
            with store.as_file(row.storage_key) as path:
                _check(row, path) if row.state == ImportState.CHECKING else _take_in(row, path)
        except ValidationError as refused:
            _end(row, ImportState.REFUSED, findings=[_in_both(one) for one in refused.messages])
        except store.Missing:
            lost = _("The file did not stay here. Bring it in once more.")
            _end(row, ImportState.FAILED, findings=[_in_both(lost)])
        except _Lost:
            raise
        except Exception:
            log.exception("Import %s failed (attempt %s)", row.pk, row.attempts)
            _try_again(row)


def sweep() -> int:
    """Wake a worker for what was left behind, and forget what nobody wants any more; how many are woken."""
    now = timezone.now()
    _forget(now)
    left_behind = CaseImport.objects.filter(
        Q(state__in=tuple(WORK), lease_until=None, requested_at__lt=now - WAKE_UP)
        | Q(state__in=(*WORK, *IN_HAND), lease_until__lt=now)
    )
    waiting = list(left_behind.order_by("requested_at").values_list("pk", flat=True)[:20])
    for pk in waiting:
        enqueue_on_commit("cases.tasks.run_case_import", pk)
    return len(waiting)


def _taken(case_import_id: int) -> CaseImport | None:
    """The row with a lease on it, or None where there is nothing to do."""
    now = timezone.now()
    rows = CaseImport.objects.filter(pk=case_import_id)
    row = rows.select_related("user").first()
    if row is None or row.state not in (*WORK, *IN_HAND):
        return None
    doing = WORK.get(ImportState(row.state), row.state)
    is_free = Q(state__in=tuple(WORK)) & (Q(lease_until=None) | Q(lease_until__lt=now))
    is_left = Q(state__in=IN_HAND, lease_until__lt=now)
    free = rows.filter(is_free | is_left, state=row.state, attempts=row.attempts)
    if row.attempts >= MOST_ATTEMPTS:
        if free.update(lease_until=now + LEASE):
            _give_up(row)
        return None
    if not free.update(state=doing, attempts=F("attempts") + 1, lease_until=now + LEASE):
        return None
    row.refresh_from_db()
    return row


def _mine(row: CaseImport) -> QuerySet[CaseImport]:
    """The row as long as this attempt has it."""
    return CaseImport.objects.filter(pk=row.pk, state=row.state, attempts=row.attempts)


def _check(row: CaseImport, path: Path) -> None:
    verdict = verify(path, called=row.name)
    if not verdict.is_unaltered:
        found = [finding.text for finding in verdict.findings[:MOST_FINDINGS]]
        _end(row, ImportState.REFUSED, findings=[one.as_json() for one in (verdict.summary(), *found)])
        return
    try:
        told = _told(path, verdict)
    except (Damaged, Unreadable, *NOT_OURS) as error:
        raise ValidationError(
            _("This case file holds something that this version cannot read: %(reason)s")
            % {"reason": type(error).__name__}
        ) from error
    changed = _mine(row).update(state=ImportState.CHECKED, told=told, lease_until=None, attempts=0)
    if not changed:
        raise _Lost


def _told(path: Path, verdict: Verdict) -> dict[str, Any]:
    """What it holds, for whoever decides: words and numbers only."""
    box = open_box(path)
    try:
        content = read_content(box)
        case, exhibits = content["case"], content["exhibits"]
        # What it says of its files is not believed.
        size = sum(box.size(str(one["file"])) for one in exhibits)
    finally:
        box.close()
    return {
        "title": str(case["title"])[:200],
        "merchant": str(case["merchant"])[:200],
        "identifier": verdict.reference,
        "chain_head": str(content["custody"]["head"]),
        "state_at": verdict.since,
        "fingerprint": verdict.fingerprint,
        "is_own_key": verdict.fingerprint == own_key().fingerprint,
        "orders": len(content["orders"]),
        "contacts": len(content["contacts"]),
        "deadlines": len(content["deadlines"]),
        "exhibits": len(exhibits),
        "bytes": size,
        "redacted": [int(one["number"]) for one in exhibits if one.get("redaction")],
        "left_out": [int(one["number"]) for one in content.get("left_out", [])],
    }


def _take_in(row: CaseImport, path: Path) -> None:
    def done(case: Case) -> None:
        # In the transaction of the case: whoever is killed leaves neither, and nobody makes two of one.
        ended = _mine(row).update(
            state=ImportState.DONE, case=case, storage_key="", lease_until=None, ended_at=timezone.now()
        )
        if not ended:
            raise _Lost

    evidence_room.check_room(row.user, int(row.told.get("bytes", 0)))
    import_case_file(path=path, owner=row.user, at=timezone.now(), then=done)
    remove_file(row.storage_key)


def _end(row: CaseImport, state: ImportState, *, findings: list[dict[str, str]]) -> None:
    ended = _mine(row).update(
        state=state, findings=findings, storage_key="", lease_until=None, ended_at=timezone.now()
    )
    if ended:
        remove_file(row.storage_key)


def _try_again(row: CaseImport) -> None:
    """By the next tick but one, until it was tried often enough."""
    if row.attempts >= MOST_ATTEMPTS:
        _give_up(row)
        return
    back = {doing: waiting for waiting, doing in WORK.items()}
    _mine(row).update(state=back[ImportState(row.state)], lease_until=timezone.now() + WAKE_UP)


def _give_up(row: CaseImport) -> None:
    with translation.override(row.user.language):
        sentence = _(
            "It could not be taken in after %(count)s attempts, and the operator's log says why. "
            "Nothing of it was kept; bring it in once more, or tell the operator."
        ) % {"count": MOST_ATTEMPTS}
        _end(row, ImportState.FAILED, findings=[_in_both(sentence)])


def _forget(now: datetime) -> None:
    """With their files: what never arrived, what its user did not answer; and old rows."""
    stale = (
        Q(state=ImportState.ARRIVING, requested_at__lt=now - ARRIVES_WITHIN)
        | Q(state=ImportState.CHECKED, requested_at__lt=now - KEPT_UNANSWERED)
        | Q(ended_at__lt=now - KEPT_AFTERWARDS)
    )
    for row in CaseImport.objects.filter(stale)[:100]:
        if CaseImport.objects.filter(pk=row.pk, state=row.state).delete()[0] and row.storage_key:
            remove_file(row.storage_key)


def _in_both(sentence: str) -> dict[str, str]:
    """A sentence that was made in the language of its user stands for both."""
    return {"zh-hans": sentence, "en": sentence}
