"""What a summary tells: what is overdue, what is due, what others owe, and what the user set themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from cases.models import WEEKLY_SUMMARY, Deadline, OwnReminder, Role, Whose
from cases.services.playbooks import zone_of_deadline
from tracker.accounts.models import User

SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Contents:
    """What one summary tells, each part in order of time; the deadlines have their cases.

    `overdue` and `due` are the user's own; `owed` is what others should have done, or have to do by then.
    """

    overdue: tuple[Deadline, ...]
    due: tuple[Deadline, ...]
    owed: tuple[Deadline, ...]
    own: tuple[OwnReminder, ...]

    @property
    def count(self) -> int:
        return len(self.overdue) + len(self.due) + len(self.owed) + len(self.own)


def contents(user: User, kind: str, at: datetime) -> Contents | None:
    """What the summary of that kind (MORNING_SUMMARY, WEEKLY_SUMMARY) tells the user at `at`; None: nothing.

    It is about the day, or the week up to Sunday, on the user's calendar; days that a rule counts are those
    of its zone. Cases that the user may only read, or whose reminders they stopped, are left out, but for
    reminders of their own in the former; so are clocks that stand still.
    """
    zone = user.zone
    days = SUNDAY - at.astimezone(zone).weekday() if kind == WEEKLY_SUMMARY else 0
    found = [one for one in _deadlines(user, at, days) if _is_told(one, at, days, zone)]
    mine = [one for one in found if one.whose == Whose.MINE]
    told = Contents(
        overdue=tuple(one for one in mine if one.due_at < at),
        due=tuple(one for one in mine if one.due_at >= at),
        owed=tuple(one for one in found if one.whose == Whose.THEIRS),
        own=tuple(_own(user, _end_of(_day(at, zone, days), zone))),
    )
    return told if told.count else None


def _deadlines(user: User, at: datetime, days: int) -> QuerySet[Deadline]:
    """Those that may be told of: a day that a rule counts elsewhere ends at most a day later than here."""
    horizon = at + timedelta(days=days + 2)
    return (
        Deadline.objects.open()
        .filter(
            case__memberships__user=user,
            case__memberships__role__in=[Role.OWNER, Role.HELPER],
            case__memberships__reminders_stopped_at__isnull=True,
            case__is_example=False,
            is_paused=False,
            due_at__lt=horizon,
        )
        .select_related("case")
        .order_by("due_at", "pk")
    )


def _is_told(deadline: Deadline, at: datetime, days: int, zone: ZoneInfo) -> bool:
    counted_in = zone_of_deadline(deadline) if deadline.in_days else zone
    return deadline.due_at.astimezone(counted_in).date() <= _day(at, counted_in, days)


def _own(user: User, until: datetime) -> QuerySet[OwnReminder]:
    return (
        OwnReminder.objects.filter(
            user=user,
            done_at__isnull=True,
            remind_at__lt=until,
            case__memberships__user=user,
            case__memberships__reminders_stopped_at__isnull=True,
            case__is_example=False,
        )
        .select_related("case")
        .order_by("remind_at", "pk")
    )


def _day(at: datetime, zone: ZoneInfo, days: int) -> date:
    return at.astimezone(zone).date() + timedelta(days=days)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
