"""Writes the custody chain of a case; what checks it is in custody_checks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from cases.models import Case, CustodyEntry, Exhibit
from cases.rules import custody as rules
from cases.services.custody_checks import RECEIPTS, stored_chain, unlike_the_chain, verify, verify_chain
from tracker.accounts.models import User

__all__ = [
    "RECEIPTS",
    "Act",
    "actor_of",
    "changed_fields",
    "record",
    "record_all",
    "stored_chain",
    "unlike_the_chain",
    "verify",
    "verify_chain",
]

SYSTEM = "system"
_ENDS = """
    SELECT case_id, sequence, entry_hash FROM cases_custodyentry AS last
    WHERE sequence = (SELECT max(sequence) FROM cases_custodyentry WHERE case_id = last.case_id)
    AND case_id IN """


def actor_of(user: User | None) -> str:
    """How the chain names a user: by number, so that erasing an account leaves the chain whole."""
    return f"user:{user.pk}" if user is not None else SYSTEM


@dataclass(frozen=True, slots=True)
class Act:
    """What was done to a case, or to one of its exhibits; `details` hold JSON values without floats."""

    case: Case
    action: str
    details: Mapping[str, Any] | None = None
    exhibit: Exhibit | None = None


def record(
    *,
    case: Case,
    action: str,
    at: datetime,
    by: User | None = None,
    exhibit: Exhibit | None = None,
    details: Mapping[str, Any] | None = None,
) -> CustodyEntry:
    """Append one entry to the case's chain, within the caller's transaction; see `record_all`."""
    row = _chained([Act(case, action, details, exhibit)], at=at, by=by)[0]
    row.save(force_insert=True)
    return row


def record_all(acts: Sequence[Act], *, at: datetime, by: User | None = None) -> None:
    """Append an entry for each act to the chain of its case, in the order given, within the caller's
    transaction; three queries, however many cases there are.

    The rows of the cases are locked first, so that two writers make one chain. Raises
    RuntimeError outside a transaction: an entry and what it tells of are stored together or not at all.
    """
    CustodyEntry.objects.bulk_create(_chained(acts, at=at, by=by), batch_size=500)


def _chained(acts: Sequence[Act], *, at: datetime, by: User | None) -> list[CustodyEntry]:
    """The entries, each with the hash of the one before it, not stored yet."""
    if not connection.in_atomic_block:
        raise RuntimeError("A custody entry is written in the transaction of the change it records.")
    case_ids = {act.case.pk for act in acts}
    # Not FOR UPDATE: that would wait for every transaction that just added a row to this case, while
    # it waits here for the chain; PostgreSQL would end one of the two. In order, for the same reason.
    # (SQLite has one writer at a time.)
    if connection.features.has_select_for_update:
        locked = Case.objects.select_for_update(no_key=True).filter(pk__in=case_ids).order_by("pk")
        list(locked.values_list("pk", flat=True))
    ends = _ends_of(case_ids)
    rows = []
    for act in acts:
        sequence, previous_hash = ends.get(act.case.pk, (0, rules.FIRST_PREVIOUS_HASH))
        row = _row(act, sequence + 1, previous_hash, at=at, by=by)
        ends[act.case.pk] = (row.sequence, row.entry_hash)
        rows.append(row)
    return rows


def _ends_of(case_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """Number and hash of the last entry of each of these cases that has one.

    Asked with every entry that is written: to put the query together costs thirty times as much as to run it.
    """
    if not case_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_ENDS + f"({', '.join(['%s'] * len(case_ids))})", list(case_ids))
        return {case_id: (sequence, entry_hash) for case_id, sequence, entry_hash in cursor.fetchall()}


def _row(act: Act, sequence: int, previous_hash: str, *, at: datetime, by: User | None) -> CustodyEntry:
    entry = rules.Entry(
        case=act.case.reference,
        sequence=sequence,
        at=at,
        actor=actor_of(by),
        action=act.action,
        exhibit_number=act.exhibit.number if act.exhibit else None,
        exhibit_sha256=act.exhibit.sha256 if act.exhibit else "",
        details=dict(act.details or {}),
        previous_hash=previous_hash,
    )
    return CustodyEntry(
        case=act.case,
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
