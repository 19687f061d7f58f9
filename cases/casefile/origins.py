"""The chains that a case brought along from other installations, and whether they hang together. No Django.

A case that was imported has a chain of its own, whose first entry, `case_imported`, holds the head of the
chain it came with; that one lies beside it, unchanged. Imported again, it brings both: the first origin has
number 1, and each following chain names the head of the one before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cases.casefile import layout
from cases.casefile.box import Wrong
from cases.casefile.chain import UNREADABLE, Chain, head_of, read_chain
from cases.casefile.findings import contradiction, malformed
from cases.rules import custody

IMPORTED = "case_imported"
# What an import writes down of the case file it took in, and case.json states once more.
TOLD = ("identifier", "reference", "state_at", "signing_key", "bundle_sha256", "stamped_at")
RECEIPTS = frozenset({"exhibit_received", "exhibit_imported"})


@dataclass(frozen=True, slots=True)
class Origin:
    """What a case file states of one origin: its file, the case it tells of, the chain's head and length."""

    file: str
    reference: str
    head: str
    count: int
    told: Mapping[str, str] = field(default_factory=dict)  # What else the import tells of it, by name.


def stated_origins(case: Mapping[str, Any]) -> list[Origin]:
    """As case.json names them, the first one first; none in case files of earlier editions.

    Raises KeyError, TypeError or ValueError for what none of ours states.
    """
    found = []
    stated = case.get("origins", [])
    if [one["file"] for one in stated] != list(layout.ORIGIN_FILES[: len(stated)]):
        raise ValueError("The origins of a case are numbered, and are not endless.")
    for one in stated:
        told = {name: one[name] for name in TOLD if isinstance(one.get(name), str)}
        found.append(
            Origin(str(one["file"]), str(one["reference"]), str(one["head"]), int(one["count"]), told)
        )
    return found


def check_origins(
    origins: Sequence[Origin], own: Chain, texts: Mapping[str, bytes], unsound: frozenset[str]
) -> Iterator[Wrong]:
    """From the chain of the case itself, which holds, back to the first; the way ends where one does not."""
    told = _imported(own)
    if told is not None and told.get("origins", len(origins)) != len(origins):
        yield contradiction(layout.CASE_JSON, layout.CUSTODY, IMPORTED)
    later, later_name = own, layout.CUSTODY
    for origin in reversed(origins):
        if origin.file not in texts:
            return  # It is missing, which is a finding of its own.
        try:
            chain = read_chain(texts[origin.file])
            found = next(custody.breaks(chain), None)
        except UNREADABLE:
            yield malformed(origin.file, "content")
            return
        if found is not None:
            yield Wrong("custody", origin.file, {"where": str(found.sequence)})
            return
        if origin.file in unsound:
            return
        yield from _held_against(origin, chain, later, later_name)
        later, later_name = chain, origin.file


def _held_against(origin: Origin, chain: Chain, later: Chain, later_name: str) -> Iterator[Wrong]:
    if (head_of(chain), len(chain)) != (origin.head, origin.count):
        yield contradiction(layout.CASE_JSON, origin.file, "custody")
    for entry, _hash in chain:
        if entry.case != origin.reference:
            yield contradiction(layout.CASE_JSON, origin.file, f"{entry.sequence}")
    told = _imported(later)
    if told is None or told.get("chain_head") != head_of(chain):
        yield contradiction(later_name, origin.file, IMPORTED)
    for name in TOLD:
        # Earlier editions told less.
        if told is not None and name in told and told[name] != origin.told.get(name, ""):
            yield contradiction(layout.CASE_JSON, later_name, name)
    received, copies = _handed_on(chain)
    for entry, _hash in later:
        if entry.action == "exhibit_imported" and not _is_handed_on(entry, received, copies):
            yield contradiction(later_name, origin.file, f"E{entry.exhibit_number}")


def _imported(chain: Chain) -> Mapping[str, Any] | None:
    """What the chain says of the import that it begins with."""
    if not chain or chain[0][0].action != IMPORTED:
        return None
    return chain[0][0].details


def _handed_on(chain: Chain) -> tuple[set[tuple[int | None, str]], set[tuple[int | None, str]]]:
    """Number and hash of each exhibit that came in, and of each redacted copy made of one: what a case file
    of that case may hold.
    """
    received: set[tuple[int | None, str]] = set()
    copies: set[tuple[int | None, str]] = set()
    for entry, _hash in chain:
        if entry.action in RECEIPTS:
            received.add((entry.exhibit_number, entry.exhibit_sha256))
        elif entry.action == "exhibit_redacted":
            copies.add((entry.exhibit_number, str(entry.details.get("sha256"))))
    return received, copies


def _is_handed_on(
    entry: custody.Entry, received: set[tuple[int | None, str]], copies: set[tuple[int | None, str]]
) -> bool:
    """Whether the exhibit is one that came in there; a redacted copy must be of one that did."""
    number, came = entry.exhibit_number, (entry.exhibit_number, entry.exhibit_sha256)
    original = entry.details.get("redacted_from")
    if original is None:
        return came in received or came in copies
    return came in copies and isinstance(original, str) and (number, original) in received
