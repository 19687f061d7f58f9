"""Saves how a user wants to be reminded, and moves what is planned along."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import ReminderPreferences
from cases.services import own_reminders, reminder_plans, summary_plans
from tracker.accounts.models import User

# So much of a day is left at least in which reminders can come.
LEAST_AWAKE = timedelta(hours=4)


@transaction.atomic
def save_preferences(
    *,
    user: User,
    at: datetime,
    quiet_from: time | None,
    quiet_until: time | None,
    day_before: bool,
    hours_before: bool,
    when_due: bool,
    when_overdue: bool,
    morning_summary: bool,
    weekly_summary: bool,
) -> ReminderPreferences:
    """Store them and plan anew what they change. Times are on the user's clock; the same one twice is none.

    Raises ValidationError, by field, for quiet hours with one end or without enough of the day left.
    """
    start, end = _quiet_hours(quiet_from, quiet_until)
    chosen = {
        "quiet_from": start,
        "quiet_until": end,
        "day_before": day_before,
        "hours_before": hours_before,
        "when_due": when_due,
        "when_overdue": when_overdue,
        "morning_summary": morning_summary,
        "weekly_summary": weekly_summary,
    }
    # The user first, as whoever saves the time zone does, so that neither waits for the other for ever.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    preferences, _is_new = ReminderPreferences.objects.update_or_create(user=user, defaults=chosen)
    replan(user, at=at)
    return preferences


@transaction.atomic
def replan(user: User, *, at: datetime) -> None:
    """Move the user's planned reminders and summaries to where preferences and time zone, as stored, put
    them; called in the transaction that stores either.
    """
    reminder_plans.replan(user, at=at)
    own_reminders.replan(user, at=at)
    summary_plans.replan(user, at=at)


def _quiet_hours(start: time | None, end: time | None) -> tuple[time | None, time | None]:
    if start is None and end is None:
        return None, None
    if start is None:
        raise ValidationError({"quiet_from": _("Say when the quiet hours begin, such as 22:00.")})
    if end is None:
        raise ValidationError({"quiet_until": _("Say when the quiet hours end, such as 8:00.")})
    if start == end:
        return None, None
    if _length(start, end) > timedelta(days=1) - LEAST_AWAKE:
        raise ValidationError(
            {
                "quiet_until": _(
                    "This leaves less than four hours of the day for reminders. Make the quiet hours shorter,"
                    " or stop all reminders."
                )
            }
        )
    return start, end


def _length(start: time, end: time) -> timedelta:
    """From one time of day to the next such other one."""
    some_day = date(2026, 1, 1)
    length = datetime.combine(some_day, end) - datetime.combine(some_day, start)
    return length if length > timedelta(0) else length + timedelta(days=1)
