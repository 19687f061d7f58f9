"""What is stored of a case, in the form in which the rules look at it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from cases.models import Case, ContactAttempt, Milestone
from cases.rules.channels import Channel
from cases.rules.events import Event
from cases.services.moments import as_text
from cases.services.playbooks import channels_of

# What the opening of a case is called, as an event.
OPENED = "opened"


@dataclass(frozen=True, slots=True)
class Happened:
    """An event with the rows it comes from, where there are any."""

    event: Event
    contact: ContactAttempt | None = None
    milestone: Milestone | None = None


def of(case: Case) -> tuple[Event, ...]:
    """The opening, every contact, milestone and exhibit of a contact, in order of time; three queries."""
    return of_all([case])[case.pk]


def of_all(cases: Collection[Case]) -> Mapping[int, tuple[Event, ...]]:
    """As `of`, for many cases at once, by the case's key; three queries, however many there are."""
    found = happened_in(cases)
    return {key: tuple(one.event for one in happened) for key, happened in found.items()}


def happened_in(cases: Collection[Case]) -> Mapping[int, tuple[Happened, ...]]:
    """As `of_all`, with the rows."""
    keys = [case.pk for case in cases]
    contacts = ContactAttempt.objects.filter(case__in=keys).order_by("pk").prefetch_related("exhibits")
    return _happened(cases, contacts, Milestone.objects.filter(case__in=keys).order_by("pk"))


def of_rows(
    case: Case,
    contacts: Iterable[ContactAttempt],
    milestones: Iterable[Milestone],
    received: Mapping[int, Collection[datetime]] | None = None,
) -> tuple[Event, ...]:
    """As `of`, from all contacts and milestones of the case; no query.

    `received` says by the contact's key when its exhibits came in; without it they are prefetched.
    """
    by_key = (sorted(contacts, key=attrgetter("pk")), sorted(milestones, key=attrgetter("pk")))
    return tuple(one.event for one in _happened([case], *by_key, received)[case.pk])


def _happened(
    cases: Collection[Case],
    rows: Iterable[ContactAttempt],
    milestones: Iterable[Milestone],
    received: Mapping[int, Collection[datetime]] | None = None,
) -> Mapping[int, tuple[Happened, ...]]:
    by_key = {case.pk: case for case in cases}
    contacts = {contact.pk: contact for contact in rows}
    found = {case.pk: [Happened(of_case(case))] for case in cases}
    for contact in contacts.values():
        channels = channels_of(by_key[contact.case_id])
        found[contact.case_id].append(Happened(_contact(contact, channels), contact))
        for received_at in _received(contact) if received is None else received.get(contact.pk, ()):
            event = _exhibit(contact, received_at, channels)
            found[contact.case_id].append(Happened(event, contact))
    for milestone in milestones:
        followed = contacts.get(milestone.contact_id or 0)
        event = _milestone(milestone, followed, channels_of(by_key[milestone.case_id]))
        found[milestone.case_id].append(Happened(event, followed, milestone))
    return {key: tuple(sorted(happened, key=lambda one: one.event.at)) for key, happened in found.items()}


def _received(contact: ContactAttempt) -> list[datetime]:
    return [exhibit.received_at for exhibit in contact.exhibits.all()]


def of_case(case: Case) -> Event:
    """That the case was opened."""
    return Event(kind="case", name=OPENED, at=case.created_at)


def of_contact(contact: ContactAttempt) -> Event:
    """A contact; the time of a promise is its fact `promised_by`."""
    return _contact(contact, channels_of(contact.case))


def of_milestone(milestone: Milestone) -> Event:
    """A milestone, with its own facts; without a channel of its own it has that of its contact."""
    return _milestone(milestone, milestone.contact, channels_of(milestone.case))


def of_exhibit(contact: ContactAttempt, received_at: datetime) -> Event:
    """That an exhibit of this contact came in."""
    return _exhibit(contact, received_at, channels_of(contact.case))


def _contact(contact: ContactAttempt, channels: Mapping[str, Channel]) -> Event:
    facts: dict[str, Any] = {"direction": str(contact.direction)}
    if contact.promised_by is not None:
        facts["promised_by"] = as_text(contact.promised_by)
    return Event(
        kind="contact",
        name=contact.channel,
        at=contact.started_at,
        outcome=contact.outcome,
        facts=facts,
        contact_id=contact.pk,
        channel=contact.channel,
        body=_body(contact.channel, channels),
    )


def _milestone(
    milestone: Milestone, contact: ContactAttempt | None, channels: Mapping[str, Channel]
) -> Event:
    channel = milestone.channel or (contact.channel if contact else "")
    return Event(
        kind="milestone",
        name=milestone.kind,
        at=milestone.happened_at,
        facts=milestone.facts,
        contact_id=milestone.contact_id,
        channel=channel,
        body=_body(channel, channels),
    )


def _exhibit(contact: ContactAttempt, received_at: datetime, channels: Mapping[str, Channel]) -> Event:
    return Event(
        kind="exhibit",
        name=contact.channel,
        at=received_at,
        contact_id=contact.pk,
        channel=contact.channel,
        body=_body(contact.channel, channels),
    )


def _body(channel: str, channels: Mapping[str, Channel]) -> str:
    known = channels.get(channel)
    return known.body if known else ""
