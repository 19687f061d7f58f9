"""Rows whose bytes lie in the store, made without looking into them: for tests of what hands them out."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from cases.evidence import store
from cases.models import BuildState, Case, CaseFile, Exhibit, ExhibitSource, WorkingCopy
from tests import factories


def _put(key: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "draft"
        draft.write_bytes(data)
        store.put(key, draft)


def exhibit_of(case: Case, data: bytes, media_type: str, **fields: Any) -> Exhibit:
    """The next exhibit of the case, as if `data` had come in as that type."""
    sha256 = hashlib.sha256(data).hexdigest()
    key = store.original_key(case.owner.pk, sha256)
    _put(key, data)
    return Exhibit.objects.create(
        case=case,
        number=case.exhibits.count() + 1,
        sha256=sha256,
        size=len(data),
        media_type=media_type,
        storage_key=key,
        **{"source": ExhibitSource.UPLOAD, "received_at": factories.NOON, **fields},
    )


def case_file_of(case: Case, data: bytes = b"PK a bag of evidence") -> CaseFile:
    """The next case file of the case, as if `data` had been built."""
    sha256 = hashlib.sha256(data).hexdigest()
    number = case.case_files.count() + 1
    key = store.case_file_key(case.reference, number, sha256)
    _put(key, data)
    return CaseFile.objects.create(
        case=case,
        number=number,
        language="en",
        state=BuildState.READY,
        requested_at=factories.NOON,
        built_at=factories.NOON,
        sha256=sha256,
        size=len(data),
        storage_key=key,
    )


def copy_of(
    exhibit: Exhibit, kind: str, data: bytes, media_type: str = "image/jpeg", *, page: int = 1
) -> WorkingCopy:
    """A working copy of it with those bytes."""
    sha256 = hashlib.sha256(data).hexdigest()
    # One store serves all tests, and the numbers of exhibits come again: the hash keeps them apart.
    key = store.copy_key(exhibit.pk, kind, page, sha256[:12])
    _put(key, data)
    return WorkingCopy.objects.create(
        exhibit=exhibit,
        kind=kind,
        page=page,
        sha256=sha256,
        size=len(data),
        media_type=media_type,
        storage_key=key,
        width=72,
        height=100,
        made_at=factories.NOON,
    )
