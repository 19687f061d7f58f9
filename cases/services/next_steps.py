"""The next step of several cases at once, from all that is stored of them, read by one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import (
    CharField,
    DateTimeField,
    Exists,
    F,
    Field,
    IntegerField,
    JSONField,
    Model,
    OuterRef,
    QuerySet,
    Value,
)

from cases.models import Case, ContactAttempt, Deadline, Exhibit, Milestone, OrderNumber
from cases.rules.advice import Advice
from cases.services import advice


class Row(NamedTuple):
    """One row of the union; `sort` says which of the columns mean something."""

    sort: str
    in_case: int
    key: int
    word: str = ""
    at: Any = None
    told: Any = None
    of_contact: int | None = None
    on_channel: str = ""
    ended: str = ""
    way: str = ""
    promised: datetime | None = None
    received: datetime | None = None


KINDS: dict[str, Field[Any, Any]] = {
    "sort": CharField(),
    "in_case": IntegerField(),
    "key": IntegerField(),
    "word": CharField(),
    "at": DateTimeField(),
    "told": JSONField(),
    "of_contact": IntegerField(),
    "on_channel": CharField(),
    "ended": CharField(),
    "way": CharField(),
    "promised": DateTimeField(),
    "received": DateTimeField(),
}


def next_steps(
    cases: Collection[Case], *, at: datetime, deadlines: Mapping[int, Collection[Deadline]]
) -> dict[int, Advice]:
    """The best step of each case that can be taken, by the case's key; no key where there is none.

    `deadlines` are the open ones of each case by its key. One query, however many cases there are.
    """
    if not cases:
        return {}
    rows = _rows_of([case.pk for case in cases])
    found = {}
    for case in cases:
        loaded = _loaded(rows[case.pk], deadlines.get(case.pk, ()))
        best = next(iter(advice.advice_for(case, at, loaded=loaded)), None)
        if best is not None and not best.barred:
            found[case.pk] = best
    return found


def _loaded(rows: Collection[Row], deadlines: Collection[Deadline]) -> advice.Loaded:
    """The rows as the models that advice looks at; a contact comes once for each of its exhibits."""
    contacts: dict[int, ContactAttempt] = {}
    milestones, numbers, received = [], set(), defaultdict(list)
    for row in rows:
        if row.sort == "milestone":
            milestones.append(_milestone(row))
        elif row.sort == "contact":
            contacts[row.key] = _contact(row)
            if row.received is not None:
                received[row.key].append(row.received)
        elif row.sort == "number":
            numbers.add(row.word)
    has_exhibits = any(row.sort == "exhibit" for row in rows)
    return advice.Loaded(deadlines, contacts.values(), milestones, numbers, has_exhibits, received)


def _milestone(row: Row) -> Milestone:
    return Milestone(
        pk=row.key,
        case_id=row.in_case,
        kind=row.word,
        happened_at=row.at,
        facts=row.told,
        contact_id=row.of_contact,
        channel=row.on_channel,
    )


def _contact(row: Row) -> ContactAttempt:
    return ContactAttempt(
        pk=row.key,
        case_id=row.in_case,
        channel=row.on_channel,
        started_at=row.at,
        outcome=row.ended,
        direction=row.way,
        promised_by=row.promised,
    )


def _rows_of(cases: Collection[int]) -> Mapping[int, list[Row]]:
    milestones = _part(
        Milestone.objects.filter(case__in=cases),
        "milestone",
        word=F("kind"),
        at=F("happened_at"),
        told=F("facts"),
        of_contact=F("contact_id"),
        on_channel=F("channel"),
    )
    contacts = _part(
        ContactAttempt.objects.filter(case__in=cases),
        "contact",
        at=F("started_at"),
        on_channel=F("channel"),
        ended=F("outcome"),
        way=F("direction"),
        promised=F("promised_by"),
        received=F("exhibits__received_at"),
    )
    numbers = _part(
        OrderNumber.objects.filter(order__case__in=cases),
        "number",
        in_case=F("order__case_id"),
        word=F("kind"),
    )
    exhibits = Exhibit.objects.filter(case=OuterRef("pk"))
    shown = _part(Case.objects.filter(Exists(exhibits), pk__in=cases), "exhibit", in_case=F("pk"))
    found: dict[int, list[Row]] = defaultdict(list)
    for row in milestones.union(contacts, numbers, shown, all=True):
        found[row[1]].append(Row(*row))
    return found


def _part(rows: QuerySet[Any], sort: str, **columns: F) -> QuerySet[Model, Any]:
    """The same columns in the same order for every part, of the same kinds on every database."""
    own = {"in_case": F("case_id"), "key": F("pk"), **columns}
    values = {
        name: own.get(
            name, Value(sort if name == "sort" else "" if isinstance(kind, CharField) else None, kind)
        )
        for name, kind in KINDS.items()
    }
    return rows.order_by().annotate(**values).values_list(*KINDS)
