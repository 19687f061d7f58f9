"""Ways to spoil a case file, and to say what was found."""

from __future__ import annotations

import zipfile
from pathlib import Path

from cases.casefile.verify import Verdict


def named(verdict: Verdict) -> set[str]:
    return {found.name for found in verdict.findings}


def reasons(verdict: Verdict) -> set[tuple[str, str]]:
    return {(found.reason, found.name) for found in verdict.findings}


def flip(content: bytes, at: int, bit: int = 0) -> bytes:
    return content[:at] + bytes([content[at] ^ (1 << bit)]) + content[at + 1 :]


def rewrite(bag: Path, target: Path, changed: dict[str, bytes | None]) -> Path:
    """The same ZIP with members changed, removed (None) or added, all check values right."""
    with zipfile.ZipFile(bag) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            content = changed.get(entry.filename, old.read(entry))
            if content is not None:
                new.writestr(entry, content)
        for name in changed.keys() - set(old.namelist()):
            new.writestr(name, changed[name] or b"")
    return target
