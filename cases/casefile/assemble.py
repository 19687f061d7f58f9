"""Puts a case file together in a folder of its own: originals fetched, document printed, bag written."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from cryptography import x509
from django.utils import translation

from cases.casefile import layout
from cases.casefile.bag import CHUNK, Altered, Bag, Member, member_from, member_of, write_bag
from cases.casefile.chain import Chain, chain_lines
from cases.casefile.document import Work, case_json, print_document
from cases.casefile.sign import SigningKey
from cases.casefile.snapshot import ExhibitFacts, Snapshot
from cases.casefile.timestamp import NoStamp
from cases.casefile.words import words

# A cell that begins like this is a formula to a spreadsheet, the full-width signs in some of them too.
FORMULA_SIGNS = tuple("=+-@\t\r\n＝＋－＠|%")


@dataclass(frozen=True, slots=True)
class Tools:
    """What the outside lends: originals and chains of origins by number, the key, the stamp, an ear for
    progress.

    `certificates` are the key's own and those above it; `stamp_chain` (PEM) those of the stamp's authority.
    `entered` is called when a stage begins (its name as in cases.models.BuildStage), `made` when one more
    exhibit is copied, drawn or packed, `alive` about once a second besides; each may raise to end the work.
    """

    open_original: Callable[[int], BinaryIO]
    origin_chain: Callable[[int], bytes]
    key: SigningKey
    certificates: Sequence[x509.Certificate]
    stamp: Callable[[bytes], bytes] | None = None
    stamp_chain: Path | None = None
    entered: Callable[[str], None] = lambda stage: None
    made: Callable[[], None] = lambda: None
    alive: Callable[[], None] = lambda: None


def assemble(snapshot: Snapshot, chain: Chain, *, folder: Path, tools: Tools) -> tuple[Path, Bag]:
    """The finished ZIP in `folder`, which must be empty, and what it is.

    The same snapshot and key give the same bytes, but for the stamp. Raises Altered for an original
    that is not what was received, and NotPrinted.
    """
    work = Work(folder)
    tools.entered("copying")
    for exhibit in snapshot.exhibits:
        _fetch(exhibit, work, tools)
        tools.made()
    tools.entered("drawing")
    heard: dict[str, Callable[[], None]] = {"drawn": tools.made, "set": partial(tools.entered, "setting")}
    volumes = print_document(snapshot, work, heard=lambda line: heard.get(line, tools.alive)())
    tools.entered("signing")
    when = datetime.fromisoformat(snapshot.state_at)
    signed = _sign(volumes, when, tools)
    tools.entered("packing")
    target = folder / "case-file.zip"
    bag = write_bag(
        target,
        payload=_payload(snapshot, chain, work, volumes, tools),
        info=_info(snapshot, signed),
        when=when,
        key=tools.key,
        stamp=tools.stamp,
        stamp_chain=tools.stamp_chain,
        wrote=lambda path: tools.made() if path.startswith(layout.EXHIBITS) else tools.alive(),
        alive=tools.alive,
    )
    return target, bag


def _fetch(exhibit: ExhibitFacts, work: Work, tools: Tools) -> None:
    """Copy one original into the work folder; raises Altered unless it is what was received."""
    digest = hashlib.sha256()
    with tools.open_original(exhibit.number) as source, work.original(exhibit.number).open("xb") as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            target.write(chunk)
            tools.alive()
    if digest.hexdigest() != exhibit.sha256:
        raise Altered(f"E{exhibit.number}")


def _sign(volumes: list[Path], when: datetime, tools: Tools) -> str:
    """Sign each volume; what bag-info.txt says of it. An authority that fails is not asked once more."""
    # Here, not above: it weighs too much for a web process, which imports this but never builds.
    from cases.casefile.sign_pdf import DocumentSigner

    signer = DocumentSigner(tools.key, tools.certificates, tools.stamp)
    for volume in volumes:
        try:
            signer.sign(volume, when)
        except NoStamp:
            signer = replace(signer, stamp=None)
            signer.sign(volume, when)
        tools.alive()
    if signer.stamp is None:
        return "PAdES, the time in it is this installation's own"
    return "PAdES, with a time stamp of an outside authority"


def _payload(
    snapshot: Snapshot, chain: Chain, work: Work, volumes: list[Path], tools: Tools
) -> Iterator[Member]:
    yield member_from(layout.DOCUMENT, volumes[0])
    for number, volume in enumerate(volumes[1:], start=2):
        yield member_from(f"{layout.DOCUMENT.removesuffix('.pdf')}-{number}.pdf", volume)
    yield member_of(layout.CASE_JSON, case_json(snapshot))
    yield member_of(layout.CONTACTS_CSV, contacts_csv(snapshot))
    yield member_of(layout.CUSTODY, chain_lines(chain))
    for origin in snapshot.origins:
        yield member_of(origin.file, tools.origin_chain(origin.number))
    for exhibit in snapshot.exhibits:
        original, label = work.original(exhibit.number), f"E{exhibit.number}"
        yield member_from(exhibit.file, original, sha256=exhibit.sha256, label=label)


def _info(snapshot: Snapshot, signed: str) -> dict[str, str]:
    return {
        "External-Identifier": snapshot.case_file.identifier,
        "Case-State-At": snapshot.state_at,
        "Case-File-Schema": layout.SCHEMA,
        "Custody-Chain-Head": snapshot.chain_head,
        "Signing-Key-SHA256": snapshot.case_file.key_fingerprint,
        layout.DOCUMENT_SIGNATURE: signed,
    }


def contacts_csv(snapshot: Snapshot) -> bytes:
    """The contacts for a spreadsheet: UTF-8 with BOM, every cell quoted, no cell a formula."""
    with translation.override(snapshot.language):
        named = words()
    titles = ("number", "when", "until", "channel", "direction", "with_whom", "ticket", "outcome")
    more = ("said", "promise", "promised_by", "proof", "logged")
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([named[title] for title in (*titles, *more)])
    for contact in snapshot.contacts:
        cells = (
            str(contact.number),
            contact.started_at,
            contact.ended_at,
            contact.channel.label,
            contact.direction.label,
            contact.person,
            contact.ticket_number,
            contact.outcome.label,
            contact.summary,
            contact.promise,
            contact.promised_by,
            ", ".join(f"E{number}" for number in contact.exhibits),
            contact.logged_at,
        )
        writer.writerow([defused(cell) for cell in cells])
    return f"\ufeff{file.getvalue()}".encode()


def defused(cell: str) -> str:
    """The cell as text for every spreadsheet: an apostrophe before what would be a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA_SIGNS) else cell
