"""Checks a case file without the site that made it: names every change, repairs nothing. No Django.

Anything that a stranger hands over may be read with it: time and memory are bounded by the size of
what was handed over. The words are "unchanged since", never more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cases.casefile import layout
from cases.casefile.box import Unreadable, Wrong, open_box
from cases.casefile.inspection import Inspection
from cases.casefile.sign import public_key
from cases.casefile.timestamp import Stamp
from cases.casefile.wording import SUMMARIES, sentence
from cases.rules.text import Text

# More than anybody reads; a spoiled file of many could fill a page of megabytes.
MOST_FINDINGS = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was made: the file, a code, a sentence."""

    name: str
    reason: str
    text: Text


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. `notes` are no alterations; `since` is the time the case file states for itself.

    Of many findings the first 200 are there and a last one, "more", that counts the others;
    `finding_count` counts all.
    """

    is_readable: bool
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()
    reference: str = ""
    since: str = ""
    fingerprint: str = ""
    is_signer_known: bool = False
    stamp: Stamp | None = None
    file_count: int = 0
    finding_count: int = 0

    @property
    def is_unaltered(self) -> bool:
        return self.is_readable and not self.findings

    @property
    def exit_code(self) -> int:
        """0 unaltered, 1 altered, 2 unreadable."""
        return 0 if self.is_unaltered else 1 if self.is_readable else 2

    def summary(self, *, is_signer_known: bool = False) -> Text:
        """One sentence. Anybody can alter a case file and sign it anew: "unchanged since" is said only when
        the signer is known, by the key given to `verify` or, `is_signer_known`, to whoever asks.
        """
        if self.is_unaltered and not (self.is_signer_known or is_signer_known):
            return SUMMARIES["unknown"]
        if self.is_unaltered:
            return SUMMARIES["unaltered"].fill(since=_printed(self.since), count=str(self.file_count))
        return SUMMARIES["altered" if self.is_readable else "unreadable"].fill(count=str(self.finding_count))


def verify(
    path: Path, *, key: bytes | None = None, stamp_root: Path | None = None, called: str = ""
) -> Verdict:
    """Check the case file at `path`, a ZIP or an unpacked folder; never changes it.

    `key`: the public key (PEM) the signature must be made with; without it the signer is reported as
    unknown, with the fingerprint to compare. `stamp_root`: root certificate (PEM) of the time-stamp
    authority. `called`: what people call the file, where `path` is not that. Raises KeyUnusable when
    `key` is no key; everything else is in the verdict.
    """
    pinned = public_key(key) if key is not None else None
    try:
        box = open_box(path, called)
    except Unreadable as error:
        return Verdict(False, (_finding(Wrong(error.code, error.name, error.values)),))
    try:
        if layout.MANIFEST not in box.names() and layout.TAG_MANIFEST not in box.names():
            wrong = Wrong("not_a_case_file", called or path.name, {"other": layout.MANIFEST})
            return Verdict(False, _findings([wrong, *box.findings]))
        seen = Inspection(box)
        seen.run(pinned=pinned, stamp_root=stamp_root)
    except Unreadable as error:
        return Verdict(False, (_finding(Wrong(error.code, error.name, error.values)),))
    finally:
        box.close()
    return Verdict(
        is_readable=True,
        findings=_findings(list(seen.wrong.values())),
        notes=tuple(_finding(found) for found in seen.notes),
        reference=seen.contents.reference,
        since=seen.contents.since,
        fingerprint=seen.fingerprint,
        is_signer_known=seen.is_signer_known,
        stamp=seen.stamp,
        file_count=len(seen.digests),
        finding_count=len(seen.wrong),
    )


def _printed(moment: str) -> str:
    """2026-09-01 10:00 +08:00; what is no moment stays as it is."""
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return f"{at:%Y-%m-%d %H:%M} {at.isoformat()[-6:]}"


def _findings(wrong: list[Wrong]) -> tuple[Finding, ...]:
    findings = [_finding(found) for found in wrong[:MOST_FINDINGS]]
    if len(wrong) > MOST_FINDINGS:
        findings.append(_finding(Wrong("more", "", {"count": str(len(wrong) - MOST_FINDINGS)})))
    return tuple(findings)


def _finding(found: Wrong) -> Finding:
    values = {"name": found.name, **found.values}
    return Finding(name=found.name, reason=found.code, text=sentence(found.code, **values))
