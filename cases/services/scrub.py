"""Re-reads every stored file and names whatever is not as it was stored. It repairs nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from django.utils.translation import gettext as _

from cases.evidence import intake, store
from cases.models import BuildState, CaseFile, Exhibit, WorkingCopy
from cases.services import custody

LEFTOVER_SECONDS = 3600


class Trouble(Enum):
    ALTERED = "altered"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be: which stored file, whose, and what is wrong with it."""

    trouble: Trouble
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class _Named:
    """A file as a row of the database names it."""

    key: str
    sha256: str
    whose: str


def scrub() -> Iterator[Finding]:
    """Every wrong digest, missing file and file without a row, as they are found. Changes nothing.

    The list of files is read before the rows, and what no row names is asked for once more at the
    end, so that an upload in the meantime is no finding. Raises store.StoreTrouble where the list of
    files cannot be read.
    """
    unnamed = set(store.keys())
    looked_at, finding = "", None
    for named in _named_files():
        unnamed.discard(named.key)
        if named.key != looked_at:
            looked_at, finding = named.key, _trouble_with(named)
        if finding is not None:
            yield Finding(finding, named.key, _sentence(finding, named))
    for exhibit in custody.unlike_the_chain().iterator():
        text = _("%(exhibit)s of case %(case)s is not what its chain of custody says came in.")
        yield Finding(
            Trouble.ALTERED,
            exhibit.storage_key,
            text % {"exhibit": exhibit.label, "case": exhibit.case.reference},
        )
    for key in sorted(unnamed):
        if not _is_named_now(key):
            text = _(
                "%(key)s is named by nothing in the database. An upload that was cut off may have left it."
            )
            yield Finding(Trouble.UNNAMED, key, text % {"key": key})


def remove_leftovers(*, at: float | None = None) -> list[str]:
    """Remove what uploads that were cut off left behind more than an hour ago; return the names.

    `at` is seconds since 1970, now by default. These files were never evidence: no row can name them.
    """
    before = (time.time() if at is None else at) - LEFTOVER_SECONDS
    removed = []
    for folder in filter(None, (intake.incoming_folder(), store.leftovers_folder())):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.is_file() and _modified(path) < before:
                path.unlink(missing_ok=True)
                removed.append(path.name)
    return removed


def _named_files() -> Iterator[_Named]:
    """By key within each kind, so that an original that two cases share is read once."""
    exhibits = Exhibit.objects.select_related("case").order_by("storage_key", "pk")
    for exhibit in exhibits.iterator(chunk_size=500):
        yield _Named(exhibit.storage_key, exhibit.sha256, f"{exhibit.case.reference} {exhibit.label}")
    for copy in WorkingCopy.objects.select_related("exhibit__case").iterator(chunk_size=500):
        whose = f"{copy.exhibit.case.reference} {copy.exhibit.label} {copy.kind}"
        yield _Named(copy.storage_key, copy.sha256, whose)
    ready = CaseFile.objects.filter(state=BuildState.READY).select_related("case")
    for case_file in ready.iterator(chunk_size=500):
        whose = f"{case_file.case.reference} case file {case_file.number}"
        yield _Named(case_file.storage_key, case_file.sha256, whose)


def _trouble_with(named: _Named) -> Trouble | None:
    try:
        return None if store.digest(named.key) == named.sha256 else Trouble.ALTERED
    except store.Missing:
        # Whoever removed it meanwhile removed its row too.
        return Trouble.MISSING if _is_named_now(named.key) else None
    except store.StoreTrouble:
        return Trouble.UNREADABLE


def _sentence(trouble: Trouble, named: _Named) -> str:
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


def _is_named_now(key: str) -> bool:
    return any(model.objects.filter(storage_key=key).exists() for model in (Exhibit, WorkingCopy, CaseFile))


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # its upload just ended
        return float("inf")
