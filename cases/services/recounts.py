"""Counts every open deadline anew when playbooks or calendars changed: many at a time, safe at any moment.

A batch of cases is one transaction that locks them first, as whoever changes a case does. Whoever dies in
between leaves whole batches behind, and the next run goes over all of them again: what came out the same
is not written. What makes a run necessary is told by a hash over everything that is known (`knowledge`),
so no wake-up that gets lost is missed for longer than a tick.
"""

from __future__ import annotations

import gc
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from cases.models import Case, Deadline, Recount
from cases.rules import deadlines as rules
from cases.services import calendars, custody, events, reminders
from cases.services.deadlines import Moved, judge
from cases.services.own_playbooks import counted_by
from cases.services.playbooks import all_playbooks, rule_of
from tracker.health.models import Heartbeat
from tracker.queue import enqueue_on_commit

# So many open deadlines, and those besides of the last case among them, are one transaction.
BATCH = 1000
ROWS_IN_A_STATEMENT = 500
# SQLite lets one writer in at a time, and who waits looks every tenth of a second at the latest.
PAUSE_SECONDS = 0.03
LEASE_NAME = "recount"
# A run that was not heard of for so long is dead.
LEASE = timedelta(minutes=3)
WAKE_SECONDS = 60
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
# What a count changes of a deadline.
COUNTED_FIELDS = (
    "rule",
    "whose",
    "triggered_at",
    "facts",
    "window_from",
    "due_at",
    "in_days",
    "because",
    "is_provisional",
    "is_paused",
    "version",
    "computed_at",
)

# Of a deadline's contact and milestone, what no count looks at.
NOT_COUNTED_FROM = (
    "contact__ended_at",
    "contact__person",
    "contact__ticket_number",
    "contact__summary",
    "contact__promise",
    "contact__logged_at",
    "contact__logged_by",
    "milestone__note",
    "milestone__logged_at",
    "milestone__logged_by",
)

# The arithmetic as this process has it: read when it starts, as the modules themselves are.
ARITHMETIC = hashlib.sha256(
    b"".join(file.read_bytes() for file in sorted(Path(rules.__file__).parent.glob("*.py")))
).hexdigest()

_woken_at = -float(WAKE_SECONDS)  # monotonic


def recount_all(
    *, at: datetime | None = None, on_moved: Callable[[Moved], None] = lambda moved: None
) -> Recount:
    """Count every open deadline anew, as `deadlines.recompute` does for one case; `on_moved` is called with
    each that moved, after it is stored.

    Every batch happens at `at`, or at the moment it begins. Any number may run at once.
    """
    recount = Recount.objects.create(knowledge=knowledge(), started_at=at or timezone.now())
    gc.freeze()  # or the collector looks through all playbooks and calendars again and again
    try:
        for batch in _recount(Deadline.objects.open(), at):
            recount.counted += batch.counted
            recount.moved += len(batch.moved)
            recount.save(update_fields=["counted", "moved"])
            Heartbeat.objects.filter(name=LEASE_NAME).update(at=Now())
            for moved in batch.moved:
                on_moved(moved)
    finally:
        gc.unfreeze()
    recount.finished_at = at or timezone.now()
    recount.save(update_fields=["finished_at"])
    return recount


def recount_if_needed(at: datetime | None = None) -> Recount | None:
    """As `recount_all`, if more or something else is known than when the last run began that ended.

    None where nothing changed, and where another worker is at it.
    """
    if not is_needed() or not _take_lease():
        return None
    try:
        return recount_all(at=at) if is_needed() else None
    finally:
        Heartbeat.objects.filter(name=LEASE_NAME).update(at=LONG_AGO)


def recount_cases_of(playbook_key: str, *, at: datetime | None = None) -> list[Moved]:
    """Count the open deadlines anew of every case that uses this playbook; those that moved.

    For a user's own playbook, whose cases are few: called in the transaction that changes it, so that
    the change and what follows from it are stored together.
    """
    chosen = Deadline.objects.open().filter(case__in=counted_by(playbook_key).values("pk"))
    return [moved for batch in _recount(chosen, at) for moved in batch.moved]


def wake() -> None:
    """Let a worker look, once the transaction commits, whether something is to be counted anew."""
    enqueue_on_commit("cases.tasks.recount_deadlines")


def wake_if_needed() -> bool:
    """For the tick: wake a worker where a run is needed and nobody is at it; whether that was so.

    Not more than once a minute, so that no messages pile up while there is no worker.
    """
    global _woken_at
    if time.monotonic() - _woken_at < WAKE_SECONDS or not is_needed() or _is_leased():
        return False
    _woken_at = time.monotonic()
    wake()
    return True


def is_needed() -> bool:
    """Whether the last run that ended began with other knowledge than there is now."""
    ended = Recount.objects.exclude(finished_at=None).order_by("-finished_at", "-pk")
    return ended.values_list("knowledge", flat=True).first() != knowledge()


def knowledge() -> str:
    """SHA-256 over the arithmetic and the shipped playbooks, as this process has loaded them, and over every
    calendar with its corrections. A user's own playbook is not in it: a change of one counts its own cases
    anew at once.
    """
    told = "\n".join([ARITHMETIC, _shipped(), *calendars.editions()])
    return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Batch:
    counted: int
    moved: list[Moved]


def _recount(chosen: QuerySet[Deadline], at: datetime | None) -> Iterator[_Batch]:
    last = 0
    while case_ids := _next_cases(chosen, last):
        last = case_ids[-1]
        yield _recount_cases(case_ids, at or timezone.now())
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            time.sleep(PAUSE_SECONDS)


def _next_cases(chosen: QuerySet[Deadline], after: int) -> list[int]:
    """The ids of the next cases in order: those of the next BATCH deadlines."""
    rows = chosen.filter(case_id__gt=after).order_by("case_id").values_list("case_id", flat=True)
    return list(dict.fromkeys(rows[:BATCH]))


@transaction.atomic
def _recount_cases(case_ids: Sequence[int], at: datetime) -> _Batch:
    """Count the open deadlines of these cases anew, and store what is different with all that follows."""
    locked = Case.objects.select_for_update(no_key=True).filter(pk__in=case_ids).order_by("pk")
    light = ("reference", "playbook", "also_playbooks", "status", "created_at")
    deadlines = _open_in({case.pk: case for case in locked.only(*light)})
    happened = events.of_all(_that_ask_for_events(deadlines))
    calendar_of = cache(calendars.calendar_of)  # one look at the corrections for each batch
    changed: list[Deadline] = []
    moved: list[Moved] = []
    acts: list[custody.Act] = []
    for deadline in deadlines:
        before = deadline.due_at
        change = judge(deadline, happened.get(deadline.case_id, ()), at=at, calendar_of=calendar_of)
        if change is None:
            continue
        changed.append(deadline)
        if change.act is not None:
            acts.append(change.act)
            moved.append(Moved(deadline, before, deadline.due_at))
    _store(changed, [one.deadline for one in moved], acts, at)
    return _Batch(len(deadlines), moved)


def _open_in(cases: Mapping[int, Case]) -> list[Deadline]:
    """The open deadlines of these very cases, with their contacts and milestones, in order; one query."""
    rows = Deadline.objects.open().filter(case__in=cases).select_related("contact", "milestone")
    deadlines = list(rows.defer(*NOT_COUNTED_FROM).order_by("case_id", "pk"))
    for deadline in deadlines:
        deadline.case = cases[deadline.case_id]
    return deadlines


def _that_ask_for_events(deadlines: Sequence[Deadline]) -> set[Case]:
    """The cases with a deadline of a playbook in which some clock is stopped or started anew."""
    asking: dict[str, bool] = {}
    for deadline in deadlines:
        if deadline.rule not in asking:
            found = rule_of(deadline)
            beside = found[0].rules.values() if found else ()
            asking[deadline.rule] = any(rule.pauses or rule.restarted_by for rule in beside)
    return {deadline.case for deadline in deadlines if asking[deadline.rule]}


def _store(
    changed: Sequence[Deadline], moved: Sequence[Deadline], acts: Sequence[custody.Act], at: datetime
) -> None:
    # An upsert takes a fraction of the time of bulk_update; the rows are there, since their cases are locked.
    Deadline.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=COUNTED_FIELDS,
        batch_size=ROWS_IN_A_STATEMENT,
    )
    if moved:
        reminders.cancel_all(moved, at=at)
        custody.record_all(acts, at=at)
        reminders.plan_all(moved, at=at)


def _take_lease() -> bool:
    """The right to count, for LEASE from the last sign of life; False when another has it."""
    Heartbeat.objects.bulk_create([Heartbeat(name=LEASE_NAME, at=LONG_AGO)], ignore_conflicts=True)
    return bool(_free_lease().update(at=Now()))


def _is_leased() -> bool:
    return Heartbeat.objects.filter(name=LEASE_NAME).exists() and not _free_lease().exists()


def _free_lease() -> QuerySet[Heartbeat]:
    return Heartbeat.objects.filter(name=LEASE_NAME, at__lt=Now() - LEASE)


@cache
def _shipped() -> str:
    """A hash over what was loaded, not over files: these may be newer by now than the running process."""
    loaded = [(key, _plain(playbook)) for key, playbook in sorted(all_playbooks().items())]
    return hashlib.sha256(repr(loaded).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """The value as lists and text, the same in every process. A function follows from what is beside it."""
    if is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, Mapping):
        return [(_plain(key), _plain(one)) for key, one in value.items()]
    if isinstance(value, (set, frozenset)):
        return sorted(repr(_plain(one)) for one in value)
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return "function" if callable(value) else str(value)
