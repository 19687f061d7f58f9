"""The evidence store in a folder: a file appears whole and flushed under its name, or not at all."""

from __future__ import annotations

import errno
import filecmp
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from cases.evidence.parts import Part
from cases.evidence.trouble import AlreadyStored, Missing, StoreTrouble

DRAFTS = ".drafts"
_KEY = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_.-]*[A-Za-z0-9])+")
# Another file system, or one without second names for a file (exFAT, some network shares).
_CANNOT_LINK = {errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS}


class FolderStore:
    """Keys are paths below `root`; files have mode 0600, folders 0700."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, path: Path) -> bool:
        target = self._path(key)
        with _on_disk(key):
            _flush_file(path)
            self._make_folder(target.parent)
            is_new = self._link(path, target)
            if not is_new and not filecmp.cmp(path, target, shallow=False):
                raise AlreadyStored(f"Other bytes are stored under {key}.")
            self._flush_folders(target.parent)
        return is_new

    def open(self, key: str) -> BinaryIO:
        with _on_disk(key):
            return self._path(key).open("rb")

    def open_part(self, key: str, start: int, length: int) -> Part:
        file = self.open(key)
        file.seek(start)
        return Part(file, length)

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def size(self, key: str) -> int:
        with _on_disk(key):
            return self._path(key).stat().st_size

    def digest(self, key: str) -> str:
        with _on_disk(key), self._path(key).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def delete(self, key: str) -> None:
        target = self._path(key)
        with suppress(Missing), _on_disk(key):
            target.unlink()
            _flush_folder(target.parent)

    def keys(self) -> Iterator[str]:
        for folder, names, files in os.walk(self.root):
            if Path(folder) == self.root and DRAFTS in names:
                names.remove(DRAFTS)
            for name in files:
                yield (Path(folder) / name).relative_to(self.root).as_posix()

    def local_path(self, key: str) -> Path | None:
        return self._path(key)

    def as_file(self, key: str) -> Iterator[Path]:
        if not self.exists(key):
            raise Missing(f"No file is stored under {key}.")
        yield self._path(key)

    def leftovers_folder(self) -> Path | None:
        return self.root / DRAFTS

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key) or ".." in key:
            raise ValueError(f"“{key}” is not the key of a stored file.")
        return self.root / key

    def _link(self, path: Path, target: Path) -> bool:
        """Give the file its second name; False when the name is taken."""
        try:
            os.link(path, target)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _CANNOT_LINK:
                raise
            return self._copy(path, target)
        return True

    def _copy(self, path: Path, target: Path) -> bool:
        """Copy to the store's own file system first: a name must never stand for half a file."""
        self._make_folder(self.root / DRAFTS)
        descriptor, name = tempfile.mkstemp(dir=self.root / DRAFTS)
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as copy, path.open("rb") as file:
                shutil.copyfileobj(file, copy, 1024 * 1024)
                copy.flush()
                os.fsync(copy.fileno())
            try:
                os.link(draft, target)
            except FileExistsError:
                return False
            except OSError as error:
                if error.errno not in _CANNOT_LINK:
                    raise
                if target.exists():
                    return False
                # Two writers that meet here bring the same bytes: the key of an original is its hash.
                draft.rename(target)
            return True
        finally:
            draft.unlink(missing_ok=True)

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make_folder(folder.parent)
            folder.mkdir(mode=0o700, exist_ok=True)

    def _flush_folders(self, folder: Path) -> None:
        """Flush the name of the file and of every folder above it: another writer may just have made one."""
        while True:
            _flush_folder(folder)
            if folder == self.root:
                break
            folder = folder.parent


@contextmanager
def _on_disk(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise Missing(f"No file is stored under {key}.") from error
    except OSError as error:
        raise StoreTrouble(f"The disk failed on {key}: {error.strerror}.") from error


def _flush_file(path: Path) -> None:
    path.chmod(0o600)
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
