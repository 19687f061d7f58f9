"""Which reminders a deadline calls for, as rows of the ledger; sending them is reminders.py's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils.crypto import salted_hmac

from cases.models import CancelReason, Case, Deadline, Reminder, Role, Whose
from cases.rules import reminders as rules
from cases.rules.quiet_hours import QuietHours
from cases.services.playbooks import zone_of_deadline
from cases.services.reminder_preferences import (
    Manners,
    manners_of,
    preferences_of,
    quiet_hours_of,
    steps_of,
)
from tracker.accounts.models import User

# How the steps of what a user put off begin.
SNOOZED = "snoozed_"


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
        known_at=min(deadline.computed_at, at),
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


def replan(user: User, *, at: datetime) -> None:
    """Plan what is still to be said of the user's open deadlines by their preferences as they are now.

    Runs in the transaction that stores the preferences, or the time zone. What is due by now, was tried,
    put off or cancelled for another reason stays as it is: this takes no word away but unwanted steps.
    """
    # The sender steps over users that are locked; cases come next, as for whoever changes one.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    owned = Case.objects.filter(memberships__user=user, memberships__role=Role.OWNER).open()
    cases = list(owned.select_for_update(of=("self",), no_key=True).order_by("pk"))
    deadlines = list(Deadline.objects.open().filter(case__in=cases).select_related("case").order_by("pk"))
    planned = [row for row in _planned(deadlines, at) if row.due_at > at]
    times = {(row.deadline_id, row.step): row.due_at for row in planned}
    preferences = preferences_of(user)
    unwanted = rules.CHOSEN_STEPS - steps_of(preferences)
    quiet = quiet_hours_of(preferences, user.zone)
    changed = []
    for row in _movable(deadlines, at):
        before = (row.due_at, row.cancelled_at)
        if row.step in unwanted:
            row.cancelled_at, row.cancel_reason = row.cancelled_at or at, CancelReason.REPLANNED
        elif (time := times.get((row.deadline_id, row.step))) is not None:
            row.cancelled_at, row.cancel_reason = None, CancelReason.NONE
            row.due_at, row.next_attempt_at = time, None
        elif row.cancelled_at is None:
            # Not planned any more, since another comes close to it, but never taken away: only not at night.
            row.due_at = _outside(quiet, row, at)
        if before != (row.due_at, row.cancelled_at):
            changed.append(row)
    fields = ["cancelled_at", "cancel_reason", "due_at", "next_attempt_at"]
    Reminder.objects.bulk_update(changed, fields, batch_size=200)
    Reminder.objects.bulk_create(planned, ignore_conflicts=True, batch_size=500)


def _movable(deadlines: Sequence[Deadline], at: datetime) -> QuerySet[Reminder]:
    """Rows of the versions that count which are still ahead, or which earlier preferences took out."""
    rows = Reminder.objects.filter(deadline__in=deadlines, version=F("deadline__version"), attempts=0)
    ahead = Q(cancelled_at=None, due_at__gt=at, lease_until=None)
    chosen = rows.filter(ahead | Q(cancel_reason=CancelReason.REPLANNED), sent_at=None, failed_at=None)
    return chosen.select_related("deadline").order_by("pk")


def _outside(quiet: QuietHours | None, row: Reminder, at: datetime) -> datetime:
    deadline = row.deadline
    if deadline is None or quiet is None or not quiet.hold(row.due_at):
        return row.due_at
    is_mine = deadline.whose == Whose.MINE
    return rules.outside(quiet, row.due_at, due_at=deadline.due_at, planned_at=at, is_mine=is_mine)


def message_id_of(about: int | str, step: str, version: int | str) -> str:
    """The Message-ID of that reminder, on every try; the seal keeps others from guessing it.

    `about` is the key of the deadline; `own<key>` of an own reminder, `user<key>` for a summary, whose
    `version` is the moment it was planned for.
    """
    key = f"{about}.{step}.{version}"
    seal = salted_hmac("cases.reminder", key, algorithm="sha256").hexdigest()[:20]
    return f"<reminder.{key}.{seal}@{urlsplit(settings.SITE_URL).hostname}>"


def cancel_for(*, deadline: Deadline, at: datetime) -> None:
    """Say nothing more about the deadline; what a sender holds right now it checks once more."""
    cancel_all([deadline], at=at)


def cancel_all(deadlines: Collection[Deadline], *, at: datetime) -> None:
    """As `cancel_for`, for many deadlines at once."""
    pending = Reminder.objects.pending().filter(deadline__in=deadlines)
    pending.update(cancelled_at=at, cancel_reason=CancelReason.NOT_NEEDED)
