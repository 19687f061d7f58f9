"""A chain is walked to its end, whatever was put into it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cases.rules.custody import FIRST_PREVIOUS_HASH, Break, Entry, breaks, hash_entry


def entry(**changes: Any) -> Entry:
    known: dict[str, Any] = {
        "case": "k7qf3m9t2x",
        "sequence": 1,
        "at": datetime(2026, 9, 1, 2, 0, tzinfo=UTC),
        "actor": "user:1",
        "action": "case_opened",
        "exhibit_number": None,
        "exhibit_sha256": "",
        "details": {"title": "茶具"},
        "previous_hash": FIRST_PREVIOUS_HASH,
    }
    return Entry(**{**known, **changes})


def test_a_whole_chain_has_no_break() -> None:
    first = entry()
    second = entry(sequence=2, action="case_described", previous_hash=hash_entry(first))

    assert list(breaks([(first, hash_entry(first)), (second, hash_entry(second))])) == []


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"details": {"a": float("inf")}}, id="a number without end"),
        pytest.param({"details": {"a": 10**30}}, id="a number too long for JSON"),
        pytest.param({"details": {"a": "\ud800"}}, id="half a sign"),
        pytest.param({"details": [1]}, id="a list for details"),
        pytest.param({"at": "yesterday"}, id="words for a time"),
        pytest.param({"at": datetime(1, 1, 1)}, id="a time without a zone"),  # noqa: DTZ001
    ],
)
def test_an_entry_changed_into_what_no_entry_can_hold_is_named(changes: dict[str, Any]) -> None:
    assert list(breaks([(entry(**changes), hash_entry(entry()))])) == [Break(1, "entry_hash")]
