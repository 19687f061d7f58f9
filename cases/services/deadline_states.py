"""Every change of a stored deadline, with its custody entry and what it means for the reminders.

Called within the transaction of a service, for a deadline whose case is locked.
"""

from __future__ import annotations

from datetime import datetime

from cases.models import Deadline, DropReason
from cases.rules.deadlines import DueDate
from cases.services import custody, reminders
from cases.services.moments import as_text
from tracker.accounts.models import User


def started(deadline: Deadline, *, at: datetime, by: User | None) -> None:
    """Record a deadline that was just stored, and plan its reminders."""
    _record(deadline, "deadline_started", at=at, by=by)
    reminders.plan_for(deadline=deadline, at=at)


def move(deadline: Deadline, due: DueDate, *, at: datetime, by: User | None) -> bool:
    """Store the new count; True when it came out at another time, which reminds anew."""
    before = (deadline.due_at, deadline.window_from, deadline.in_days)
    is_moved = before != (due.due_at, due.window_from, due.in_days)
    because = due.because()
    if not is_moved and (because, due.is_provisional) == (deadline.because, deadline.is_provisional):
        return False
    deadline.due_at, deadline.window_from, deadline.in_days = due.due_at, due.window_from, due.in_days
    deadline.because, deadline.is_provisional, deadline.computed_at = because, due.is_provisional, at
    if is_moved:
        reminders.cancel_for(deadline=deadline, at=at)
        deadline.version += 1
    deadline.save()
    if is_moved:
        _record(deadline, "deadline_moved", at=at, by=by, before=as_text(before[0]))
        reminders.plan_for(deadline=deadline, at=at)
    return is_moved


def meet(deadline: Deadline, *, met_at: datetime, met_by: str, at: datetime, by: User | None) -> None:
    """It happened at `met_at`, by what `met_by` names; nothing more is said about it."""
    deadline.met_at, deadline.met_by = met_at, met_by
    deadline.save(update_fields=["met_at", "met_by"])
    reminders.cancel_for(deadline=deadline, at=at)
    _record(deadline, "deadline_met", at=at, by=by, met_at=as_text(met_at), met_by=met_by)


def drop(deadline: Deadline, *, reason: DropReason, at: datetime, by: User | None) -> None:
    """It no longer matters, for that reason."""
    deadline.dropped_at, deadline.drop_reason = at, reason
    deadline.save(update_fields=["dropped_at", "drop_reason"])
    reminders.cancel_for(deadline=deadline, at=at)
    _record(deadline, "deadline_dropped", at=at, by=by, reason=str(reason))


def resume(deadline: Deadline, *, at: datetime, by: User | None) -> None:
    """Open it again as a new version, which reminds anew."""
    deadline.dropped_at, deadline.drop_reason = None, DropReason.NONE
    deadline.version += 1
    deadline.save(update_fields=["dropped_at", "drop_reason", "version"])
    _record(deadline, "deadline_resumed", at=at, by=by)
    reminders.plan_for(deadline=deadline, at=at)


def _record(deadline: Deadline, action: str, *, at: datetime, by: User | None, **details: str) -> None:
    told = {
        "deadline": deadline.pk,
        "rule": deadline.rule,
        "due_at": as_text(deadline.due_at),
        "version": deadline.version,
        **({"window_from": as_text(deadline.window_from)} if deadline.window_from else {}),
        **details,
    }
    custody.record(case=deadline.case, action=action, at=at, by=by, details=told)
