"""A small case file made without a database, to be checked and to be spoiled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from cases.casefile import layout
from cases.casefile.bag import Bag, Member, member_from, member_of, write_bag
from cases.casefile.sign import SigningKey
from cases.rules import custody

WHEN = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
# A key of its own, the same in every run: any number will do for a test.
KEY = SigningKey(ec.derive_private_key(2026, ec.SECP256R1()))
OTHER_KEY = SigningKey(ec.derive_private_key(2027, ec.SECP256R1()))
EXHIBIT = "data/exhibits/E001-聊天记录.png"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20


def chain(case: str = "b3c4d5f6g7") -> list[tuple[custody.Entry, str]]:
    """Three entries: opened, an exhibit received, a case file requested."""
    picture = hashlib.sha256(PICTURE).hexdigest()
    acts = [("case_opened", None, ""), ("exhibit_received", 1, picture), ("case_file_requested", None, "")]
    entries: list[tuple[custody.Entry, str]] = []
    for sequence, (action, number, sha256) in enumerate(acts, start=1):
        entry = custody.Entry(
            case=case,
            sequence=sequence,
            at=WHEN,
            actor="user:1",
            action=action,
            exhibit_number=number,
            exhibit_sha256=sha256,
            details={"title": "包裹丢了"},
            previous_hash=entries[-1][1] if entries else custody.FIRST_PREVIOUS_HASH,
        )
        entries.append((entry, custody.hash_entry(entry)))
    return entries


def chain_lines(entries: list[tuple[custody.Entry, str]]) -> bytes:
    return b"".join(
        custody.canonical_json({"entry": entry.as_json(), "hash": digest}) + b"\n"
        for entry, digest in entries
    )


def payload(**changed: bytes) -> list[Member]:
    """The files of the payload; `changed` replaces case_json, custody or picture."""
    picture = changed.get("picture", PICTURE)
    case = {
        "schema": layout.SCHEMA,
        "state_at": WHEN.isoformat(),
        "case_file": {"identifier": "b3c4d5f6g7/1"},
        "case": {"reference": "b3c4d5f6g7"},
        "custody": {"count": 3, "head": chain()[-1][1]},
        "exhibits": [{"number": 1, "file": EXHIBIT, "sha256": hashlib.sha256(PICTURE).hexdigest()}],
    }
    return [
        member_of(layout.DOCUMENT, b"%PDF-1.7 " + b"a document " * 300),
        member_of(layout.CASE_JSON, changed.get("case_json", json.dumps(case).encode())),
        member_of(layout.CONTACTS_CSV, "\ufeff编号,渠道\r\n1,店铺私信\r\n".encode()),
        member_of(layout.CUSTODY, changed.get("custody", chain_lines(chain()))),
        member_of(EXHIBIT, picture),
    ]


def make_bag(
    target: Path,
    *,
    members: list[Member] | None = None,
    key: SigningKey = KEY,
    stamp: Callable[[bytes], bytes] | None = None,
    stamp_chain: Path | None = None,
    head: str | None = None,
    says: Mapping[str, str] | None = None,
) -> Bag:
    return write_bag(
        target,
        payload=members if members is not None else payload(),
        info={
            "External-Identifier": "b3c4d5f6g7/1",
            "Case-State-At": WHEN.isoformat(),
            "Custody-Chain-Head": head or chain()[-1][1],
            **(says or {}),
        },
        when=WHEN,
        key=key,
        stamp=stamp,
        stamp_chain=stamp_chain,
    )


def make_bag_of(target: Path, files: list[tuple[Path, str]]) -> Bag:
    """A case file whose exhibits are these files, each with its SHA-256."""
    opened = [entry for entry in chain() if entry[0].exhibit_number is None][:1]
    named = [(f"{layout.EXHIBITS}E{number:03d}.jpg", *file) for number, file in enumerate(files, start=1)]
    case = {
        "schema": layout.SCHEMA,
        "state_at": WHEN.isoformat(),
        "case_file": {"identifier": "b3c4d5f6g7/1"},
        "case": {"reference": "b3c4d5f6g7"},
        "custody": {"count": 1, "head": opened[-1][1]},
        "exhibits": [
            {"number": number, "file": name, "sha256": sha256}
            for number, (name, _file, sha256) in enumerate(named, start=1)
        ],
    }
    return write_bag(
        target,
        payload=[
            member_of(layout.DOCUMENT, b"%PDF-1.7"),
            member_of(layout.CASE_JSON, json.dumps(case).encode()),
            member_of(layout.CONTACTS_CSV, b""),
            member_of(layout.CUSTODY, chain_lines(opened)),
            *(member_from(name, file, sha256=sha256) for name, file, sha256 in named),
        ],
        info={
            "External-Identifier": "b3c4d5f6g7/1",
            "Case-State-At": WHEN.isoformat(),
            "Custody-Chain-Head": opened[-1][1],
        },
        when=WHEN,
        key=KEY,
    )
