"""Keeps what is typed into the form of a new case until the case is open, thirty days at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import QuerySet, Subquery
from django.db.models.fields.json import KT
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import CaseDraft
from tracker.accounts.models import User

KEPT_FOR = timedelta(days=30)
# More signs than all fields of the form can hold together.
LONGEST = 60_000
# As a form sends it: a list of texts, of which a text field has one.
_TITLE = KT("fields__title__0")


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What a way on to an unfinished case says of it: its title, "" for none, and when it was kept, aware."""

    title: str
    kept_at: datetime


def keep(*, by: User, at: datetime, fields: Mapping[str, list[str]]) -> CaseDraft | None:
    """What was typed last counts. Where all is empty nothing is kept, and what was is dropped.

    Raises ValidationError for more than a form can hold.
    """
    # A database takes no NUL.
    plain = {name: [value.replace("\x00", "") for value in values] for name, values in fields.items()}
    typed = {name: [value for value in values if value.strip()] for name, values in plain.items()}
    typed = {name: values for name, values in typed.items() if values}
    if sum(len(value) for values in typed.values() for value in values) > LONGEST:
        raise ValidationError(_("This is too much to keep. Shorten what you typed, or open the case now."))
    if not typed:
        discard(by=by)
        return None
    kept, _is_new = CaseDraft.objects.update_or_create(user=by, defaults={"fields": typed, "changed_at": at})
    return kept


def draft_of(user: User) -> CaseDraft | None:
    return _kept(user).first()


def unfinished_of(user: User) -> Unfinished | None:
    """By one query."""
    return unfinished(*_kept(user).values_list(_TITLE, "changed_at").first() or (None, None))


def unfinished_columns(user: User) -> dict[str, Subquery]:
    """What a query of rows of the user may ask along, to spare `unfinished_of` its own."""
    kept = _kept(user)
    return {
        "draft_title": Subquery(kept.values_list(_TITLE)[:1]),
        "draft_kept_at": Subquery(kept.values("changed_at")[:1]),
    }


def unfinished(draft_title: str | None, draft_kept_at: datetime | None) -> Unfinished | None:
    """From the values of `unfinished_columns`."""
    return Unfinished(draft_title or "", draft_kept_at) if draft_kept_at else None


def discard(*, by: User) -> None:
    CaseDraft.objects.filter(user=by).delete()


def clear_stale() -> None:
    CaseDraft.objects.filter(changed_at__lte=timezone.now() - KEPT_FOR).delete()


def _kept(user: User) -> QuerySet[CaseDraft]:
    return CaseDraft.objects.filter(user=user, changed_at__gt=timezone.now() - KEPT_FOR)
