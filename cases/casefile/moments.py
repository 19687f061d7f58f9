"""The moments of a case that the picture of its timeline shows, and the days off between. No Django."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from cases.casefile.snapshot import DayOff, DeadlineFacts, MilestoneFacts, Snapshot
from cases.rules.calendars import FIRST_DAY, LAST_DAY, WorkCalendar

ONE_DAY = timedelta(days=1)


def days_that_matter(snapshot: Snapshot) -> list[date]:
    """The days, in the zone of the case, on which something of the picture begins, happens or ends."""
    return sorted({day_of(moment) for moment in _moments(snapshot) if moment})


def day_of(moment: str) -> date:
    return datetime.fromisoformat(moment).date()


def days_off(calendar: WorkCalendar, first: date, last: date, language: str) -> tuple[DayOff, ...]:
    """Those from `first` to `last`, both included, as far as the calendar reaches."""
    day, last = max(first, FIRST_DAY), min(last, LAST_DAY)
    found = []
    while day <= last:
        if not calendar.is_workday(day):
            name = calendar.day_off_name(day)
            found.append(DayOff(day.isoformat(), name.in_language(language) if name else ""))
        day += ONE_DAY
    return tuple(found)


def untold(snapshot: Snapshot) -> list[MilestoneFacts]:
    """The milestones that say more than the orders do."""
    told = {("paid", order.paid_at) for order in snapshot.orders}
    told |= {("goods_received", order.received_at) for order in snapshot.orders}
    return [one for one in snapshot.milestones if (one.kind.code, one.happened_at) not in told]


def begins(deadline: DeadlineFacts) -> str:
    """Where the bar of a deadline begins: what it counts from, or its end should that lie before."""
    return min(filter(None, (deadline.triggered_at, deadline.due_at)), key=datetime.fromisoformat)


def _moments(snapshot: Snapshot) -> Iterator[str]:
    yield from (snapshot.case.created_at, snapshot.case.closed_at, snapshot.state_at)
    for order in snapshot.orders:
        yield from (order.paid_at, order.received_at)
    for contact in snapshot.contacts:
        yield from (contact.started_at, contact.promised_by)
    for milestone in snapshot.milestones:
        yield milestone.happened_at
    for deadline in snapshot.deadlines:
        yield from (begins(deadline), deadline.due_at, deadline.met_at)
