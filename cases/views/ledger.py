"""The ledger of reminders as the screens show it: what was planned, sent, refused, put off, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import CancelReason, Deadline, Reminder
from cases.services.reminder_plans import SNOOZED
from tracker.accounts.models import User

STEPS: dict[str, Promise] = {
    "window_opens": _("as its time begins"),
    "day_before": _("the day before"),
    "hours_before": _("two hours before"),
    "on_the_day": _("on the day"),
    "due": _("when it is due"),
    "overdue_1": _("a day late"),
    "overdue_2": _("two days late"),
    "overdue_3": _("three days late"),
}
PUT_OFF = _("as you asked")
# So many lines of one version, and so many versions, are on the page; what is older is left out.
MOST_LINES = 40
MOST_VERSIONS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One reminder of the ledger.

    `state` is sent, failed, snoozed, cancelled, refused (the server put it off), waiting (held back by
    us), due (about to go out) or planned. `is_of_another` says that it tells another member of the case.
    """

    reminder: Reminder
    state: str
    is_of_another: bool

    @property
    def step(self) -> Promise | str:
        """Which reminder it is, in words; empty for one that is the only one."""
        return PUT_OFF if self.reminder.step.startswith(SNOOZED) else STEPS.get(self.reminder.step, "")

    @property
    def is_ahead(self) -> bool:
        return self.state in {"refused", "waiting", "due", "planned"}


@dataclass(frozen=True, slots=True)
class Version:
    """What was planned for one version of a deadline, in order of time."""

    number: int
    is_current: bool
    lines: tuple[Line, ...]

    @property
    def next_line(self) -> Line | None:
        """What goes out next."""
        return next((line for line in self.lines if line.is_ahead), None)

    @property
    def has_trouble(self) -> bool:
        """Whether the server refused the last word of it, for now or for good."""
        tried = [line for line in self.lines if line.state in {"sent", "failed", "refused"}]
        return bool(tried) and tried[-1].state != "sent" and tried[-1].reminder.cancelled_at is None


def ledger_of(deadline: Deadline, *, user: User, at: datetime) -> tuple[Version, ...]:
    """The reminders of the deadline, the version that counts first; it needs them prefetched."""
    return tuple(_versions(deadline, user, at))[:MOST_VERSIONS]


def lines_of(reminders: Iterable[Reminder], *, user: User, at: datetime) -> tuple[Line, ...]:
    """The reminders as lines, in order of time; of very many the last ones."""
    rows = sorted(reminders, key=lambda row: (row.due_at, row.pk))[-MOST_LINES:]
    return tuple(Line(row, _state(row, at), row.user_id != user.pk) for row in rows)


def _versions(deadline: Deadline, user: User, at: datetime) -> Iterator[Version]:
    rows = sorted(deadline.reminders.all(), key=lambda row: row.version, reverse=True)
    for number, of_version in groupby(rows, key=lambda row: row.version):
        is_current = number == deadline.version
        yield Version(number, is_current, lines_of(of_version, user=user, at=at))


def _state(row: Reminder, at: datetime) -> str:
    if row.sent_at is not None:
        return "sent"
    if row.failed_at is not None:
        return "failed"
    if row.cancelled_at is not None:
        return "snoozed" if row.cancel_reason == CancelReason.SNOOZED else "cancelled"
    if row.next_attempt_at is not None and row.next_attempt_at > at:
        return "refused" if row.failure else "waiting"
    return "due" if row.due_at <= at else "planned"
