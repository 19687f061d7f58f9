"""Whether the files of a case file agree with each other: chain, exhibits, totals. No Django."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cases.casefile import layout
from cases.casefile.box import Wrong
from cases.casefile.chain import UNREADABLE, head_of, once, read_chain
from cases.casefile.findings import contradiction, malformed
from cases.casefile.origins import Origin, check_origins, stated_origins
from cases.rules import custody
from cases.rules.text import Text

# A case file of one person has fewer exhibits; a stranger's could fill the page.
MOST_NOTES = 100
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Redacted:
    """A redacted copy in place of an exhibit: its number, file and hash, and the hash of the original."""

    number: int
    file: str
    sha256: str
    original: str


@dataclass(slots=True)
class Contents:
    """What was read. `unsound`: files that already have a finding; they are not held against others."""

    texts: Mapping[str, bytes]
    digests: Mapping[str, str]
    sizes: Mapping[str, int]
    unsound: frozenset[str]
    reference: str = ""
    since: str = ""
    notes: list[Wrong] = field(default_factory=list)
    _exhibits: dict[int, str] = field(default_factory=dict)  # SHA-256 of the originals.
    _redacted: dict[int, Redacted] = field(default_factory=dict)
    _case_reference: str = ""
    _origins: list[Origin] = field(default_factory=list)
    _chain: tuple[str, int] | None = None  # Head and length, as case.json states them.

    def check(self) -> Iterator[Wrong]:
        info = self._bag_info()
        self.reference, self.since = info.get("External-Identifier", ""), info.get("Case-State-At", "")
        if (
            self.texts.get(layout.DECLARATION, layout.DECLARATION_TEXT.encode())
            != layout.DECLARATION_TEXT.encode()
        ):
            yield malformed(layout.DECLARATION, "text")
        yield from self._check_totals(info)
        case = self._case()
        if case is None:
            if layout.CASE_JSON in self.texts:
                yield malformed(layout.CASE_JSON, "content")
        elif layout.CASE_JSON not in self.unsound:
            yield from self._check_case(case, info)
        yield from self._check_custody(info)

    def _bag_info(self) -> dict[str, str]:
        text = self.texts.get(layout.BAG_INFO, b"").decode(errors="replace")
        fields = (line.partition(": ") for line in text.splitlines())
        return {name: value[:200] for name, _colon, value in fields}

    def _check_totals(self, info: Mapping[str, str]) -> Iterator[Wrong]:
        payload = [name for name in self.digests if name.startswith(layout.PAYLOAD)]
        total = f"{sum(self.sizes[name] for name in payload)}.{len(payload)}"
        is_whole = not any(name.startswith(layout.PAYLOAD) for name in self.unsound)
        if layout.BAG_INFO in self.texts and is_whole and info.get("Payload-Oxum") != total:
            yield malformed(layout.BAG_INFO, "total")

    def _case(self) -> dict[str, Any] | None:
        """case.json as an object of the known schema, or None."""
        try:
            case = json.loads(self.texts.get(layout.CASE_JSON, b""), object_pairs_hook=once)
        except (ValueError, RecursionError):
            return None
        return case if isinstance(case, dict) and case.get("schema") == layout.SCHEMA else None

    def _check_case(self, case: dict[str, Any], info: Mapping[str, str]) -> Iterator[Wrong]:
        try:
            self._exhibits = {int(exhibit["number"]): str(exhibit["sha256"]) for exhibit in case["exhibits"]}
            self._redacted = redacted(case["exhibits"])
            self._exhibits |= {number: copy.original for number, copy in self._redacted.items()}
            # Case files of earlier editions hold every exhibit.
            left_out = {int(one["number"]): str(one["sha256"]) for one in case.get("left_out", [])}
            files = {str(exhibit["file"]): str(exhibit["sha256"]) for exhibit in case["exhibits"]}
            self._origins = stated_origins(case)
            self._case_reference = str(case["case"]["reference"])
            self._chain = str(case["custody"]["head"]), int(case["custody"]["count"])
            pairs = (
                ("External-Identifier", case["case_file"]["identifier"]),
                ("Case-State-At", case["state_at"]),
            )
        except (KeyError, TypeError, ValueError, ArithmeticError):
            yield malformed(layout.CASE_JSON, "content")
            return
        if left_out.keys() & self._exhibits.keys():
            yield malformed(layout.CASE_JSON, "content")
        self._exhibits |= left_out
        if left_out:
            named = ", ".join(f"E{number}" for number in sorted(left_out)[:MOST_NOTES])
            self.notes.append(Wrong("left_out", layout.CASE_JSON, {"where": named}))
        if layout.BAG_INFO in self.texts and layout.BAG_INFO not in self.unsound:
            for name, value in pairs:
                if info.get(name) != value:
                    yield contradiction(layout.BAG_INFO, layout.CASE_JSON, name)
        for name, sha256 in files.items():
            if name not in self.unsound and self.digests.get(name) != sha256:
                yield contradiction(layout.CASE_JSON, name, "SHA-256")
        known = {*files, *layout.REQUIRED, *(origin.file for origin in self._origins)}
        for name in self.digests:
            is_volume = name.startswith("data/case-file-") and name.endswith(".pdf")
            if (
                name.startswith(layout.PAYLOAD)
                and name not in known
                and not is_volume
                and name not in self.unsound
            ):
                yield Wrong("unlisted_exhibit", name, {"other": layout.CASE_JSON})

    def _check_custody(self, info: Mapping[str, str]) -> Iterator[Wrong]:
        if layout.CUSTODY not in self.texts:
            return
        try:
            chain = read_chain(self.texts[layout.CUSTODY])
            found = next(custody.breaks(chain), None)
        except UNREADABLE:
            yield malformed(layout.CUSTODY, "content")
            return
        if found is not None:
            yield Wrong("custody", layout.CUSTODY, {"where": str(found.sequence)})
            return
        head = head_of(chain)
        is_info_sound = layout.BAG_INFO in self.texts and layout.BAG_INFO not in self.unsound
        if is_info_sound and info.get("Custody-Chain-Head") != head:
            yield Wrong("custody_head", layout.CUSTODY, {"other": layout.BAG_INFO})
        if layout.CUSTODY in self.unsound:
            return
        if self._chain not in (None, (head, len(chain))):
            yield contradiction(layout.CUSTODY, layout.CASE_JSON, "custody")
        for entry, _hash in chain:
            if self._case_reference not in ("", entry.case):
                yield contradiction(layout.CUSTODY, layout.CASE_JSON, f"{entry.sequence}")
            # Whatever came in is in here or is said to be left out.
            must_be_there = entry.action == "exhibit_received" and self._chain is not None
            unknown = "" if must_be_there else entry.exhibit_sha256
            stated = self._exhibits.get(entry.exhibit_number or 0, unknown)
            if entry.exhibit_sha256 and stated != entry.exhibit_sha256:
                yield contradiction(layout.CUSTODY, layout.CASE_JSON, f"E{entry.exhibit_number}")
        yield from self._check_redacted(entry for entry, _hash in chain)
        if self._chain is not None:
            yield from check_origins(self._origins, chain, self.texts, self.unsound)

    def _check_redacted(self, entries: Iterable[custody.Entry]) -> Iterator[Wrong]:
        """Each redacted copy must be one that the chain says was made of that exhibit."""
        made = {
            (entry.exhibit_number, str(entry.details.get("redaction")), str(entry.details.get("sha256")))
            for entry in entries
            if entry.action == "exhibit_redacted" and isinstance(entry.details, dict)
        }
        for number, copy in self._redacted.items():
            if (number, str(copy.number), copy.sha256) not in made:
                yield contradiction(layout.CUSTODY, layout.CASE_JSON, f"E{number}")
            elif len(self.notes) < MOST_NOTES:
                values: dict[str, str | Text] = {"where": f"E{number}", "other": copy.original}
                self.notes.append(Wrong("redacted", copy.file, values))


def redacted(exhibits: Iterable[dict[str, Any]]) -> dict[int, Redacted]:
    """The redacted copies among the exhibits of case.json, by number of the exhibit.

    Raises KeyError, TypeError or ValueError for what none of ours states.
    """
    found: dict[int, Redacted] = {}
    for exhibit in exhibits:
        # Case files of earlier editions know nothing of redactions.
        if (stated := exhibit.get("redaction")) is None:
            continue
        original = str(stated["original_sha256"])
        if not _SHA256.fullmatch(original):
            raise ValueError("The hash of the original is no SHA-256.")
        found[int(exhibit["number"])] = Redacted(
            int(stated["number"]), str(exhibit["file"]), str(exhibit["sha256"]), original
        )
    return found
