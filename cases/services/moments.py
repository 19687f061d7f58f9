"""Moments: how they are written down, and which ones a user can have meant.

A typing mistake is told at once, and not computed with.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Clocks of phones differ from ours by a little.
TOLERANCE = timedelta(minutes=5)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# Nobody promises, and no rule counts, further ahead.
FARTHEST = timedelta(days=3660)


def as_text(moment: datetime | None) -> str:
    """The moment as custody entries and facts hold it: ISO 8601 in UTC, "" for none."""
    return moment.astimezone(UTC).isoformat() if moment else ""


def from_text(iso: str) -> datetime:
    """The moment that `as_text`, or a case file, wrote down. Raises ValueError where no offset is given."""
    moment = datetime.fromisoformat(iso)
    if moment.tzinfo is None:
        raise ValueError("A moment that was written down has its offset.")
    return moment


def moment_or_none(iso: str) -> datetime | None:
    return from_text(iso) if iso else None


def refuse_future(field: str, moment: datetime | None, *, at: datetime) -> None:
    """Raise ValidationError for `field` when `moment` lies over five minutes after `at`, or before 2000."""
    if moment is None:
        return
    if moment > at + TOLERANCE:
        raise ValidationError(
            {field: ValidationError(_("This lies in the future; check the day and the time."), code="future")}
        )
    refuse_long_ago(field, moment)


def refuse_too_far(field: str, moment: datetime | None, *, at: datetime) -> None:
    """Raise ValidationError for `field` when `moment` lies more than ten years after `at`, or before 2000."""
    if moment is None:
        return
    if moment > at + FARTHEST:
        raise ValidationError(
            {field: ValidationError(_("This lies more than ten years ahead; check the year."), code="far")}
        )
    refuse_long_ago(field, moment)


def refuse_long_ago(field: str, moment: datetime) -> None:
    if moment < EARLIEST:
        raise ValidationError(
            {field: ValidationError(_("This lies before the year 2000; check the year."), code="long_ago")}
        )
