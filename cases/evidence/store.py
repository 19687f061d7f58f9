"""The evidence store: write-once files under names we choose, in a folder or an S3 bucket.

A key is the whole address of a file; STORAGES["evidence"] says where files lie. `put` returns only
after the bytes are safe, so a row that names them may be committed then, and not before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from django.core.files.storage import FileSystemStorage, storages

from cases.evidence.folder import FolderStore
from cases.evidence.parts import Part
from cases.evidence.trouble import AlreadyStored, Missing, StoreTrouble

__all__ = [
    "AlreadyStored",
    "Missing",
    "StoreTrouble",
    "as_file",
    "case_file_key",
    "copy_key",
    "delete",
    "digest",
    "exists",
    "import_key",
    "keys",
    "leftovers_folder",
    "local_path",
    "open",
    "open_part",
    "original_key",
    "piece_key",
    "put",
    "redaction_key",
    "size",
]


class Store(Protocol):
    """What every place to keep files offers. Each call raises StoreTrouble when the place fails."""

    def put(self, key: str, path: Path) -> bool: ...
    def open(self, key: str) -> BinaryIO: ...
    def open_part(self, key: str, start: int, length: int) -> Part: ...
    def exists(self, key: str) -> bool: ...
    def size(self, key: str) -> int: ...
    def digest(self, key: str) -> str: ...
    def delete(self, key: str) -> None: ...
    def keys(self) -> Iterator[str]: ...
    def local_path(self, key: str) -> Path | None: ...
    def as_file(self, key: str) -> Iterator[Path]: ...
    def leftovers_folder(self) -> Path | None: ...


def _store() -> Store:
    storage = storages["evidence"]
    if isinstance(storage, FileSystemStorage):
        return FolderStore(Path(storage.location))
    from cases.evidence.bucket import BucketStore  # a folder needs none of the client for S3

    return BucketStore(storage)


def original_key(owner_id: int, sha256: str) -> str:
    """Where an original lies: once for each content of an owner, shared by that owner's cases."""
    return f"originals/{owner_id}/{sha256[:2]}/{sha256}"


def copy_key(exhibit_id: int, kind: str, page: int, extension: str) -> str:
    return f"copies/{exhibit_id}/{kind}-{page}.{extension}"


def case_file_key(reference: str, number: int, sha256: str) -> str:
    return f"case-files/{reference}/{number}-{sha256[:12]}.zip"


def import_key(import_id: int, sha256: str) -> str:
    return f"imports/{import_id}/{sha256[:12]}.zip"


def piece_key(upload_id: int, offset: int, sha256: str) -> str:
    return f"uploads/{upload_id}/{offset:015d}-{sha256[:12]}"


def redaction_key(exhibit_id: int, number: int, sha256: str, extension: str) -> str:
    return f"redactions/{exhibit_id}/{number}-{sha256[:12]}.{extension}"


def put(key: str, path: Path) -> bool:
    """Store the finished file at `path` under `key`; safe on disk (or acknowledged by S3) on return.

    True when it is new, False when the same bytes were there. Raises AlreadyStored when other bytes
    are: nothing is ever overwritten. The caller must not write to `path` afterwards, only remove it,
    since a folder may keep the very same file under a second name.
    """
    return _store().put(key, path)


def open(key: str) -> BinaryIO:
    """The file for reading, seekable. Raises Missing."""
    return _store().open(key)


def open_part(key: str, start: int, length: int) -> Part:
    """`length` bytes from `start`, to be read forwards; a bucket hands out no others. Raises Missing.

    Where the line to a bucket breaks in the middle, reading raises what its client raises.
    """
    return _store().open_part(key, start, length)


def exists(key: str) -> bool:
    return _store().exists(key)


def size(key: str) -> int:
    """Bytes. Raises Missing."""
    return _store().size(key)


def digest(key: str) -> str:
    """SHA-256 (lower-case hex) of the bytes as they are now, read again to the last one. Raises Missing."""
    return _store().digest(key)


def delete(key: str) -> None:
    """Remove the file; nothing happens when it is not there."""
    _store().delete(key)


def keys() -> Iterator[str]:
    """The key of every stored file, in no order."""
    return _store().keys()


def local_path(key: str) -> Path | None:
    """Where the file lies on this machine; None when the store is not a folder. To be read only."""
    return _store().local_path(key)


@contextmanager
def as_file(key: str) -> Iterator[Path]:
    """The file at a path of this machine, for programs that want one; a copy where it lies elsewhere."""
    yield from _store().as_file(key)


def leftovers_folder() -> Path | None:
    """Where a put that was cut off may leave its draft; None where it leaves none."""
    return _store().leftovers_folder()
