"""The custody chain: what an entry is, how it is hashed, and how a chain is checked.

An entry's hash is SHA-256 over its canonical JSON (RFC 8785), which holds the hash of the entry
before it; the first entry holds sixty-four zeros. Checking never repairs anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

FIRST_PREVIOUS_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One act on a case: who, what, when, on which exhibit.

    `at` is aware; in the canonical form it is UTC with microseconds. `details` holds JSON values
    only (no floats: money and measures are strings).
    """

    case: str
    sequence: int
    at: datetime
    actor: str
    action: str
    exhibit_number: int | None
    exhibit_sha256: str
    details: Mapping[str, Any]
    previous_hash: str

    def as_json(self) -> dict[str, Any]:
        if self.at.tzinfo is None:
            raise ValueError("The time of a custody entry needs a time zone.")
        return {
            "case": self.case,
            "sequence": self.sequence,
            "at": self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "actor": self.actor,
            "action": self.action,
            "exhibit_number": self.exhibit_number,
            "exhibit_sha256": self.exhibit_sha256,
            "details": dict(self.details),
            "previous_hash": self.previous_hash,
        }


def canonical_json(value: Any) -> bytes:
    """RFC 8785 bytes; raises ValueError for what JSON cannot hold exactly."""
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise ValueError(f"This cannot be written as canonical JSON: {error}") from error


def hash_entry(entry: Entry) -> str:
    """Lower-case hex SHA-256 of the entry's canonical JSON."""
    return hashlib.sha256(canonical_json(entry.as_json())).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain does not hold: the entry's number as expected there, and why."""

    sequence: int
    reason: str  # "sequence", "previous_hash", "entry_hash" or "exhibit"


def breaks(entries: Iterable[tuple[Entry, str]]) -> Iterator[Break]:
    """Walk (entry, stored hash) pairs in their stored order and name every place that does not hold.

    After a wrong hash the walk goes on from the stored one, so that one change is one finding.
    """
    previous = FIRST_PREVIOUS_HASH
    for expected, (entry, stored) in enumerate(entries, start=1):
        if entry.sequence != expected:
            yield Break(expected, "sequence")
        if entry.previous_hash != previous:
            yield Break(expected, "previous_hash")
        if not _is_hash_of(stored, entry):
            yield Break(expected, "entry_hash")
        previous = stored


def _is_hash_of(stored: str, entry: Entry) -> bool:
    """False as well for an entry that was changed into what no entry can hold."""
    try:
        return hash_entry(entry) == stored
    except (ValueError, TypeError, AttributeError, ArithmeticError):
        return False
