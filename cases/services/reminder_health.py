"""How the reminders are doing: figures for whoever runs the site, and a word to users when they are late.

Every time is judged by the database's clock, as it is when they are sent.
"""

from __future__ import annotations

import logging
import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Exists, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Now

from cases.models import Case, Reminder
from cases.models.reminder import ReminderQuerySet
from tracker.accounts.models import User
from tracker.health.models import Heartbeat
from tracker.health.parts import BEAT_MAY_BE_SILENT_FOR
from tracker.logs import mask

log = logging.getLogger(__name__)

# A figure says “more than” where there are more: nobody waits for a whole table to be counted.
COUNTED = 10_000
# So many of those that wait are asked for their reason.
REASONS = 1_000
SENT_LATELY = timedelta(days=1)
FAILED_LATELY = timedelta(days=7)
LATE_AFTER = timedelta(minutes=10)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
REMEMBERED_SECONDS = 30.0

_known = (-math.inf, False)  # until when in monotonic seconds, and whether reminders are stalled


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts end at COUNTED + 1. Moments are aware; `*_for` and `*_ago` say how long by the database's clock.

    `reason` is the most frequent one among those that wait for another try, without addresses.
    """

    due_now: int
    oldest_due_at: datetime | None
    oldest_due_for: timedelta | None
    held: int
    waiting: int
    reason: str
    failed_lately: int
    sent_lately: int
    last_tick_at: datetime | None
    last_tick_ago: timedelta | None

    @property
    def is_silent(self) -> bool:
        return self.last_tick_ago is None or self.last_tick_ago > BEAT_MAY_BE_SILENT_FOR

    @property
    def is_late(self) -> bool:
        return self.oldest_due_for is not None and self.oldest_due_for > LATE_AFTER


def figures() -> Figures:
    """Eight queries at most; those of what is pending use its partial index, however long the ledger is."""
    ticked_at, tick_now = _first(Heartbeat.objects.filter(name="tick").values_list("at", Now()))
    every = Reminder.objects.order_by()
    due = every.due()
    # What was refused for now is late too: a server that puts everything off must not look well.
    is_untaken = Q(attempts__gt=0) | Q(next_attempt_at=None) | Q(next_attempt_at__lte=Now())
    late = every.pending().filter(is_untaken, due_at__lte=Now())
    due_at, due_now = _first(late.order_by("due_at").values_list("due_at", Now()))
    waiting = STATES["waiting"](every)
    reasons = Counter(mask(reason) for reason in waiting.values_list("failure", flat=True)[:REASONS])
    return Figures(
        due_now=_count(due),
        oldest_due_at=due_at,
        oldest_due_for=due_now - due_at if due_at else None,
        held=_count(every.pending().filter(lease_until__gt=Now())),
        waiting=_count(waiting) if reasons else 0,
        reason=reasons.most_common(1)[0][0] if reasons else "",
        failed_lately=_count(STATES["failed"](every).filter(failed_at__gte=Now() - FAILED_LATELY)),
        sent_lately=_count(every.filter(sent_at__gte=Now() - SENT_LATELY)),
        last_tick_at=ticked_at,
        last_tick_ago=tick_now - ticked_at if ticked_at else None,
    )


def _first(rows: QuerySet[Any, Any]) -> tuple[Any, Any]:
    return next(iter(rows[:1]), (None, None))


def _count(rows: ReminderQuerySet) -> int:
    return rows[: COUNTED + 1].count()


_AHEAD = Q(due_at__gt=Now()) | Q(next_attempt_at__gt=Now())
# Each row is in one of these states. What is planned may be held back for a moment, to go with another.
STATES: dict[str, Callable[[ReminderQuerySet], ReminderQuerySet]] = {
    "due": lambda rows: rows.due(),
    "waiting": lambda rows: rows.pending().filter(_AHEAD, attempts__gt=0),
    "planned": lambda rows: rows.pending().filter(_AHEAD, attempts=0),
    "sent": lambda rows: rows.filter(sent_at__isnull=False),
    "failed": lambda rows: rows.filter(sent_at=None, failed_at__isnull=False, cancelled_at=None),
    "cancelled": lambda rows: rows.filter(sent_at=None, cancelled_at__isnull=False),
}


def state_of(reminder: Reminder, *, now: datetime) -> str:
    """The key of STATES, at the moment that the database's clock shows."""
    if reminder.sent_at:
        return "sent"
    if reminder.cancelled_at:
        return "cancelled"
    if reminder.failed_at:
        return "failed"
    if reminder.due_at <= now and (reminder.next_attempt_at is None or reminder.next_attempt_at <= now):
        return "due"
    return "waiting" if reminder.attempts else "planned"


def is_stalled() -> bool:
    """Whether reminders come late just now: nothing ticked for three minutes, or something has been due
    for ten that nobody took. A site that never ticked is judged by what is due alone.

    Asks once in half a minute, by one query; while it cannot ask, the answer before holds.
    """
    global _known
    now = time.monotonic()
    until, answer = _known
    if now < until:
        return answer
    _known = (now + REMEMBERED_SECONDS, answer)  # for those who ask while this one does
    try:
        answer = _is_stalled()
    except Exception as error:
        # This is a word beside a page; the page itself tells what is wrong with the database.
        log.warning("Cannot say whether reminders are late: %s", type(error).__name__)
    _known = (now + REMEMBERED_SECONDS, answer)
    return answer


def _is_stalled() -> bool:
    silent = Heartbeat.objects.filter(name="tick", at__lt=Now() - BEAT_MAY_BE_SILENT_FOR)
    untaken = Reminder.objects.due(Now() - LATE_AFTER).filter(Q(lease_until=None) | Q(lease_until__lte=Now()))
    found: bool = silent.values("pk").union(untaken.order_by().values("step"), all=True).exists()
    return found


def trouble_of(user: User, *, case: Case | None = None) -> Reminder | None:
    """The newest reminder, of the case or of any, that was given up and that no later one made good;
    with its deadline or own reminder, and its case. One query, a second one where something was given up.
    """
    if not _given_up(user).exists():
        return None
    failed = _not_made_good(user)
    if case is not None:
        failed = failed.filter(Q(deadline__case=case) | Q(own_reminder__case=case))
    failed = failed.select_related("deadline__case", "own_reminder__case")
    return failed.order_by("-failed_at", "-pk").first()


def _given_up(user: User) -> ReminderQuerySet:
    return STATES["failed"](Reminder.objects.filter(user=user))


def _not_made_good(user: User) -> ReminderQuerySet:
    sent = Reminder.objects.filter(user=user, sent_at__isnull=False).order_by("-sent_at").values("sent_at")
    last = Coalesce(Subquery(sent[:1]), Value(LONG_AGO))
    return _given_up(user).filter(failed_at__gte=last)


@dataclass(frozen=True, slots=True)
class Standing:
    """How reminders reach a user: by a confirmed address, not since they were stopped, or with trouble."""

    is_confirmed: bool
    stopped_since: datetime | None
    trouble: Reminder | None


def standing_columns(user: User) -> dict[str, Exists]:
    """What a query of rows of the user may ask along, to spare `standing_of` its own."""
    confirmed = EmailAddress.objects.filter(user_id=user.pk, email=user.email, verified=True)
    return {"is_confirmed": Exists(confirmed), "in_trouble": Exists(_not_made_good(user))}


def standing_of(user: User, known: tuple[bool, datetime | None, bool] | None = None) -> Standing:
    """By one query, by none where what it asks is `known` (confirmed, stopped since, in trouble); by one
    more where there is trouble.
    """
    if known is None:
        found: Any = User.objects.filter(pk=user.pk).select_related("reminder_preferences")
        row = found.annotate(**standing_columns(user)).get()
        stopped_since = getattr(getattr(row, "reminder_preferences", None), "stopped_at", None)
        known = (row.is_confirmed, stopped_since, row.in_trouble)
    is_confirmed, stopped_since, in_trouble = known
    return Standing(is_confirmed, stopped_since, trouble_of(user) if in_trouble else None)
