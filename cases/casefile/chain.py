"""A custody chain as it lies in a case file: one entry a line, each with its stored hash. No Django."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cases.rules import custody

Chain = Sequence[tuple[custody.Entry, str]]

# What reading a line of somebody else's may raise.
UNREADABLE = (KeyError, TypeError, ValueError, ArithmeticError, RecursionError)


def chain_lines(chain: Chain) -> bytes:
    """One entry a line: {"entry": ..., "hash": ...} in canonical JSON."""
    return b"".join(
        custody.canonical_json({"entry": entry.as_json(), "hash": digest}) + b"\n" for entry, digest in chain
    )


def read_chain(lines: bytes) -> list[tuple[custody.Entry, str]]:
    """The entries with their stored hashes; whether they hold, `custody.breaks` says. Raises UNREADABLE."""
    return [_entry(line) for line in io.BytesIO(lines)]


def head_of(chain: Chain) -> str:
    return chain[-1][1] if chain else custody.FIRST_PREVIOUS_HASH


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are there once: two programs could read a doubled one differently."""
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("A name is there twice.")
    return record


def _entry(line: bytes) -> tuple[custody.Entry, str]:
    """One line: the entry and its stored hash. Raises KeyError, TypeError or ValueError."""
    record = json.loads(line, object_pairs_hook=once)
    stated = record["entry"]
    if set(record) != {"entry", "hash"}:
        raise ValueError("A line of the chain holds an entry and its hash.")
    entry = custody.Entry(**{**stated, "at": datetime.fromisoformat(stated["at"])})
    if not isinstance(entry.exhibit_number, int | None):
        raise TypeError("The number of an exhibit is a whole number.")
    texts = (entry.case, entry.actor, entry.action, entry.exhibit_sha256, entry.previous_hash)
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("Names and hashes are text.")
    if entry.as_json() != stated:
        raise ValueError("An entry is not in the form in which it was hashed.")
    return entry, str(record["hash"])
