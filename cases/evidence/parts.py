"""A part of a stored file, read from where it begins and no further than it goes."""

from __future__ import annotations

from typing import Protocol


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...
    def close(self) -> None: ...


class Part:
    """The next `length` bytes of what is open; closing it closes that."""

    def __init__(self, file: Readable, length: int) -> None:
        self._file = file
        self._left = length

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(self._left if size < 0 else min(size, self._left)) if self._left else b""
        self._left -= len(data)
        return data

    def close(self) -> None:
        self._file.close()
