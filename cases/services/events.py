"""What is stored of a case, in the form in which the rules look at it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cases.models import Case, ContactAttempt, Milestone
from cases.rules.events import Event
from cases.services.moments import as_text


def of(case: Case) -> tuple[Event, ...]:
    """Every contact, milestone and exhibit of a contact, in order of time."""
    return tuple(sorted(_stored(case), key=lambda event: event.at))


def of_contact(contact: ContactAttempt) -> Event:
    """A contact; the time of a promise is its fact `promised_by`."""
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
    )


def of_milestone(milestone: Milestone) -> Event:
    """A milestone, with its own facts."""
    return Event(
        kind="milestone",
        name=milestone.kind,
        at=milestone.happened_at,
        facts=milestone.facts,
        contact_id=milestone.contact_id,
    )


def of_exhibit(contact: ContactAttempt, received_at: datetime) -> Event:
    """That an exhibit of this contact came in."""
    return Event(kind="exhibit", name=contact.channel, at=received_at, contact_id=contact.pk)


def _stored(case: Case) -> Iterator[Event]:
    contacts = ContactAttempt.objects.filter(case=case).prefetch_related("exhibits")
    for contact in contacts:
        yield of_contact(contact)
        for exhibit in contact.exhibits.all():
            yield of_exhibit(contact, exhibit.received_at)
    for milestone in Milestone.objects.filter(case=case):
        yield of_milestone(milestone)
