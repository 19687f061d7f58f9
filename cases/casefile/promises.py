"""What became of what the other side promised. No Django."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.casefile.snapshot import ContactFacts, MilestoneFacts, Snapshot

RESULTS = {"promise_kept": "kept", "promise_broken": "broken"}


@dataclass(frozen=True, slots=True)
class Promise:
    """`result`: kept, broken, passed (its time is over and nothing was logged) or open; `ended_at` is when it
    was kept or broken, empty for the others.
    """

    contact: ContactFacts
    result: str
    ended_at: str = ""


def promises(snapshot: Snapshot) -> dict[int, Promise]:
    """The promises of the case by number of the contact in which they were made, oldest first.

    A milestone “promise kept” or “promise broken” belongs to the contact it names; one that names none, to
    the last promise before it on its channel that has no result yet, whatever the channel where it has none.
    """
    made = [contact for contact in snapshot.contacts if contact.outcome.code == "promised"]
    results: dict[int, MilestoneFacts] = {}
    told = [milestone for milestone in snapshot.milestones if milestone.kind.code in RESULTS]
    for milestone in sorted(told, key=lambda one: one.contact is None):
        number = milestone.contact or _meant(milestone, made, results)
        if number is not None:
            results[number] = milestone
    return {contact.number: _promise(contact, results, snapshot.state_at) for contact in made}


def _meant(
    milestone: MilestoneFacts, made: Sequence[ContactFacts], results: dict[int, MilestoneFacts]
) -> int | None:
    at, channel = datetime.fromisoformat(milestone.happened_at), milestone.channel.code
    before = [
        contact.number
        for contact in made
        if contact.number not in results
        and datetime.fromisoformat(contact.started_at) <= at
        and channel in ("", contact.channel.code)
    ]
    return before[-1] if before else None


def _promise(contact: ContactFacts, results: dict[int, MilestoneFacts], state_at: str) -> Promise:
    if told := results.get(contact.number):
        return Promise(contact, RESULTS[told.kind.code], told.happened_at)
    until = contact.promised_by
    is_over = bool(until) and datetime.fromisoformat(until) <= datetime.fromisoformat(state_at)
    return Promise(contact, "passed" if is_over else "open")
