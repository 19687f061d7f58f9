"""The summaries that users asked for: of each kind one row ahead, in the ledger of reminders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from cases.models import MORNING_SUMMARY, WEEKLY_SUMMARY, CancelReason, Reminder, ReminderPreferences
from cases.rules.manners import MONDAY, summary_at
from cases.services.reminder_plans import message_id_of
from cases.services.reminder_preferences import quiet_hours_of
from tracker.accounts.models import User

# The step of each kind bears the name of the preference that asks for it.
SUMMARIES = (MORNING_SUMMARY, WEEKLY_SUMMARY)
# Users whose rows are written in one transaction.
GROUP = 500


def plan_missing(at: datetime | None = None) -> None:
    """Plan the next summary, by the database's clock or `at`, for whoever wants one and has none pending.

    One row ahead and no more, so that a long outage makes one late summary. Any number may run at once;
    where nothing is lacking it costs one query. Users who stopped their reminders get none planned.
    """
    lacking = list(_lacking().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(lacking), GROUP):
        _plan(lacking[start : start + GROUP], at)


@transaction.atomic
def replan(user: User, *, at: datetime) -> None:
    """After preferences or time zone changed: cancel what is not wanted so any more, and plan what is.

    A summary that is late already keeps its row, as long as it is wanted at all.
    """
    locked = ReminderPreferences.objects.select_for_update(no_key=True).filter(user=user)
    preferences = locked.first()
    if preferences is None:
        return  # who never said wants no summary
    preferences.user = user
    for row in _summaries(Reminder.objects.pending()).filter(user=user):
        is_late = row.due_at <= at
        if getattr(preferences, row.step) and (is_late or row.due_at == _next(preferences, row.step, at)):
            continue
        still_pending = Reminder.objects.pending().filter(pk=row.pk)
        still_pending.update(cancelled_at=at, cancel_reason=CancelReason.REPLANNED)
    _plan([preferences.pk], at)


def next_for(user: User) -> datetime | None:
    """When the user's next summary comes; None where none is planned."""
    rows = _summaries(Reminder.objects.pending()).filter(user=user)
    return rows.order_by("due_at").values_list("due_at", flat=True).first()


def _summaries(rows: QuerySet[Reminder]) -> QuerySet[Reminder]:
    return rows.filter(deadline=None, own_reminder=None, step__in=SUMMARIES)


def _lacking() -> QuerySet[ReminderPreferences]:
    """Whoever wants a summary of which no row is pending; `lacks_<step>` says which."""
    ahead = _summaries(Reminder.objects.pending()).filter(user=OuterRef("user"))
    lacks = {f"lacks_{step}": ~Exists(ahead.filter(step=step)) for step in SUMMARIES}
    wanted = Q()
    for step in SUMMARIES:
        wanted |= Q(**{step: True, f"lacks_{step}": True})
    rows = ReminderPreferences.objects.filter(stopped_at=None, user__is_active=True)
    return rows.annotate(**lacks).filter(wanted)


@transaction.atomic
def _plan(keys: Sequence[int], at: datetime | None) -> None:
    """Plan what lacks for the preferences with these keys.

    Their rows are locked and then asked again, so that of two sweeps, or of a sweep and a user who
    saves, one plans and the other finds it done.
    """
    locked = ReminderPreferences.objects.select_for_update(no_key=True, skip_locked=True)
    held = list(locked.filter(pk__in=keys).order_by("pk").values_list("pk", flat=True))
    lacking = _lacking().filter(pk__in=held).select_related("user").annotate(now=Now())
    rows = [row for preferences in lacking for row in _rows(preferences, at or preferences.now)]
    if rows:
        _revive(rows)
        Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _rows(preferences: ReminderPreferences, now: datetime) -> Iterator[Reminder]:
    for step in SUMMARIES:
        if getattr(preferences, step) and getattr(preferences, f"lacks_{step}"):
            due_at = _next(preferences, step, now)
            yield Reminder(
                user_id=preferences.user_id,
                step=step,
                due_at=due_at,
                message_id=message_id_of(f"user{preferences.user_id}", step, f"{due_at:%Y%m%dT%H%M}"),
            )


def _next(preferences: ReminderPreferences, step: str, after: datetime) -> datetime:
    """On a Monday the weekly summary tells all that a morning one would."""
    zone = preferences.user.zone
    both = step == MORNING_SUMMARY and preferences.weekly_summary
    return summary_at(
        after=after,
        zone=zone,
        quiet=quiet_hours_of(preferences, zone),
        weekly=step == WEEKLY_SUMMARY,
        not_on=MONDAY if both else None,
    )


def _revive(rows: Sequence[Reminder]) -> None:
    """Those of them that are in the ledger, cancelled when the preferences were otherwise, hold again."""
    wanted = {(row.user_id, row.step, row.due_at) for row in rows}
    cancelled = _summaries(Reminder.objects.filter(cancel_reason=CancelReason.REPLANNED)).filter(
        user__in={row.user_id for row in rows},
        due_at__in={row.due_at for row in rows},
        sent_at=None,
        failed_at=None,
        attempts=0,
    )
    again = [row.pk for row in cancelled if (row.user_id, row.step, row.due_at) in wanted]
    if again:
        Reminder.objects.filter(pk__in=again).update(cancelled_at=None, cancel_reason=CancelReason.NONE)
