"""Lets reminders that were given up, or that wait for another try, go out with the next tick.

A row keeps what says that it was tried: its mail goes out again as it was, with its own Message-ID.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from cases.models import CancelReason, Case, Reminder
from cases.services import custody
from cases.services.reminder_facts import memberships_of, silenced
from cases.services.reminder_health import STATES
from cases.services.reminder_records import details_of
from tracker.accounts.models import User

RELATED = ("deadline__case", "own_reminder__case", "user__reminder_preferences")


@transaction.atomic
def retry_failed(user: User, *, at: datetime) -> int:
    """Send again what was given up and is still to be said; return of how many deadlines and own reminders.

    Of each deadline the last word goes out again: what it says, the ones before said too. The rest is
    no longer needed, and no trouble any more. Pressing twice frees nothing twice.
    """
    failed = STATES["failed"](Reminder.objects.filter(user=user))
    _lock_cases(failed.values_list("deadline__case", "own_reminder__case"))
    rows = list(failed.select_related(*RELATED).order_by("-due_at", "-pk"))
    memberships = memberships_of(rows)
    wanted: dict[tuple[int | None, int | None], Reminder] = {}
    for row in rows:
        if row.case is not None and silenced(row, memberships) != CancelReason.NOT_NEEDED:
            wanted.setdefault((row.deadline_id, row.own_reminder_id), row)
    freed = list(wanted.values())
    rest = {row.pk for row in rows} - {row.pk for row in freed}
    failed.filter(pk__in=rest).update(cancelled_at=at, cancel_reason=CancelReason.NOT_NEEDED)
    _free(freed, by=user, at=at)
    return len(freed)


@transaction.atomic
def try_again(keys: Collection[int], *, by: User, at: datetime) -> list[Reminder]:
    """Send those of the rows again that were given up or wait for another try; return them.

    What became of each since is asked anew before it is sent, as always.
    """
    chosen = Reminder.objects.filter(pk__in=keys)
    _lock_cases(chosen.values_list("deadline__case", "own_reminder__case"))
    waiting = STATES["waiting"](chosen).filter(Q(lease_until=None) | Q(lease_until__lte=Now()))
    freed = list(waiting)
    waiting.filter(pk__in=[row.pk for row in freed]).update(next_attempt_at=None)
    failed = list(STATES["failed"](chosen).select_related(*RELATED))
    _free(failed, by=by, at=at)
    return [*freed, *failed]


def _free(rows: list[Reminder], *, by: User, at: datetime) -> None:
    free = Reminder.objects.filter(pk__in=[row.pk for row in rows])
    # One attempt stands for all before: its mail may be out, and it has its tries anew.
    free.update(failed_at=None, next_attempt_at=None, lease_until=None, attempts=1)
    acts = [custody.Act(row.case, "reminder_tried_again", details_of(row)) for row in rows if row.case]
    if acts:
        custody.record_all(acts, at=at, by=by)


def _lock_cases(found: Iterable[tuple[int | None, ...]]) -> None:
    """First the cases, then their reminders, as whoever changes a case does: so neither waits for ever."""
    keys = {key for pair in found for key in pair if key is not None}
    list(Case.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").only("pk"))
