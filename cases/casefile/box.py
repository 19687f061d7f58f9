"""What a verifier reads from: a ZIP or an unpacked folder, seen as named files. No Django."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from cases.rules.text import Text

# Far above any case file, far below what could fill a disk or a memory.
MOST_FILES = 20_000


class Unreadable(Exception):
    """It cannot be read as a case file at all; code, name and values make the sentence."""

    def __init__(self, code: str, name: str, **values: str | Text) -> None:
        super().__init__(code)
        self.code, self.name, self.values = code, name, values


class Damaged(Exception):
    """This one file cannot be read as it is recorded."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something about the container: a code of cases.casefile.wording, the file, other values."""

    code: str
    name: str
    values: dict[str, str | Text] = field(default_factory=dict)


class Box(Protocol):
    """Named files, with what is wrong with their container."""

    findings: list[Wrong]
    notes: list[Wrong]

    def names(self) -> list[str]: ...

    def size(self, name: str) -> int: ...

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content; raises Damaged, perhaps only at the end."""
        ...

    def close(self) -> None: ...


class FolderBox:
    """An unpacked case file; links are findings and never followed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: list[Wrong] = []
        self.notes: list[Wrong] = []
        self._sizes: dict[str, int] = {}
        for where, folders, files in os.walk(folder, onerror=_refuse):
            for name in sorted(folders) + sorted(files):
                self._take(Path(where, name))
            if len(self._sizes) > MOST_FILES:
                raise Unreadable("too_much", name=folder.name)

    def _take(self, path: Path) -> None:
        name, mode = path.relative_to(self.folder).as_posix(), path.lstat()
        if stat.S_ISREG(mode.st_mode):
            self._sizes[name] = mode.st_size
        elif not stat.S_ISDIR(mode.st_mode):
            self.findings.append(Wrong("link", name))

    def names(self) -> list[str]:
        return list(self._sizes)

    def size(self, name: str) -> int:
        return self._sizes[name]

    def chunks(self, name: str) -> Iterator[bytes]:
        try:
            with (self.folder / name).open("rb") as file:
                yield from _read(file)
        except OSError as error:
            raise Damaged(name) from error

    def close(self) -> None:
        return


def _refuse(error: OSError) -> None:
    raise error


def _read(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(1024 * 1024):
        yield chunk


def open_box(path: Path, called: str = "") -> Box:
    """The box at `path`, which people know as `called`; raises Unreadable."""
    from cases.casefile.zip_box import ZipBox

    name = called or path.name
    try:
        if path.is_dir():
            return FolderBox(path)
        if not path.exists():
            raise Unreadable("no_file", name=name)
        return ZipBox(path, name)
    except OSError as error:
        raise Unreadable("no_access", name=name, where=error.strerror or type(error).__name__) from error
