"""Reads a custody chain as it is stored, whatever was done to it, and names what does not hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import CharField, Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast

from cases.models import Case, CustodyEntry, Exhibit, Redaction, SealedHead
from cases.rules import custody as rules
from cases.services import case_origins

# The entries that say with which hash an exhibit came in.
RECEIPTS = frozenset({"exhibit_received", "exhibit_imported"})
# What a receipt says of an exhibit, and where its row says it.
TOLD = {
    "original_name": "original_name",
    "size": "size",
    "media_type": "media_type",
    "source": "source",
    "pages": "page_count",
}

Chain = Sequence[tuple[rules.Entry, str]]


def stored_chain(case: Case) -> list[tuple[rules.Entry, str]]:
    """The chain as stored, first entry first: (entry, stored hash).

    A column that was changed into what it cannot hold is read as far as can be: a time that is none is
    None, details that are no JSON are the text. Such an entry never matches its hash.
    """
    rows = (
        CustodyEntry.objects.filter(case=case)
        .annotate(when=Cast("at", CharField()), written=Cast("details", TextField()))
        .order_by("sequence", "pk")
        .values_list(*_COLUMNS, "when", "written")
    )
    with _any_bytes():
        return [_entry(case, row) for row in rows.iterator(chunk_size=500)]


_COLUMNS = (
    "sequence",
    "actor",
    "action",
    "exhibit_number",
    "exhibit_sha256",
    "previous_hash",
    "entry_hash",
)


def _entry(case: Case, row: tuple[Any, ...]) -> tuple[rules.Entry, str]:
    sequence, actor, action, exhibit_number, exhibit_sha256, previous_hash, entry_hash, when, written = row
    entry = rules.Entry(
        case=case.reference,
        sequence=sequence,
        at=_moment(when),  # type: ignore[arg-type]  # None is no time, and so no entry of ours
        actor=actor,
        action=action,
        exhibit_number=exhibit_number,
        exhibit_sha256=exhibit_sha256,
        details=_details(written),
        previous_hash=previous_hash,
    )
    return entry, entry_hash


def _moment(written: Any) -> datetime | None:
    """The time as the database writes it: in UTC on SQLite, with its offset on PostgreSQL."""
    try:
        at = datetime.fromisoformat(str(written))
        return at if at.tzinfo else datetime.fromisoformat(f"{written}+00:00")
    except ValueError:
        return None


def _details(written: Any) -> Any:
    try:
        return json.loads(written)
    except (ValueError, TypeError, RecursionError):
        return str(written)


@contextmanager
def _any_bytes() -> Iterator[None]:
    """SQLite hands out text that is no UTF-8 as well, instead of none at all; PostgreSQL never holds such."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    raw = connection.connection
    before = raw.text_factory
    raw.text_factory = lambda text: text.decode(errors="surrogateescape")
    try:
        yield
    finally:
        raw.text_factory = before


def verify(case: Case) -> list[rules.Break]:
    """Every place where the stored chain does not hold: an entry that was changed, swapped or taken out, the
    last ones too once a seal holds them; and exhibits that are not what the chain received.

    Empty when all is whole. Never repairs.
    """
    return verify_chain(case, stored_chain(case))


def verify_chain(case: Case, chain: Chain) -> list[rules.Break]:
    """As `verify`, for who has the chain of the case at hand."""
    return [
        *rules.breaks(chain),
        *_seal_breaks(case, chain),
        *_exhibit_breaks(case, chain),
        *_redaction_breaks(case, chain),
        *case_origins.breaks(case, chain),
    ]


def _seal_breaks(case: Case, chain: Chain) -> Iterator[rules.Break]:
    hashes = {entry.sequence: stored for entry, stored in chain}
    heads = SealedHead.objects.filter(case_reference=case.reference).order_by("sequence")
    for sequence, entry_hash in heads.values_list("sequence", "entry_hash"):
        if hashes.get(sequence) != entry_hash:
            yield rules.Break(sequence, "seal")


def _exhibit_breaks(case: Case, chain: Chain) -> Iterator[rules.Break]:
    """Exhibits whose row is not what the entries say of it; entry 0 where none says that it came."""
    received = {entry.exhibit_number: entry for entry, _hash in chain if entry.action in RECEIPTS}
    described = _descriptions(chain)
    stored = Exhibit.objects.filter(case=case).defer("recognised_text")
    rows: dict[int | None, Exhibit] = {row.number: row for row in stored}
    for number in sorted({*received, *rows}, key=str):
        receipt, row = received.get(number), rows.get(number)
        if receipt is None or row is None or not _is_as_told(row, receipt, described.get(number, {})):
            yield rules.Break(receipt.sequence if receipt else 0, "exhibit")


def _redaction_breaks(case: Case, chain: Chain) -> Iterator[rules.Break]:
    """Redacted copies whose row has another hash than the entry that tells of them; 0 where none does."""
    told: dict[Any, tuple[int, Any]] = {
        (entry.exhibit_number, entry.details.get("redaction")): (entry.sequence, entry.details.get("sha256"))
        for entry, _hash in chain
        if entry.action == "exhibit_redacted" and isinstance(entry.details, Mapping)
    }
    made = Redaction.objects.filter(exhibit__case=case, made_at__isnull=False)
    rows: dict[Any, str] = {
        (exhibit, number): sha256
        for exhibit, number, sha256 in made.values_list("exhibit__number", "number", "sha256")
    }
    for key in sorted({*told, *rows}, key=str):
        sequence, sha256 = told.get(key, (0, None))
        if rows.get(key) != sha256:
            yield rules.Break(sequence, "exhibit")


def _descriptions(chain: Chain) -> dict[Any, dict[str, str]]:
    """What each exhibit was last said to show, and when it was said to be taken."""
    said: dict[Any, dict[str, str]] = {}
    for entry, _hash in chain:
        if not isinstance(entry.details, Mapping):
            continue
        told = said.setdefault(entry.exhibit_number, {})
        if entry.action == "exhibit_received":
            told |= {name: str(entry.details.get(name, "")) for name in ("shows", "claimed_at")}
        changed = entry.details.get("changed") if entry.action == "exhibit_described" else None
        for name, values in changed.items() if isinstance(changed, Mapping) else ():
            told[name] = str(values[-1]) if isinstance(values, list) and values else ""
    return said


def _is_as_told(row: Exhibit, receipt: rules.Entry, described: Mapping[str, str]) -> bool:
    if row.sha256 != receipt.exhibit_sha256:
        return False
    details = receipt.details if isinstance(receipt.details, Mapping) else {}
    if any(details[key] != getattr(row, name) for key, name in TOLD.items() if key in details):
        return False
    if receipt.action == "exhibit_received" and row.received_at != receipt.at:
        return False
    if described.get("shows", row.shows) != row.shows:
        return False
    claimed = row.claimed_at.isoformat() if row.claimed_at else ""
    return _same_moment(described.get("claimed_at", claimed), claimed)


def _same_moment(one: str, other: str) -> bool:
    return one == other or (bool(one and other) and _moment(one) == _moment(other))


def unlike_the_chain() -> QuerySet[Exhibit]:
    """Exhibits of any case for which no entry says that these very bytes came in."""
    receipts = CustodyEntry.objects.filter(
        case=OuterRef("case"),
        action__in=RECEIPTS,
        exhibit_number=OuterRef("number"),
        exhibit_sha256=OuterRef("sha256"),
    )
    return Exhibit.objects.exclude(Exists(receipts)).select_related("case").order_by("pk")


def names_of(breaks: Iterable[rules.Break]) -> dict[int, str]:
    """The first reason of each entry that does not hold."""
    named: dict[int, str] = {}
    for one in breaks:
        named.setdefault(one.sequence, one.reason)
    return named
