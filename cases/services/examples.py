"""Example cases in a user's own account: made and removed whole, told of by no mail, counted by no figure."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from cases.demo.stage import Stage
from cases.demo.stories import EXAMPLES
from cases.models import CancelReason, Case, Reminder, Role
from cases.services import erasing
from tracker.accounts.models import User


@transaction.atomic
def add(*, by: User, at: datetime) -> None:
    """Open the example cases as of `at`; nothing happens where the user has some."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=by.pk)  # a second tap waits for the first
    if not of(by).exists():
        stage = Stage(user=by, now=at, is_example=True)
        made = [story(stage) for story in EXAMPLES]
        # Many of them lie in the past; nobody is to think that mails are late.
        planned = Reminder.objects.pending().filter(deadline__case__in=made)
        planned.update(cancelled_at=at, cancel_reason=CancelReason.NOT_NEEDED)


@transaction.atomic
def remove(*, by: User, at: datetime) -> int:
    """Erase all that `add` made, with everything that was put into them since; returns how many."""
    found = list(of(by))
    for case in found:
        erasing.erase(case=case, by=by, at=at, typed=case.reference)
    return len(found)


def of(user: User) -> QuerySet[Case]:
    """The user's own example cases; a case that was taken in or shared by somebody else is none."""
    return Case.objects.filter(is_example=True, memberships__user=user, memberships__role=Role.OWNER)
