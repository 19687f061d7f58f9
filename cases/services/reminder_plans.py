"""Which reminders a deadline calls for, as rows of the ledger; sending them is reminders.py's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac

from cases.models import CancelReason, Deadline, Reminder, Whose
from cases.rules import reminders as rules
from cases.services.playbooks import zone_of_deadline
from cases.services.reminder_preferences import Manners, manners_of


def plan_for(*, deadline: Deadline, at: datetime) -> None:
    """Plan what the deadline's current version still calls for; planning twice adds nothing.

    Runs in the transaction that stores or moves the deadline.
    """
    plan_all([deadline], at=at)


def plan_all(deadlines: Iterable[Deadline], *, at: datetime) -> None:
    """As `plan_for`, for many deadlines at once."""
    rows = list(_planned(list(deadlines), at))
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _planned(deadlines: Sequence[Deadline], at: datetime) -> Iterator[Reminder]:
    manners = manners_of(deadline.case for deadline in deadlines)
    for deadline in deadlines:
        told = manners.get(deadline.case_id)
        if told is not None:  # a case that nobody owns tells nobody
            yield from _rows(deadline, told, at)


def _rows(deadline: Deadline, manners: Manners, at: datetime) -> Iterator[Reminder]:
    if deadline.is_paused:
        return  # its date moves on; what is to be said is planned when the clock runs again
    nudges = rules.plan(
        due_at=deadline.due_at,
        window_from=deadline.window_from,
        in_days=deadline.in_days,
        zone=zone_of_deadline(deadline),
        planned_at=at,
        is_mine=deadline.whose == Whose.MINE,
        quiet=manners.quiet,
        steps=manners.steps,
    )
    for nudge in nudges:
        yield Reminder(
            user_id=manners.user_id,
            deadline=deadline,
            step=nudge.step,
            version=deadline.version,
            due_at=nudge.at,
            message_id=message_id_of(deadline.pk, nudge.step, deadline.version),
        )


def message_id_of(deadline_id: int, step: str, version: int) -> str:
    """The Message-ID of that reminder, on every try; the seal keeps others from guessing it."""
    key = f"{deadline_id}.{step}.{version}"
    seal = salted_hmac("cases.reminder", key, algorithm="sha256").hexdigest()[:20]
    return f"<reminder.{key}.{seal}@{urlsplit(settings.SITE_URL).hostname}>"


def cancel_for(*, deadline: Deadline, at: datetime) -> None:
    """Say nothing more about the deadline; what a sender holds right now it checks once more."""
    cancel_all([deadline], at=at)


def cancel_all(deadlines: Collection[Deadline], *, at: datetime) -> None:
    """As `cancel_for`, for many deadlines at once."""
    pending = Reminder.objects.pending().filter(deadline__in=deadlines)
    pending.update(cancelled_at=at, cancel_reason=CancelReason.NOT_NEEDED)
