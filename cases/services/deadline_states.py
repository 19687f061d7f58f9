"""Every change of a stored deadline, with its custody entry and what it means for the reminders.

Called within the transaction of a service, for a deadline whose case is locked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.models import Deadline, DropReason
from cases.rules.deadlines import DueDate
from cases.services import custody, reminders
from cases.services.moments import as_text
from tracker.accounts.models import User

# What is recorded when the clock begins to stand still, and when it runs again.
_PAUSE_ACTIONS = {True: "deadline_paused", False: "deadline_runs_again"}


def started(deadline: Deadline, *, at: datetime, by: User | None) -> None:
    """Record a deadline that was just stored, and plan its reminders."""
    _record(deadline, "deadline_started", at=at, by=by)
    reminders.plan_for(deadline=deadline, at=at)


@dataclass(frozen=True, slots=True)
class Change:
    """What a new count changed of a deadline: `act` tells the chain; None where no time is another."""

    act: custody.Act | None


def change(deadline: Deadline, due: DueDate, *, at: datetime, from_anew: bool = False) -> Change | None:
    """Take the new count over into the row, which is not saved; None where nothing is different.

    One that comes out at another time, begins to stand still or runs again is a new version. `from_anew`
    says that the caller set another start, which is to be stored even if no time changes.
    """
    before = (deadline.due_at, deadline.window_from, deadline.in_days)
    was_paused, is_moved = deadline.is_paused, before != (due.due_at, due.window_from, due.in_days)
    is_news = is_moved or was_paused != due.is_paused
    if not (is_news or from_anew or _is_told_otherwise(deadline, due)):
        return None
    deadline.rule, deadline.whose, deadline.because = due.rule, due.whose, due.because()
    deadline.due_at, deadline.window_from, deadline.in_days = due.due_at, due.window_from, due.in_days
    deadline.is_provisional, deadline.is_paused = due.is_provisional, due.is_paused
    deadline.computed_at = at
    if not is_news:
        return Change(None)
    deadline.version += 1
    action = "deadline_moved" if was_paused == due.is_paused else _PAUSE_ACTIONS[due.is_paused]
    return Change(_act(deadline, action, before=as_text(before[0])))


def move(deadline: Deadline, due: DueDate, *, at: datetime, by: User | None, from_anew: bool = False) -> bool:
    """Store the new count (see `change`); True when it is another version, which reminds anew."""
    return store(deadline, change(deadline, due, at=at, from_anew=from_anew), at=at, by=by)


def store(deadline: Deadline, changed: Change | None, *, at: datetime, by: User | None) -> bool:
    """Save what was changed; True when it is another version, which reminds anew unless it stands still."""
    if changed is None:
        return False
    deadline.save()
    if changed.act is None:
        return False
    reminders.cancel_for(deadline=deadline, at=at)
    custody.record_all([changed.act], at=at, by=by)
    reminders.plan_for(deadline=deadline, at=at)
    return True


def _is_told_otherwise(deadline: Deadline, due: DueDate) -> bool:
    """Whether what is stored about the same date is no longer what would be said today."""
    stored = (deadline.because, deadline.is_provisional, deadline.rule, deadline.whose)
    return stored != (due.because(), due.is_provisional, due.rule, due.whose)


def meet(deadline: Deadline, *, met_at: datetime, met_by: str, at: datetime, by: User | None) -> None:
    """It happened at `met_at`, by what `met_by` names; nothing more is said about it."""
    deadline.met_at, deadline.met_by = met_at, met_by
    deadline.save(update_fields=["met_at", "met_by"])
    reminders.cancel_for(deadline=deadline, at=at)
    _record(deadline, "deadline_met", at=at, by=by, met_at=as_text(met_at), met_by=met_by)


def drop(deadline: Deadline, *, reason: DropReason, at: datetime, by: User | None) -> None:
    """It no longer matters, for that reason; what had met it, if anything, did not."""
    drop_all([deadline], reason=reason, at=at, by=by)


def drop_all(deadlines: Sequence[Deadline], *, reason: DropReason, at: datetime, by: User | None) -> None:
    """As `drop`, for many deadlines with their cases, by a few queries."""
    if not deadlines:
        return
    for deadline in deadlines:
        deadline.met_at, deadline.met_by = None, ""
        deadline.dropped_at, deadline.drop_reason = at, reason
    rows = Deadline.objects.filter(pk__in=[deadline.pk for deadline in deadlines])
    rows.update(met_at=None, met_by="", dropped_at=at, drop_reason=reason)
    reminders.cancel_all(deadlines, at=at)
    acts = [_act(deadline, "deadline_dropped", reason=str(reason)) for deadline in deadlines]
    custody.record_all(acts, at=at, by=by)


def resume(deadline: Deadline, *, at: datetime, by: User | None) -> None:
    """Open it again as a new version, which reminds anew."""
    deadline.dropped_at, deadline.drop_reason = None, DropReason.NONE
    deadline.version += 1
    deadline.save(update_fields=["dropped_at", "drop_reason", "version"])
    _record(deadline, "deadline_resumed", at=at, by=by)
    reminders.plan_for(deadline=deadline, at=at)


def reopen(deadline: Deadline, *, at: datetime, by: User | None) -> None:
    """What had met it turned out otherwise: it is open again, as a new version, and reminds anew."""
    deadline.met_at, deadline.met_by = None, ""
    deadline.version += 1
    deadline.save(update_fields=["met_at", "met_by", "version"])
    _record(deadline, "deadline_resumed", at=at, by=by)
    reminders.plan_for(deadline=deadline, at=at)


def _record(deadline: Deadline, action: str, *, at: datetime, by: User | None, **details: str) -> None:
    custody.record_all([_act(deadline, action, **details)], at=at, by=by)


def _act(deadline: Deadline, action: str, **details: str) -> custody.Act:
    told = {
        "deadline": deadline.pk,
        "rule": deadline.rule,
        "due_at": as_text(deadline.due_at),
        "version": deadline.version,
        **({"window_from": as_text(deadline.window_from)} if deadline.window_from else {}),
        **details,
    }
    return custody.Act(deadline.case, action, told)
