"""What becomes of a case file that was asked for: it waits its turn, is called off, or is asked for again."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import BuildState, Case, CaseFile
from cases.services import custody, redactions
from cases.services.case_file_plans import MadeFor
from cases.services.case_files import UNDER_WAY, request_case_file
from tracker.accounts.models import User


@transaction.atomic
def cancel_case_file(*, case_file: CaseFile, by: User, at: datetime) -> None:
    """Call it off while it waits or is being made; its builder finds out at its next sign of life.

    Raises ValidationError, which says what it is instead, when it is over: one that was finished at the
    same moment is either ready or cancelled, never both.
    """
    # The case first, as the builder does when it finishes: of the two one waits, and neither for ever.
    Case.objects.select_for_update(no_key=True).only("pk").get(pk=case_file.case_id)
    is_cancelled = CaseFile.objects.filter(pk=case_file.pk, state__in=UNDER_WAY).update(
        state=BuildState.CANCELLED, lease_until=None, expected_at=None
    )
    case_file.refresh_from_db(fields=["state"])
    if not is_cancelled:
        raise ValidationError(_too_late(case_file) % {"number": case_file.number}, code="over")
    custody.record(
        case=case_file.case, action="case_file_cancelled", at=at, by=by, details={"number": case_file.number}
    )


def _too_late(case_file: CaseFile) -> str:
    if case_file.state == BuildState.READY:
        return _("Case file %(number)s was ready before it could be cancelled.")
    if case_file.state == BuildState.CANCELLED:
        return _("Case file %(number)s was cancelled already.")
    return _("Case file %(number)s had failed before it could be cancelled.")


def request_again(*, case_file: CaseFile, by: User, at: datetime) -> CaseFile:
    """A new case file with the choices of one that failed or was cancelled; raises as `request_case_file`.

    An exhibit of which no redacted copy was made yet when the first was asked for goes out as its newest
    one, as nobody chose the original.
    """
    if case_file.state not in (BuildState.FAILED, BuildState.CANCELLED):
        raise ValidationError(
            _("Case file %(number)s did not fail, so it is not asked for again.")
            % {"number": case_file.number},
            code="not_failed",
        )
    return request_case_file(
        case=case_file.case,
        by=by,
        at=at,
        language=case_file.language,
        redactions=_copies(case_file),
        made_for=MadeFor(
            profile=case_file.profile,
            left_out=frozenset(case_file.left_out),
            small_pictures=case_file.small_pictures,
        ),
    )


def _copies(case_file: CaseFile) -> dict[int, int]:
    chosen = {int(number): redaction for number, redaction in case_file.redactions.items()}
    for number, made in redactions.made_of_case(case_file.case).items():
        is_new = all(row.made_at and row.made_at > case_file.requested_at for row in made)
        if number not in chosen and is_new:
            chosen[number] = made[0].number
    return chosen


def waits_behind_others(case_file: CaseFile) -> bool:
    """Whether case files that were asked for earlier, of any case, are not done yet."""
    earlier = CaseFile.objects.filter(state__in=UNDER_WAY, requested_at__lt=case_file.requested_at)
    return earlier.exclude(pk=case_file.pk).exists()
