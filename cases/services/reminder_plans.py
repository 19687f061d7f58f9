"""Which reminders a deadline calls for, as rows of the ledger; sending them is reminders.py's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac

from cases.models import Deadline, Reminder
from cases.rules import reminders as rules
from cases.services.playbooks import zone_of_deadline


def plan_for(*, deadline: Deadline, at: datetime) -> None:
    """Plan what the deadline's current version still calls for; planning twice adds nothing.

    Runs in the transaction that stores or moves the deadline.
    """
    plan_all([deadline], at=at)


def plan_all(deadlines: Iterable[Deadline], *, at: datetime) -> None:
    """As `plan_for`, for many deadlines at once."""
    rows = [row for deadline in deadlines for row in _planned(deadline, at)]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _planned(deadline: Deadline, at: datetime) -> Iterator[Reminder]:
    if deadline.is_paused:
        return  # its date moves on; what is to be said is planned when the clock runs again
    nudges = rules.plan(
        due_at=deadline.due_at,
        window_from=deadline.window_from,
        in_days=deadline.in_days,
        zone=zone_of_deadline(deadline),
        planned_at=at,
    )
    for nudge in nudges:
        yield Reminder(
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
    Reminder.objects.pending().filter(deadline__in=deadlines).update(cancelled_at=at)
