"""The way back from what was called done on Today, while that stands."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from cases.models import Case, Deadline, Membership, OwnReminder
from cases.services.deadlines import BY_HAND

# No row has a longer one.
LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Undo:
    """A form of one button: where it is sent, and the name and value of what it sends."""

    url: str
    field: str
    value: str
    key: int | None = None


def of_deadline(case: Case, deadline: Deadline) -> Undo:
    return Undo(reverse("cases:deadlines", args=[case.reference]), "action", "undo", deadline.pk)


def of_own(case: Case, own: OwnReminder) -> Undo:
    return Undo(reverse("cases:own-reminder", args=[case.reference, own.pk]), "do", "undo")


def address(row: Deadline | OwnReminder) -> str:
    """Today with the way back, for a browser without JavaScript."""
    return f"/?undo={'deadline' if isinstance(row, Deadline) else 'own'}-{row.pk}"


def asked_for(request: HttpRequest) -> Undo | None:
    """What `?undo=` names, where it is this user's to take back and still done; one query, or two."""
    kind, _dash, number = request.GET.get("undo", "").partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
        return None
    if kind == "own":
        mine = OwnReminder.objects.filter(user=request.user, case__memberships__user=request.user)
        own = mine.filter(pk=int(number), done_at__isnull=False).select_related("case").first()
        return of_own(own.case, own) if own else None
    if kind == "deadline":
        done = Deadline.objects.filter(pk=int(number), met_by=BY_HAND, case__closed_at=None)
        deadline = done.select_related("case").first()
        member = deadline and Membership.objects.filter(case=deadline.case, user=request.user).first()
        return of_deadline(deadline.case, deadline) if deadline and member and member.may_write else None
    return None
