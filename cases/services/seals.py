"""Seals the ends of all custody chains once a day, so that nobody rewrites the past unseen; checks the seals.

A seal is the Merkle root (cases.rules.merkle) over the root before it and every chain that grew since. With
TSA_URL it carries a time stamp of somebody else's clock over the line "<root>\\n".
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from cases.casefile.timestamp import NoStamp, read_stamp, request_stamp
from cases.models import Case, CustodyEntry, Seal, SealedHead, Tombstone
from cases.rules import merkle
from cases.rules.custody import FIRST_PREVIOUS_HASH, canonical_json

log = logging.getLogger(__name__)

Head = tuple[str, int, str]  # reference of the case, number and hash of its last entry
CHUNK = 1_000
SHOWN_SEALS = 10


@dataclass(frozen=True, slots=True)
class SealBreak:
    """What of a seal does not hold: "number", "previous_root", "root", "stamp", or "head" of that case."""

    number: int
    reason: str
    case: str = ""
    sequence: int = 0


def seal_if_due(at: datetime | None = None) -> Seal | None:
    """What the tick calls: seal once on each day (UTC) on which a chain grew; None when nothing is to do.

    Of several workers at once one makes the seal. Where no time stamp is to be had, it is made without
    one and says why; the next one covers it.
    """
    now = at or timezone.now()
    last = Seal.objects.order_by("-number").first()
    if last is not None and last.sealed_at.astimezone(UTC).date() >= now.astimezone(UTC).date():
        return None
    heads = list(_grown())
    if not heads:
        return None
    previous = last.root if last else FIRST_PREVIOUS_HASH
    root = merkle.root(leaves_of(previous, heads))
    stamp, note = _stamp(root)
    try:
        return _store(last, previous, heads, root, stamp, note, now)
    except IntegrityError:
        log.info("Another worker has sealed today")
        return None


@transaction.atomic
def _store(
    last: Seal | None, previous: str, heads: list[Head], root: str, stamp: bytes, note: str, at: datetime
) -> Seal:
    seal = Seal.objects.create(
        number=last.number + 1 if last else 1,
        sealed_at=at,
        head_count=len(heads),
        previous_root=previous,
        root=root,
        stamp=stamp,
        stamp_note=note[:500],
    )
    rows = (
        SealedHead(seal=seal, position=place, case_reference=case, sequence=sequence, entry_hash=entry_hash)
        for place, (case, sequence, entry_hash) in enumerate(heads)
    )
    SealedHead.objects.bulk_create(rows, batch_size=CHUNK)
    return seal


def leaves_of(previous_root: str, heads: Sequence[Head]) -> list[bytes]:
    """The leaves of a seal in canonical JSON: the root before it, then each chain."""
    return [
        canonical_json({"previous_root": previous_root}),
        *(
            canonical_json({"case": case, "sequence": sequence, "hash": entry_hash})
            for case, sequence, entry_hash in heads
        ),
    ]


def stamped_bytes(root: str) -> bytes:
    """What a time stamp is over: the root as one line, so that `printf` and openssl can make it again."""
    return f"{root}\n".encode()


def _grown() -> Iterator[Head]:
    """The end of every chain that no seal holds yet, by the reference of its case."""
    last = CustodyEntry.objects.filter(case=OuterRef("pk")).order_by("-sequence")
    sealed = SealedHead.objects.filter(
        case_reference=OuterRef("reference"), sequence__gte=OuterRef("ends_at")
    )
    cases = Case.objects.annotate(
        ends_at=Subquery(last.values("sequence")[:1]), ends_with=Subquery(last.values("entry_hash")[:1])
    )
    ends = cases.filter(~Exists(sealed), ends_at__isnull=False).order_by("reference")
    yield from ends.values_list("reference", "ends_at", "ends_with").iterator(chunk_size=CHUNK)


def _stamp(root: str) -> tuple[bytes, str]:
    """The token or, without one, why there is none."""
    if not settings.TSA_URL:
        return b"", ""
    try:
        return request_stamp(stamped_bytes(root), settings.TSA_URL), ""
    except NoStamp as missing:
        log.warning("Today's seal has no time stamp: %s", missing)
        return b"", str(missing)


def verify_seals() -> Iterator[SealBreak]:
    """Everything that does not hold: between the seals, within each, and against the chains as they are."""
    previous, expected = FIRST_PREVIOUS_HASH, 1
    for seal in Seal.objects.order_by("number").iterator(chunk_size=100):
        if seal.number != expected:
            yield SealBreak(expected, "number")
        if seal.previous_root != previous:
            yield SealBreak(seal.number, "previous_root")
        yield from _verify_one(seal)
        previous, expected = seal.root, seal.number + 1


def _verify_one(seal: Seal) -> Iterator[SealBreak]:
    heads: list[Head] = list(
        seal.heads.order_by("position").values_list("case_reference", "sequence", "entry_hash")
    )
    if len(heads) != seal.head_count or merkle.root(leaves_of(seal.previous_root, heads)) != seal.root:
        yield SealBreak(seal.number, "root")
    if seal.stamp and not _stamp_holds(seal):
        yield SealBreak(seal.number, "stamp")
    for start in range(0, len(heads), CHUNK):
        yield from _verify_heads(seal, heads[start : start + CHUNK])


def _verify_heads(seal: Seal, heads: Sequence[Head]) -> Iterator[SealBreak]:
    references = [case for case, _sequence, _hash in heads]
    entries = CustodyEntry.objects.filter(case__reference__in=references)
    held = SealedHead.objects.filter(
        seal=seal, case_reference=OuterRef("case__reference"), sequence=OuterRef("sequence")
    )
    found: dict[tuple[str, int], str] = {
        (case, sequence): entry_hash
        for case, sequence, entry_hash in entries.filter(Exists(held)).values_list(
            "case__reference", "sequence", "entry_hash"
        )
    }
    erased = dict(
        Tombstone.objects.filter(case_reference__in=references).values_list("case_reference", "entry_count")
    )
    for case, sequence, entry_hash in heads:
        is_erased = case in erased and sequence <= erased[case]
        if found.get((case, sequence)) != entry_hash and not is_erased:
            yield SealBreak(seal.number, "head", case, sequence)


def _stamp_holds(seal: Seal) -> bool:
    try:
        read_stamp(bytes(seal.stamp), stamped_bytes(seal.root))
    except NoStamp:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Sealed:
    """Up to which entry a chain was sealed, when, in which root, and whose clock says so ("" for our own)."""

    number: int
    sequence: int
    sealed_at: datetime
    root: str
    authority: str


def seals_of(case: Case) -> list[Sealed]:
    """The last seals that hold an entry of this case, newest first."""
    heads = SealedHead.objects.filter(case_reference=case.reference).select_related("seal")
    return [
        Sealed(head.seal.number, head.sequence, head.seal.sealed_at, head.seal.root, authority_of(head.seal))
        for head in heads.order_by("-seal__number")[:SHOWN_SEALS]
    ]


def authority_of(seal: Seal) -> str:
    """Whose clock stamped it; "" where only our own says when it was made."""
    try:
        return read_stamp(bytes(seal.stamp), stamped_bytes(seal.root)).authority if seal.stamp else ""
    except NoStamp:
        return ""


def proof_for(case: Case) -> dict[str, Any] | None:
    """Enough to check without this site that the last sealed entry of the case is in its seal."""
    head = SealedHead.objects.filter(case_reference=case.reference).order_by("-sequence").first()
    if head is None:
        return None
    seal = head.seal
    heads: list[Head] = list(
        seal.heads.order_by("position").values_list("case_reference", "sequence", "entry_hash")
    )
    leaves = leaves_of(seal.previous_root, heads)
    place = head.position + 1  # behind the root of the seal before
    return {
        "seal": {"number": seal.number, "sealed_at": seal.sealed_at.isoformat(), "root": seal.root},
        "leaf": leaves[place].decode(),
        "path": [{"side": side, "hash": step} for side, step in merkle.proof(leaves, place)],
    }
