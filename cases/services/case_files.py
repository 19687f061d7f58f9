"""Asks for case files, wakes those who build them, and hands them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.casefile.bag import hash_file
from cases.casefile.verify import Verdict, verify
from cases.evidence import store
from cases.models import BuildState, Case, CaseFile, DocumentLanguage
from cases.services import custody
from cases.services.case_file_builds import MOST_ATTEMPTS, build, give_up, own_key
from cases.services.case_file_plans import EVERYTHING, MadeFor, checked
from cases.services.redactions import chosen
from tracker.accounts.models import User
from tracker.queue import enqueue_on_commit

__all__ = [
    "Checked",
    "build",
    "build_now",
    "build_waiting",
    "check",
    "open_zip",
    "own_key",
    "request_case_file",
]

# How long a wake-up may take to reach a worker before another is sent.
WAKE_UP = timedelta(minutes=1)
UNDER_WAY = (BuildState.QUEUED, BuildState.BUILDING)


@transaction.atomic
def request_case_file(
    *,
    case: Case,
    by: User | None,
    at: datetime,
    language: str,
    redactions: Mapping[int, int] | None = None,
    made_for: MadeFor = EVERYTHING,
) -> CaseFile:
    """A new case file, waiting its turn; a worker is woken after the commit.

    `made_for` says for whom it is and what is left out; `redactions` which exhibits are handed out redacted,
    {number: number of the redaction}, and the others as originals; None is the newest redacted copy
    wherever there is one. Raises ValidationError for an unknown language, recipient, exhibit or redaction,
    and while another one of this case is under way.
    """
    case_file = _new_case_file(case, by, at, language, redactions, made_for)
    enqueue_on_commit("cases.tasks.build_case_file", case_file.pk)
    return case_file


def build_now(
    *,
    case: Case,
    by: User | None,
    at: datetime,
    language: str,
    redactions: Mapping[int, int] | None = None,
    made_for: MadeFor = EVERYTHING,
) -> CaseFile:
    """As `request_case_file`, built here without a worker; it is ready or failed on return."""
    with transaction.atomic():
        case_file = _new_case_file(case, by, at, language, redactions, made_for)
    build(case_file_id=case_file.pk)
    case_file.refresh_from_db()
    return case_file


def build_waiting() -> int:
    """Wake a worker for every case file that a lost message or a dead worker left behind; how many."""
    now = timezone.now()
    left_behind = CaseFile.objects.filter(
        Q(state=BuildState.QUEUED, lease_until=None, requested_at__lt=now - WAKE_UP)
        | Q(state__in=UNDER_WAY, lease_until__lt=now)
    ).order_by("requested_at", "pk")
    woken = 0
    for case_file in left_behind[:100]:
        # As it was when it was read: a worker may have taken it since.
        same = CaseFile.objects.filter(
            pk=case_file.pk,
            state=case_file.state,
            attempts=case_file.attempts,
            lease_until=case_file.lease_until,
        )
        if case_file.attempts >= MOST_ATTEMPTS:
            give_up(same, language=case_file.main_language)
        elif same.update(state=BuildState.QUEUED, lease_until=now + WAKE_UP):
            enqueue_on_commit("cases.tasks.build_case_file", case_file.pk)
            woken += 1
    return woken


def open_zip(case_file: CaseFile) -> BinaryIO:
    """The finished ZIP for reading. Raises ValidationError while there is none, and StoreTrouble."""
    if case_file.state != BuildState.READY:
        raise ValidationError(_("This case file is not ready yet; wait until it is built."), code="not_ready")
    return store.open(case_file.storage_key)


@dataclass(frozen=True, slots=True)
class Checked:
    """A verdict, and what this installation's own records add to it.

    `is_own_key`: the signature holds and is of this installation's key. `made_at`: when exactly these
    bytes were made here, None when they were not.
    """

    verdict: Verdict
    is_own_key: bool
    made_at: datetime | None

    @property
    def is_signer_known(self) -> bool:
        """Whether it was this installation that signed it, by its key or by its records."""
        return self.verdict.is_signer_known or self.is_own_key or self.made_at is not None


def check(*, path: Path, called: str) -> Checked:
    """Check the case file at `path`, which people know as `called`; nothing is kept of it."""
    verdict = verify(path, called=called)
    is_signed = any(note.reason == "unknown_signer" for note in verdict.notes)
    sha256, _size = hash_file(path)
    made = CaseFile.objects.filter(state=BuildState.READY, sha256=sha256).values_list("built_at", flat=True)
    return Checked(verdict, is_signed and verdict.fingerprint == own_key().fingerprint, made.first())


def _new_case_file(
    case: Case,
    by: User | None,
    at: datetime,
    language: str,
    wanted: Mapping[int, int] | None,
    made_for: MadeFor,
) -> CaseFile:
    if language not in DocumentLanguage.values:
        raise ValidationError(
            {"language": _("Choose one of the languages offered.")}, code="unknown_language"
        )
    # One at a time: two requests at once wait for each other here.
    Case.objects.select_for_update(no_key=True).only("pk").get(pk=case.pk)
    under_way = CaseFile.objects.filter(case=case, state__in=UNDER_WAY).first()
    if under_way is not None:
        raise ValidationError(
            _("Case file %(number)s is being made. Ask again when it is ready, or cancel it."),
            code="under_way",
            params={"number": under_way.number},
        )
    number = (CaseFile.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 0) + 1
    made_for = checked(case, made_for)
    copies = chosen(case, wanted).items()
    redacted = {exhibit: copy for exhibit, copy in copies if int(exhibit) not in made_for.left_out}
    case_file = CaseFile.objects.create(
        case=case,
        number=number,
        language=language,
        requested_by=by,
        requested_at=at,
        redactions=redacted,
        profile=made_for.profile,
        left_out=sorted(made_for.left_out),
        small_pictures=made_for.small_pictures,
    )
    details = {"number": number, "language": language, "profile": made_for.profile}
    details |= {"redactions": redacted} if redacted else {}
    details |= {"left_out": sorted(made_for.left_out)} if made_for.left_out else {}
    custody.record(case=case, action="case_file_requested", at=at, by=by, details=details)
    return case_file
