"""The one list of what names a stored file: whoever reads, backs up or removes files asks here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet

from cases.evidence import store
from cases.models import (
    BuildState,
    Case,
    CaseFile,
    CaseImport,
    Exhibit,
    ImportState,
    Redaction,
    Tombstone,
    Upload,
    UploadPiece,
    WorkingCopy,
)

# In the order in which they are read; the path leads from the row to its case.
CASE_OF: Mapping[type[Any], str] = {
    Exhibit: "case",
    WorkingCopy: "exhibit__case",
    CaseFile: "case",
    UploadPiece: "upload__case",
    Redaction: "exhibit__case",
    CaseImport: "case",
}


@dataclass(frozen=True, slots=True)
class Named:
    """A file as a row of the database names it: key, SHA-256 (lower-case hex), whose it is in words, and
    the row itself.
    """

    key: str
    sha256: str
    whose: str
    model: type[models.Model]
    pk: int


def named_files() -> Iterator[Named]:
    """Every stored file of every row; one that two rows name comes twice."""
    for model in CASE_OF:
        yield from named_by(model)


def named_by(model: type[models.Model], *, after: int = 0) -> Iterator[Named]:
    """The files that the rows of one model need, by primary key from the one after `after`."""
    rows = _needed(model).filter(pk__gt=after).order_by("pk").select_related(CASE_OF[model])
    for row in rows.iterator(chunk_size=500):
        yield Named(row.storage_key, row.sha256, _whose(row), model, row.pk)


def is_named(key: str) -> bool:
    return any(model._default_manager.filter(storage_key=key).exists() for model in CASE_OF)


def still_named(named: Named) -> bool:
    """Whether that row still needs these very bytes: files are removed together with what names them."""
    return _needed(named.model).filter(pk=named.pk, storage_key=named.key, sha256=named.sha256).exists()


def unnamed_keys() -> Iterator[str]:
    """The key of every stored file that no row names, in order.

    The list of files is read before the rows, and each that is left is asked for once more, so that an
    upload in the meantime is not among them. Raises store.StoreTrouble where the list cannot be read.
    """
    unnamed = set(store.keys())
    for model in CASE_OF:
        for key in _with_file(model).values_list("storage_key", flat=True).iterator(chunk_size=2000):
            unnamed.discard(key)
    for key in sorted(unnamed):
        if not is_named(key) and not _is_under_way(key):
            yield key


def _is_under_way(key: str) -> bool:
    """Whether it is a piece of an upload that is still listed: cut off before its row, it goes with that."""
    room, number = _room_and_number(key)
    return room == "uploads" and number is not None and Upload.objects.filter(pk=number).exists()


def is_rest(key: str) -> bool:
    """Whether an unnamed file is what is left of something that was removed on purpose, and may go: a copy
    of an exhibit or a piece of an upload that is no more, a file of a case that its owner erased, the ZIP
    of an import that ended, or a case file that was cancelled while a builder that died since had just
    stored it.
    """
    if key.startswith("case-files/"):
        return _is_of_no_case_file(*key.split("/")[1:])
    gone_with: dict[str, type[models.Model]] = {"copies": Exhibit, "redactions": Exhibit, "uploads": Upload}
    room, number = _room_and_number(key)
    if room == "imports":
        return _is_of_no_import(number)
    if room not in gone_with or number is None:
        return False
    return not gone_with[room]._default_manager.filter(pk=number).exists()


def _is_of_no_import(number: int | None) -> bool:
    """An import that ended needs its file no more, and says so before the file goes."""
    return number is not None and not _with_file(CaseImport).filter(pk=number).exists()


def _is_of_no_case_file(reference: str, name: str = "", *_more: str) -> bool:
    if Tombstone.objects.filter(case_reference=reference).exists():
        return True
    number = name.partition("-")[0]
    if not number.isdecimal() or len(number) > 9:
        return False
    rows = CaseFile.objects.filter(case__reference=reference, number=int(number))
    return rows.filter(state=BuildState.CANCELLED).exists()


def _room_and_number(key: str) -> tuple[str, int | None]:
    """As in ("uploads", 30) of “uploads/30/…”; None where there is no number that a row could have."""
    room, _slash, rest = key.partition("/")
    owner = rest.partition("/")[0]
    return room, int(owner) if owner.isdecimal() and len(owner) <= 18 else None


def with_words() -> QuerySet[Case]:
    """The cases that are there for their members; an erased one is but a list of files still to remove."""
    erased = Tombstone.objects.filter(case_id=OuterRef("pk"))
    return Case.objects.exclude(Exists(erased))


def _with_file(model: type[Any]) -> QuerySet[Any]:
    return model._default_manager.exclude(storage_key="")


def _needed(model: type[Any]) -> QuerySet[Any]:
    """A piece of an upload that ended is on its way out: its file goes before its row; that of an import
    comes after it.
    """
    rows = _with_file(model)
    if model is CaseImport:
        return rows.exclude(state=ImportState.ARRIVING)
    return rows.filter(upload__ended_at=None) if model is UploadPiece else rows


def _whose(row: models.Model) -> str:
    if isinstance(row, Exhibit):
        return f"{row.case.reference} {row.label}"
    if isinstance(row, WorkingCopy):
        return f"{row.exhibit.case.reference} {row.exhibit.label} {row.kind}"
    if isinstance(row, Redaction):
        return f"{row.exhibit.case.reference} {row.exhibit.label} R{row.number}"
    if isinstance(row, UploadPiece):
        return f"{row.upload.case.reference} upload {row.upload_id}"
    if isinstance(row, CaseFile):
        return f"{row.case.reference} case file {row.number}"
    if isinstance(row, CaseImport):
        return f"import {row.pk}"
    raise TypeError(f"{row._meta.label} names no stored file.")
