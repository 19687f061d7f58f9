"""Writes and checks the custody chain of a case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from cases.models import Case, CustodyEntry, Exhibit
from cases.rules import custody as rules
from tracker.accounts.models import User

SYSTEM = "system"
# The entries that say with which hash an exhibit came in.
RECEIPTS = frozenset({"exhibit_received", "exhibit_imported"})


def actor_of(user: User | None) -> str:
    """How the chain names a user: by number, so that erasing an account leaves the chain whole."""
    return f"user:{user.pk}" if user is not None else SYSTEM


def record(
    *,
    case: Case,
    action: str,
    at: datetime,
    by: User | None = None,
    exhibit: Exhibit | None = None,
    details: Mapping[str, Any] | None = None,
) -> CustodyEntry:
    """Append one entry to the case's chain, within the caller's transaction.

    The row of the case is locked first, so that two writers make one chain. Raises
    RuntimeError outside a transaction: an entry and what it tells of are stored together or not at all.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A custody entry is written in the transaction of the change it records.")
    # Not FOR UPDATE: that would wait for every transaction that just added a row to this case, while
    # it waits here for the chain; PostgreSQL would end one of the two.
    Case.objects.select_for_update(no_key=True).only("pk").get(pk=case.pk)
    last = CustodyEntry.objects.filter(case=case).order_by("-sequence").only("sequence", "entry_hash").first()
    entry = rules.Entry(
        case=case.reference,
        sequence=last.sequence + 1 if last else 1,
        at=at,
        actor=actor_of(by),
        action=action,
        exhibit_number=exhibit.number if exhibit else None,
        exhibit_sha256=exhibit.sha256 if exhibit else "",
        details=dict(details or {}),
        previous_hash=last.entry_hash if last else rules.FIRST_PREVIOUS_HASH,
    )
    return CustodyEntry.objects.create(
        case=case,
        sequence=entry.sequence,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        exhibit_number=entry.exhibit_number,
        exhibit_sha256=entry.exhibit_sha256,
        details=entry.details,
        previous_hash=entry.previous_hash,
        entry_hash=rules.hash_entry(entry),
    )


def stored_chain(case: Case) -> Iterator[tuple[rules.Entry, str]]:
    """The chain as stored, first entry first: (entry, stored hash)."""
    for row in CustodyEntry.objects.filter(case=case).order_by("sequence").iterator(chunk_size=500):
        entry = rules.Entry(
            case=case.reference,
            sequence=row.sequence,
            at=row.at,
            actor=row.actor,
            action=row.action,
            exhibit_number=row.exhibit_number,
            exhibit_sha256=row.exhibit_sha256,
            details=row.details,
            previous_hash=row.previous_hash,
        )
        yield entry, row.entry_hash


def verify(case: Case) -> list[rules.Break]:
    """Every place where the stored chain does not hold, or an exhibit is not what the chain received.

    Empty when all is whole. Never repairs.
    """
    chain = list(stored_chain(case))
    return [*rules.breaks(chain), *_exhibit_breaks(case, chain)]


def _exhibit_breaks(case: Case, chain: Iterable[tuple[rules.Entry, str]]) -> Iterator[rules.Break]:
    """Exhibits whose row has another hash than the entry of their receipt; 0 where there is no entry."""
    received = {
        entry.exhibit_number: (entry.sequence, entry.exhibit_sha256)
        for entry, _hash in chain
        if entry.action in RECEIPTS
    }
    rows = Exhibit.objects.filter(case=case).values_list("number", "sha256")
    stored: dict[int | None, str] = dict(rows)
    for number in sorted({*received, *stored}, key=str):
        sequence, sha256 = received.get(number, (0, ""))
        if stored.get(number) != sha256:
            yield rules.Break(sequence, "exhibit")


def unlike_the_chain() -> QuerySet[Exhibit]:
    """Exhibits of any case for which no entry says that these very bytes came in."""
    receipts = CustodyEntry.objects.filter(
        case=OuterRef("case"),
        action__in=RECEIPTS,
        exhibit_number=OuterRef("number"),
        exhibit_sha256=OuterRef("sha256"),
    )
    return Exhibit.objects.exclude(Exists(receipts)).select_related("case").order_by("pk")


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str]]:
    """What differs between two states of a row, as {field: [before, after]}, in text."""
    return {
        name: [_as_text(before.get(name)), _as_text(value)]
        for name, value in after.items()
        if before.get(name) != value
    }


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)
