"""Re-reads every stored file and names whatever is not as it was stored. It repairs nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from cases.evidence import intake, store
from cases.models import Case, Trouble
from cases.services import custody, seals, stored_files
from cases.services.stored_files import Named

__all__ = [
    "Finding",
    "Trouble",
    "chain_finding",
    "look_at",
    "remove_leftovers",
    "scrub",
    "seal_findings",
    "unnamed_findings",
]

LEFTOVER_SECONDS = 3600
# Where a build works; one that takes longer than this was given up.
BUILD_PREFIX = "case-file-"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be: which stored file, whose, and what is wrong with it."""

    trouble: Trouble
    key: str
    text: str
    whose: str = ""


def scrub() -> Iterator[Finding]:
    """Every wrong digest, missing file, broken chain and file without a row, as they are found.

    Changes nothing. Raises store.StoreTrouble where the list of files cannot be read.
    """
    for named in stored_files.named_files():
        finding = look_at(named)
        if finding is not None:
            yield finding
    for case in stored_files.with_words().order_by("pk").iterator(chunk_size=100):
        yield from chain_finding(case)
    yield from seal_findings()
    yield from unnamed_findings()


def look_at(named: Named) -> Finding | None:
    """Read the file to its last byte; what is wrong with it, None when it is whole or went meanwhile."""
    try:
        if store.digest(named.key) == named.sha256:
            return None
        trouble = Trouble.ALTERED
    except store.Missing:
        trouble = Trouble.MISSING
    except store.StoreTrouble:
        trouble = Trouble.UNREADABLE
    # Whoever removed it meanwhile removed its row too.
    if not stored_files.still_named(named):
        return None
    return Finding(trouble, named.key, _sentence(trouble, named), named.whose)


def chain_finding(case: Case) -> Iterator[Finding]:
    """The first place where the custody chain of the case does not hold, and each exhibit unlike it."""
    broken = custody.verify(case)
    for label, key in _unlike(case) if broken else ():
        text = _("%(exhibit)s of case %(case)s is not what its chain of custody says came in.")
        whose = f"{case.reference} {label}"
        yield Finding(Trouble.ALTERED, key, text % {"exhibit": label, "case": case.reference}, whose)
    for first in [one for one in broken if one.reason != "exhibit"][:1]:
        text = _("The chain of custody of case %(case)s does not hold at entry %(number)s.")
        said = text % {"case": case.reference, "number": first.sequence}
        yield Finding(Trouble.CHAIN, "", said, case.reference)


def _unlike(case: Case) -> list[tuple[str, str]]:
    rows = custody.unlike_the_chain().filter(case=case)
    return [(exhibit.label, exhibit.storage_key) for exhibit in rows]


def seal_findings() -> Iterator[Finding]:
    """Each daily seal that does not hold, or that holds a chain otherwise than it is."""
    for broken in seals.verify_seals():
        text = _("Daily seal %(number)s does not hold: see manage.py verify_custody.")
        yield Finding(Trouble.CHAIN, "", text % {"number": broken.number}, broken.case)


def unnamed_findings() -> Iterator[Finding]:
    """Each stored file that nothing names. Raises store.StoreTrouble where the list cannot be read."""
    for key in stored_files.unnamed_keys():
        text = _("%(key)s is named by nothing in the database. An upload that was cut off may have left it.")
        yield Finding(Trouble.UNNAMED, key, text % {"key": key})


def remove_leftovers(*, at: float | None = None) -> list[str]:
    """Remove what uploads and builds that were cut off left behind more than an hour ago; their names.

    `at` is seconds since 1970, now by default. These files were never evidence: no row can name them.
    """
    before = (time.time() if at is None else at) - LEFTOVER_SECONDS
    removed = []
    for folder in filter(None, (intake.incoming_folder(), store.leftovers_folder())):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if _is_left_behind(path) and _modified(path) < before:
                _remove(path)
                removed.append(path.name)
    return removed


def remove_rests() -> list[str]:
    """Remove stored files that are left of what was erased or ended; their keys. Raises StoreTrouble."""
    removed = []
    for key in list(stored_files.unnamed_keys()):
        if stored_files.is_rest(key):
            store.delete(key)
            removed.append(key)
    return removed


def _is_left_behind(path: Path) -> bool:
    return path.is_file() or (path.is_dir() and path.name.startswith(BUILD_PREFIX))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _modified(path: Path) -> float:
    """When it was last written to; for a folder, anything in it."""
    try:
        inside = path.rglob("*") if path.is_dir() else ()
        return max([path.stat().st_mtime, *(each.stat().st_mtime for each in inside)])
    except FileNotFoundError:  # its upload just ended
        return float("inf")


def _sentence(trouble: Trouble, named: Named) -> str:
    if trouble is Trouble.MISSING:
        text = _("%(whose)s: the file %(key)s is missing. Put it back from a backup.")
    elif trouble is Trouble.UNREADABLE:
        text = _("%(whose)s: the file %(key)s cannot be read. Check the disk and the rights on its folder.")
    else:
        text = _(
            "%(whose)s: the file %(key)s is not what was stored; its SHA-256 should be %(sha256)s. "
            "Put it back from a backup."
        )
    return text % {"whose": named.whose, "key": named.key, "sha256": named.sha256}
