"""Builds case files. The row is the truth: a worker may die at any moment, and another goes on."""

from __future__ import annotations

import logging
import shutil
import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.casefile import certificate
from cases.casefile.assemble import Tools, assemble
from cases.casefile.bag import Altered, Bag
from cases.casefile.chain import Chain
from cases.casefile.fonts import FontUnusable, font_path
from cases.casefile.gather import Sources, gather
from cases.casefile.sign import KeyUnusable, SigningKey, signing_key
from cases.casefile.snapshot import Snapshot
from cases.casefile.timestamp import request_stamp
from cases.evidence import store
from cases.models import BuildStage, BuildState, Case, CaseFile, Exhibit, Redaction
from cases.services import case_origins, custody
from cases.services.calendars import calendar_of
from cases.services.case_file_leases import LEASE, LEASE_FOR_STORING, Lease, Lost
from cases.services.playbooks import playbooks_of, zone_of

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
WAIT_AFTER_A_FAILURE = timedelta(seconds=30)


class _Refused(Exception):
    """The case file cannot be made as things are; the message is a sentence for people."""


def own_key() -> SigningKey:
    """The key that signs what leaves this installation, made at first use. Raises KeyUnusable."""
    return signing_key(settings.SIGNING_KEY_PATH)


def make_key() -> None:
    """The key and its certificate, before the first case file: so its fingerprint can be told. A key that
    cannot be used is logged only, since all but case files works without it.
    """
    try:
        certificate.certificates_of(own_key(), certificate.beside(settings.SIGNING_KEY_PATH))
    except (KeyUnusable, OSError) as error:
        log.error("No case file can be built: %s", error)


def build(*, case_file_id: int) -> None:
    """Build the case file if it waits, or if its builder's lease has run out; else do nothing.

    On return it is ready, or failed with a sentence, or waits for the next of MOST_ATTEMPTS attempts.
    """
    lease = _take(case_file_id)
    if lease is None:
        return
    case_file = CaseFile.objects.select_related("case").get(pk=case_file_id)
    with translation.override(case_file.main_language):
        try:
            _build(case_file, lease)
        except Lost:
            log.warning("Case file %s was cancelled, or another worker has taken it over", case_file_id)
        except _Refused as refused:
            lease.rows().update(state=BuildState.FAILED, lease_until=None, failure=str(refused)[:500])
        except Exception:
            log.exception("Case file %s could not be built (attempt %s)", case_file_id, lease.attempt)
            _try_again(lease, case_file.main_language)


def give_up(rows: QuerySet[CaseFile], *, language: str) -> None:
    """Mark as failed what was begun too often."""
    with translation.override(language):
        sentence = _(
            "It could not be built in %(count)s attempts, and the operator's log says why. "
            "Ask for a new case file; if that fails too, tell the operator."
        ) % {"count": MOST_ATTEMPTS}
    rows.update(state=BuildState.FAILED, lease_until=None, failure=sentence)


def _take(case_file_id: int) -> Lease | None:
    """The lease, if the work is to be had: it waits, or its builder has not been heard of for too long."""
    now = timezone.now()
    to_be_had = Q(state=BuildState.QUEUED) | Q(state=BuildState.BUILDING, lease_until__lt=now)
    rows = CaseFile.objects.filter(to_be_had, pk=case_file_id)
    taken = rows.filter(attempts__lt=MOST_ATTEMPTS).update(
        state=BuildState.BUILDING,
        attempts=F("attempts") + 1,
        lease_until=now + LEASE,
        stage=BuildStage.GATHERING,
        exhibits_done=0,
        exhibits_total=0,
        expected_at=None,
        failure="",
    )
    if taken:
        return Lease(case_file_id, CaseFile.objects.values_list("attempts", flat=True).get(pk=case_file_id))
    exhausted = rows.first()
    if exhausted is not None:
        give_up(rows, language=exhausted.main_language)
    return None


def _try_again(lease: Lease, language: str) -> None:
    if lease.attempt >= MOST_ATTEMPTS:
        give_up(lease.rows(), language=language)
    else:
        wait = WAIT_AFTER_A_FAILURE * lease.attempt
        lease.rows().update(state=BuildState.QUEUED, lease_until=timezone.now() + wait)


def _build(case_file: CaseFile, lease: Lease) -> None:
    prefix = f"case-file-{case_file.pk}-"
    incoming = Path(settings.FILE_UPLOAD_TEMP_DIR)
    for left_behind in incoming.glob(f"{prefix}*"):
        shutil.rmtree(left_behind, ignore_errors=True)
    try:
        font_path()
        key = own_key()
        snapshot, chain = _gathered(case_file, key)
        lease.exhibits_total = len(snapshot.exhibits)
        with tempfile.TemporaryDirectory(prefix=prefix, dir=incoming) as folder:
            path, bag = assemble(snapshot, chain, folder=Path(folder), tools=_tools(case_file, lease, key))
            lease.entered(BuildStage.STORING, LEASE_FOR_STORING)
            storage_key = store.case_file_key(case_file.case.reference, case_file.number, bag.sha256)
            store.put(storage_key, path)
    except Altered as altered:
        raise _Refused(
            _(
                "%(exhibit)s is no longer what was received, so no case file was made. "
                "Tell the operator: the stored original must be restored from a backup."
            )
            % {"exhibit": altered.label}
        ) from altered
    except store.Missing as missing:
        raise _Refused(
            _(
                "An original is missing from the evidence store, so no case file was made. "
                "Tell the operator: it must be restored from a backup."
            )
        ) from missing
    except (FontUnusable, KeyUnusable) as unusable:
        log.error("No case file can be built: %s", unusable)
        raise _Refused(
            _("The installation is not complete, so no case file was made. Tell the operator: %(reason)s")
            % {"reason": unusable}
        ) from unusable
    try:
        _finish(case_file, lease, bag, storage_key=storage_key, snapshot=snapshot)
    except Lost:
        _take_back(case_file.pk, storage_key)
        raise


def _take_back(case_file_id: int, storage_key: str) -> None:
    """Remove what was stored for a case file that is not to be any more.

    Not where another worker has taken it over: that one may store, or have stored, the same bytes there.
    """
    still_wanted = (BuildState.QUEUED, BuildState.BUILDING, BuildState.READY)
    if not CaseFile.objects.filter(pk=case_file_id, state__in=still_wanted).exists():
        store.delete(storage_key)


def _gathered(case_file: CaseFile, key: SigningKey) -> tuple[Snapshot, Chain]:
    """The case and its chain, read while nobody can change them."""
    with transaction.atomic():
        # Every change of a case takes this lock for its entry in the chain, and holds it to its commit.
        case = Case.objects.select_for_update(no_key=True).get(pk=case_file.case_id)
        chain = tuple(custody.stored_chain(case))
        broken = next(iter(custody.verify_chain(case, chain)), None)
        if broken is not None and broken.reason == "exhibit":
            raise _Refused(
                _(
                    "An exhibit is not the one that the chain of custody says came in, so no case file "
                    "was made. Tell the operator: the database was changed from outside."
                )
            )
        if broken is not None:
            raise _Refused(
                _(
                    "The chain of custody does not hold at entry %(number)s, so no case file was made. "
                    "Tell the operator: the database was changed from outside."
                )
                % {"number": broken.sequence}
            )
        applying = playbooks_of(case)
        sources = Sources(
            case_file=case_file,
            chain=chain,
            playbooks=applying,
            zone=zone_of(case),
            calendar=calendar_of(applying[0].calendar if applying else "weekdays"),
            key_fingerprint=key.fingerprint,
            origins=case_origins.facts_of(case),
            stamp_from=urlsplit(settings.TSA_URL).hostname or "" if settings.TSA_URL else "",
        )
        return gather(sources), chain


def _tools(case_file: CaseFile, lease: Lease, key: SigningKey) -> Tools:
    keys = dict(Exhibit.objects.filter(case=case_file.case_id).values_list("number", "storage_key"))
    for number, redaction in case_file.redactions.items():
        made = Redaction.objects.get(
            exhibit__case=case_file.case_id, exhibit__number=int(number), number=redaction
        )
        keys[int(number)] = made.storage_key
    return Tools(
        open_original=lambda number: store.open(keys[number]),
        origin_chain=lambda number: case_origins.lines_of(case_file.case, number),
        key=key,
        certificates=certificate.certificates_of(key, certificate.beside(settings.SIGNING_KEY_PATH)),
        stamp=partial(request_stamp, url=settings.TSA_URL) if settings.TSA_URL else None,
        stamp_chain=Path(settings.TSA_CHAIN) if settings.TSA_CHAIN else None,
        entered=lease.entered,
        made=lease.made,
        alive=lease.alive,
    )


def _note(bag: Bag, language: str) -> str:
    """What whoever hands the case file on should know of its time; empty where an authority stamped it."""
    if settings.TSA_URL and bag.no_stamp is None:
        return ""
    own = _("There is no time stamp of an outside authority: the time is this installation's own.")
    why = bag.no_stamp.in_language(language)[:300] if bag.no_stamp else ""
    return f"{why} {own}".strip()


@transaction.atomic
def _finish(case_file: CaseFile, lease: Lease, bag: Bag, *, storage_key: str, snapshot: Snapshot) -> None:
    """Ready, with its entry in the chain; raises Lost when it was cancelled or another worker has it."""
    # The case first, as whoever cancels does: so of two who come at once one waits, and neither for ever.
    Case.objects.select_for_update(no_key=True).only("pk").get(pk=case_file.case_id)
    now = timezone.now()
    is_ours = lease.rows().update(
        state=BuildState.READY,
        lease_until=None,
        expected_at=None,
        stage="",
        exhibits_done=lease.exhibits_total,
        built_at=now,
        sha256=bag.sha256,
        size=bag.size,
        storage_key=storage_key,
        manifest=bag.manifest,
        chain_head=snapshot.chain_head,
        note=_note(bag, case_file.main_language),
    )
    if not is_ours:
        raise Lost
    details = {
        "number": case_file.number,
        "sha256": bag.sha256,
        "size": bag.size,
        "chain_head": snapshot.chain_head,
        "signing_key": snapshot.case_file.key_fingerprint,
    }
    custody.record(case=case_file.case, action="case_file_built", at=now, details=details)
