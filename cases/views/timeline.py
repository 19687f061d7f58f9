"""Everything that happened in a case, newest first, gathered by day of the reader's zone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, groupby
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils import timezone

from cases.models import Case, ContactAttempt, Deadline, Exhibit, Milestone, WorkingCopyKind
from cases.services import playbooks
from cases.views.shown import show

ICONS = {
    "contact": "chat",
    "exhibit": "image",
    "milestone": "flag",
    "deadline": "clock",
    "closed": "check",
    "opened": "cases",
}
# A contact, its exhibits and what else happened in the same minute keep this order.
RANK = {"closed": 0, "deadline": 1, "milestone": 2, "exhibit": 3, "contact": 4, "opened": 5}


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact: `kind` picks its look, `thing` is the row it is about."""

    kind: str
    at: datetime
    thing: Any
    name: Any = None

    @property
    def icon(self) -> str:
        if self.kind == "contact" and self.thing.channel == "hotline":
            return "phone"
        return ICONS[self.kind]


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    entries: list[Entry]

    @property
    def at(self) -> datetime:
        return self.entries[0].at


def exhibits_of(case: Case) -> list[Exhibit]:
    """By number, in one query; `thumb_width` and `thumb_height` in pixels, None without a thumbnail.

    Without what was read in them and their metadata, which are long and are not shown beside others.
    """
    return list(_with_thumbnails(case))


def exhibits_and_proofs_of(case: Case) -> tuple[list[Exhibit], dict[int, list[Exhibit]]]:
    """As exhibits_of, and by the key of the contact those of them that prove it. One query for both."""
    exhibits: dict[int, Exhibit] = {}
    proofs = defaultdict(list)
    for row in _with_thumbnails(case).annotate(proves=F("contacts")):  # once for each contact it proves
        exhibit = exhibits.setdefault(row.pk, row)
        if row.proves is not None:
            proofs[row.proves].append(exhibit)
    return list(exhibits.values()), proofs


def _with_thumbnails(case: Case) -> QuerySet[Exhibit]:
    of_thumbnail = Q(working_copies__kind=WorkingCopyKind.THUMBNAIL)
    rows = case.exhibits.defer("recognised_text", "metadata").annotate(
        thumb=FilteredRelation("working_copies", condition=of_thumbnail)
    )
    return rows.annotate(thumb_width=F("thumb__width"), thumb_height=F("thumb__height"))


def timeline_of(
    case: Case,
    *,
    deadlines: Iterable[Deadline],
    contacts: Iterable[ContactAttempt],
    milestones: Iterable[Milestone],
    exhibits: Iterable[Exhibit],
    proofs: Mapping[int, list[Exhibit]],
    now: datetime,
) -> list[Day]:
    """Days, newest first; within a day the latest entry first. No query.

    `exhibits` and `proofs` come from `exhibits_and_proofs_of`.
    """
    from_contacts = _from_contacts(case, contacts, milestones, exhibits, proofs)
    happened = chain(from_contacts, _from_case(case, deadlines, now))
    entries = sorted(happened, key=lambda one: (one.at, -RANK[one.kind]), reverse=True)
    by_day = groupby(entries, key=lambda one: timezone.localtime(one.at).date())
    return [Day(on, list(of_day)) for on, of_day in by_day]


def _from_contacts(
    case: Case,
    contacts: Iterable[ContactAttempt],
    milestones: Iterable[Milestone],
    exhibits: Iterable[Exhibit],
    proofs: Mapping[int, list[Exhibit]],
) -> Iterator[Entry]:
    """Exhibits stand with the contacts that they prove; what proves none stands by itself."""
    channels = playbooks.channels_of(case)
    linked = {exhibit.pk for proving in proofs.values() for exhibit in proving}
    for contact in contacts:
        contact.proofs = proofs.get(contact.pk, [])  # type: ignore[attr-defined]
        yield Entry("contact", contact.started_at, contact, channels.get(contact.channel))
    for milestone in milestones:
        yield Entry("milestone", milestone.happened_at, milestone, channels.get(milestone.channel))
    for exhibit in exhibits:
        if exhibit.pk not in linked:
            yield Entry("exhibit", exhibit.received_at, exhibit)


def _from_case(case: Case, deadlines: Iterable[Deadline], now: datetime) -> Iterator[Entry]:
    for one in show(deadlines, at=now):
        if one.tone == "met":
            yield Entry("deadline", one.deadline.met_at or one.deadline.due_at, one)
        elif one.tone == "late":
            yield Entry("deadline", one.deadline.due_at, one)
    yield Entry("opened", case.created_at, case)
    if case.closed_at:
        yield Entry("closed", case.closed_at, case)
