"""The way back from what was done or put off on Today, while that stands."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Deadline, Membership, OwnReminder
from cases.services import own_reminders, snoozes
from cases.services.deadlines import BY_HAND
from tracker.accounts.models import User

# No row has a longer one.
LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Undo:
    """A form of one button: where it is sent, and the name and value of what it sends.

    `name` says in an address what is taken back, as in "deadline-7".
    """

    name: str
    url: str
    field: str
    value: str
    key: int | None = None

    @property
    def address(self) -> str:
        """Today with the way back, for a browser without JavaScript."""
        return f"/?undo={self.name}"


def of_deadline(case: Case, deadline: Deadline, *, put_off: bool = False) -> Undo:
    """Of one that was called done, or else whose reminders were put off."""
    url = reverse("cases:deadlines", args=[case.reference])
    kind, value = ("snooze", "unsnooze") if put_off else ("deadline", "undo")
    return Undo(f"{kind}-{deadline.pk}", url, "action", value, deadline.pk)


def of_own(case: Case, own: OwnReminder, *, put_off: bool = False) -> Undo:
    """As `of_deadline`, of an own reminder."""
    url = reverse("cases:own-reminder", args=[case.reference, own.pk])
    kind, value = ("later", "unsnooze") if put_off else ("own", "undo")
    return Undo(f"{kind}-{own.pk}", url, "do", value)


def asked_for(request: HttpRequest) -> Undo | None:
    """What `?undo=` names, where it is this user's to take back and still stands; three queries at most."""
    kind, _dash, number = request.GET.get("undo", "").partition("-")
    find = {"deadline": _done, "snooze": _put_off, "own": _own_done, "later": _own_put_off}.get(kind)
    is_number = number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER
    return find(request.user, int(number)) if find and is_number else None


def _done(user: User, key: int) -> Undo | None:
    done = Deadline.objects.filter(pk=key, met_by=BY_HAND, case__closed_at=None)
    deadline = done.select_related("case").first()
    return of_deadline(deadline.case, deadline) if deadline and _may_write(user, deadline) else None


def _put_off(user: User, key: int) -> Undo | None:
    deadline = Deadline.objects.open().filter(pk=key, case__closed_at=None).select_related("case").first()
    if deadline is None or not _may_write(user, deadline):
        return None
    stands = snoozes.standing(deadline, user, at=timezone.now())
    return of_deadline(deadline.case, deadline, put_off=True) if stands else None


def _own_done(user: User, key: int) -> Undo | None:
    own = _own_of(user).filter(pk=key, done_at__isnull=False).first()
    return of_own(own.case, own) if own else None


def _own_put_off(user: User, key: int) -> Undo | None:
    own = _own_of(user).filter(pk=key, done_at=None).first()
    return of_own(own.case, own, put_off=True) if own and own_reminders.put_off_from(own) else None


def _own_of(user: User) -> QuerySet[OwnReminder]:
    mine = OwnReminder.objects.filter(user=user, case__memberships__user=user)
    return mine.select_related("case")


def _may_write(user: User, deadline: Deadline) -> bool:
    member = Membership.objects.filter(case=deadline.case, user=user).first()
    return member is not None and member.may_write
