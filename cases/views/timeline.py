"""Everything that happened in a case, newest first, gathered by day of the reader's zone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from cases.models import Case, Deadline, Exhibit, WorkingCopy, WorkingCopyKind
from cases.services import playbooks
from cases.views.shown import show

# A contact, its exhibits and what else happened in the same minute keep this order.
RANK = {"closed": 0, "deadline": 1, "milestone": 2, "exhibit": 3, "contact": 4, "opened": 5}


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact: `kind` picks its look, `thing` is the row it is about."""

    kind: str
    at: datetime
    thing: Any
    name: Any = None


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    entries: list[Entry]

    @property
    def at(self) -> datetime:
        return self.entries[0].at


def with_thumbnails(field: str = "working_copies") -> Prefetch:
    """Only what tells whether there is a thumbnail to show."""
    copies = WorkingCopy.objects.filter(kind=WorkingCopyKind.THUMBNAIL).only(
        "exhibit_id", "kind", "width", "height"
    )
    return Prefetch(field, queryset=copies)


def exhibits_of(case: Case) -> list[Exhibit]:
    return list(case.exhibits.prefetch_related(with_thumbnails(), "contacts"))


def timeline_of(case: Case, deadlines: Iterable[Deadline], *, now: datetime) -> list[Day]:
    """Days, newest first; within a day the latest entry first."""
    entries = sorted(_entries(case, deadlines, now), key=lambda one: (one.at, -RANK[one.kind]), reverse=True)
    by_day = groupby(entries, key=lambda one: timezone.localtime(one.at).date())
    return [Day(on, list(of_day)) for on, of_day in by_day]


def _entries(case: Case, deadlines: Iterable[Deadline], now: datetime) -> Iterator[Entry]:
    channels = playbooks.channels_of(case)
    exhibits = exhibits_of(case)
    proofs: dict[int, list[Exhibit]] = {}
    for exhibit in exhibits:
        linked = list(exhibit.contacts.all())
        for contact in linked:
            proofs.setdefault(contact.pk, []).append(exhibit)
        if not linked:
            yield Entry("exhibit", exhibit.received_at, exhibit)
    for contact in case.contacts.all():
        contact.proofs = proofs.get(contact.pk, [])
        yield Entry("contact", contact.started_at, contact, channels.get(contact.channel))
    for milestone in case.milestones.all():
        yield Entry("milestone", milestone.happened_at, milestone, channels.get(milestone.channel))
    for one in show(deadlines, at=now):
        if one.tone == "met":
            yield Entry("deadline", one.deadline.met_at or one.deadline.due_at, one)
        elif one.tone == "late":
            yield Entry("deadline", one.deadline.due_at, one)
    yield Entry("opened", case.created_at, case)
    if case.closed_at:
        yield Entry("closed", case.closed_at, case)
