"""Links that open one case file to whoever holds them: made, opened, revoked, and counted."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from datetime import UTC, datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from cases.models import BuildState, Case, CaseFile, CaseFileShare, CustodyEntry, ShareEnd
from cases.models.case_file_share import LABEL_LENGTH
from cases.services import custody
from tracker.accounts.models import User

# How long a link may live, in days.
LIVES = (1, 7, 30)
CODE_DIGITS = 6
# After so many wrong codes a link is closed: one in a million is not found in ten tries.
MOST_WRONG_CODES = 10
MOST_LIVING = 20

SHARED, REVOKED, LOCKED = "case_file_shared", "case_file_share_revoked", "case_file_share_locked"
OPENED, HANDED_OUT = "case_file_share_opened", "case_file_handed_out"


@transaction.atomic
def share(
    *, case_file: CaseFile, by: User, at: datetime, days: int, label: str = "", with_code: bool = False
) -> tuple[CaseFileShare, str, str]:
    """A new link: its row, its token and its code (empty where none is asked for); both are shown this once.

    Raises ValidationError while the case file is not ready, for a life or label that is not offered, and
    where MOST_LIVING links of this case file are open already.
    """
    Case.objects.select_for_update(no_key=True).only("pk").get(pk=case_file.case_id)
    if not CaseFile.objects.filter(pk=case_file.pk, state=BuildState.READY).exists():
        raise ValidationError(_("This case file is not ready yet; wait until it is built."), code="not_ready")
    if days not in LIVES:
        raise ValidationError({"days": _("Choose how long the link works.")}, code="unknown_life")
    if len(label) > LABEL_LENGTH:
        raise ValidationError(
            {"label": _("At most %(count)s signs.") % {"count": LABEL_LENGTH}}, code="too_long"
        )
    if living_of(case_file, at=at).count() >= MOST_LIVING:
        raise ValidationError(
            _("%(count)s links to this case file are open. Revoke one first.") % {"count": MOST_LIVING},
            code="too_many",
        )
    token = secrets.token_urlsafe(32)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}" if with_code else ""
    last = CaseFileShare.objects.filter(case_file=case_file).aggregate(last=Max("number"))["last"] or 0
    made = CaseFileShare.objects.create(
        case_file=case_file,
        number=last + 1,
        label=label,
        token_sha256=_sha256(token),
        code_hash=make_password(code) if code else "",
        made_by=by,
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    _record(made, SHARED, at=at, by=by, expires_at=made.expires_at.isoformat(), with_code=with_code)
    return made, token, code


@transaction.atomic
def revoke(*, share: CaseFileShare, at: datetime, by: User | None) -> bool:
    """From now on the link opens nothing; False where it had ended before."""
    _lock_case(share)
    return _end(share, ShareEnd.REVOKED, REVOKED, at=at, by=by)


def living(token: str, *, at: datetime) -> CaseFileShare | None:
    """What the token opens at that moment; None for one that is unknown, revoked, locked or over."""
    rows = _living(CaseFileShare.objects.filter(token_sha256=_sha256(token)), at)
    return rows.select_related("case_file__case").first()


def living_of(case_file: CaseFile, *, at: datetime) -> QuerySet[CaseFileShare]:
    return _living(CaseFileShare.objects.filter(case_file=case_file), at)


def with_living_shares(rows: QuerySet[CaseFile], *, at: datetime) -> QuerySet[CaseFile]:
    """The same case files, each with the count of its open links as `living_shares`."""
    is_living = Q(shares__ended_at=None, shares__expires_at__gt=at)
    return rows.annotate(living_shares=Count("shares", filter=is_living))


@transaction.atomic
def is_code(*, share: CaseFileShare, code: str, at: datetime) -> bool:
    """Whether it is the code of the link. Wrong ones are counted; MOST_WRONG_CODES of them close it."""
    _lock_case(share)
    # The row is locked, so that tries at the same moment are counted one after the other.
    row = CaseFileShare.objects.select_for_update().filter(pk=share.pk).first()
    if row is None or row.ended_at is not None:
        return False
    if check_password(_as_digits(code), row.code_hash):
        return True
    row.wrong_codes += 1
    row.save(update_fields=["wrong_codes"])
    share.wrong_codes = row.wrong_codes
    if row.wrong_codes >= MOST_WRONG_CODES:
        _end(row, ShareEnd.LOCKED, LOCKED, at=at, by=None)
    return False


@transaction.atomic
def note_opened(*, share: CaseFileShare, at: datetime) -> None:
    """Counts it; the chain of custody tells of the first opening on each day, in UTC."""
    _lock_case(share)
    if _counted(share, at=at, openings=F("openings") + 1):
        _record_once_a_day(share, OPENED, at)


@transaction.atomic
def note_handed_out(*, share: CaseFileShare, at: datetime, from_the_start: bool = True) -> None:
    """As `note_opened`, for the ZIP; what goes on after a break counts where none of that day began."""
    _lock_case(share)
    is_new = from_the_start or not _is_told_of_today(share, HANDED_OUT, at)
    if is_new and _counted(share, at=at, downloads=F("downloads") + 1):
        _record_once_a_day(share, HANDED_OUT, at)


def _counted(share: CaseFileShare, *, at: datetime, **counts: Combinable) -> bool:
    """False for a link that went with its case a moment ago: its chain must not begin again."""
    return bool(CaseFileShare.objects.filter(pk=share.pk).update(last_opened_at=at, **counts))


def _lock_case(share: CaseFileShare) -> None:
    """The case before its link, as whoever erases it does: of two at once neither waits for ever."""
    case_id = share.case_file.case_id
    Case.objects.select_for_update(no_key=True).only("pk").filter(pk=case_id).first()


def _living(rows: QuerySet[CaseFileShare], at: datetime) -> QuerySet[CaseFileShare]:
    return rows.filter(Q(ended_at=None), expires_at__gt=at, case_file__state=BuildState.READY)


def _end(share: CaseFileShare, reason: ShareEnd, action: str, *, at: datetime, by: User | None) -> bool:
    ended = CaseFileShare.objects.filter(pk=share.pk, ended_at=None).update(ended_at=at, end_reason=reason)
    if ended:
        _record(share, action, at=at, by=by)
    return bool(ended)


def _record_once_a_day(share: CaseFileShare, action: str, at: datetime) -> None:
    if not _is_told_of_today(share, action, at):
        _record(share, action, at=at, by=None)


def _is_told_of_today(share: CaseFileShare, action: str, at: datetime) -> bool:
    today = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    noted = CustodyEntry.objects.filter(
        case_id=share.case_file.case_id,
        action=action,
        at__gte=today,
        details__number=share.case_file.number,
        details__share=share.number,
    )
    return noted.exists()


def _record(share: CaseFileShare, action: str, *, at: datetime, by: User | None, **more: object) -> None:
    details = {**_named(share), **more}
    custody.record(case=share.case_file.case, action=action, at=at, by=by, details=details)


def _named(share: CaseFileShare) -> dict[str, int]:
    return {"number": share.case_file.number, "share": share.number}


def _as_digits(code: str) -> str:
    """As it was made, however it was typed: 123 456, 123-456 or in full-width figures."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", code))


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
