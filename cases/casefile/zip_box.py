"""Reads a ZIP strictly: what two programs could read differently is a finding. No Django.

The writer leaves no freedom in the wrapper (stored, one date, no comments, no gaps), so one changed
byte of it shows. A ZIP packed again by another program differs everywhere; that is told as a note.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cases.casefile import layout
from cases.casefile.box import MOST_FILES, Damaged, Unreadable, Wrong
from cases.casefile.wording import PLACES
from cases.rules.text import Text

FILE_MODE = 0o100644 << 16
LARGEST_DIRECTORY = 16 * 1024 * 1024
# Pictures hardly shrink: what claims to grow more than this when unpacked is no case file.
GROWTH, GROWTH_ALLOWANCE = 3, 64 * 1024 * 1024

HAS_DESCRIPTOR, LONGEST_DESCRIPTOR = 0x08, 24
IS_ZIP64 = 0xFFFFFFFF

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_LOCAL = struct.Struct("<4s2H3H3L2H")
_CENTRAL = struct.Struct("<28x3H12x")
_UNSAFE_NAME = re.compile(r"^/|^[A-Za-z]:|\\|(^|/)\.\.?(/|$)|//|[\x00-\x1f\x7f]")
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class _End:
    """The end record: how many entries, where the directory starts, how many bytes come before and after."""

    entries: int
    directory_at: int
    bytes_before: int
    bytes_behind: int
    is_plain: bool


class ZipBox:
    """The files of a ZIP, by name; each is read once, in bounded memory."""

    def __init__(self, path: Path, called: str) -> None:
        self.findings: list[Wrong] = []
        self.notes: list[Wrong] = []
        self._called = called
        self._file = path.open("rb")
        try:
            end = _read_end(self._file, called)
            self._zip = zipfile.ZipFile(self._file)
            self._members = self._admitted(end)
        except Unreadable:
            self._file.close()
            raise
        except (*_UNREADABLE, struct.error) as error:
            self._file.close()
            raise Unreadable("not_a_zip", name=called) from error

    def names(self) -> list[str]:
        return list(self._members)

    def size(self, name: str) -> int:
        return self._members[name].file_size

    def chunks(self, name: str) -> Iterator[bytes]:
        try:
            with self._zip.open(self._members[name]) as file:
                while chunk := file.read(1024 * 1024):
                    yield chunk
        except (*_UNREADABLE, struct.error) as error:
            raise Damaged(name) from error

    def close(self) -> None:
        self._zip.close()
        self._file.close()

    def _admitted(self, end: _End) -> dict[str, zipfile.ZipInfo]:
        entries = self._zip.infolist()
        declared, size = sum(entry.file_size for entry in entries), self._file.seek(0, 2)
        if len(entries) > MOST_FILES or declared > GROWTH * size + GROWTH_ALLOWANCE:
            raise Unreadable("too_much", name=self._called)
        for count, place in ((end.bytes_before, PLACES["front"]), (end.bytes_behind, PLACES["behind"])):
            if count:
                self._finding("extra_bytes", self._called, where=place)
        if not end.is_plain or end.entries != len(entries):
            self._finding("wrapper", self._called)
        self._check_wrapper(entries, end)
        members: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            if self._is_admitted(entry, members):
                members[_name(entry)] = entry
        return _without_common_folder(members)

    def _is_admitted(self, entry: zipfile.ZipInfo, members: dict[str, zipfile.ZipInfo]) -> bool:
        name, mode = _name(entry), entry.external_attr >> 16
        if entry.is_dir() and not entry.file_size and not _UNSAFE_NAME.search(name):
            return False  # A folder without content says nothing.
        code = (
            "outside"
            if _UNSAFE_NAME.search(name) or entry.is_dir()
            else "duplicate"
            if name in members
            else "link"
            if stat.S_ISLNK(mode)
            else "encrypted"
            if entry.flag_bits & 0x41
            else ""
        )
        if code:
            self._finding(code, name)
        return not code

    def _check_wrapper(self, entries: list[zipfile.ZipInfo], end: _End) -> None:
        """Local headers against the directory, no gaps, no overlaps; and the form that the writer gives."""
        position, slack, restyled = end.bytes_before, 0, []
        for entry in sorted(entries, key=lambda entry: entry.header_offset):
            header = _local_header(self._file, entry.header_offset)
            if not _agree(header, entry):
                self._finding("wrapper", _name(entry))
            elif header != _as_written(entry) or not _is_plain(entry):
                restyled.append(_name(entry))
            if not 0 <= entry.header_offset - position <= slack:
                self._finding("extra_bytes", _name(entry), where=PLACES["between"])
            position = entry.header_offset + len(header) + entry.compress_size
            slack = LONGEST_DESCRIPTOR if entry.flag_bits & HAS_DESCRIPTOR else 0
        if not 0 <= end.directory_at - position <= slack:
            self._finding("extra_bytes", self._called, where=PLACES["between"])
        if len(restyled) * 2 > len(entries):
            self.notes.append(Wrong("packed_again", self._called))
        else:
            for name in restyled:
                self._finding("wrapper", name)

    def _finding(self, code: str, name: str, **values: str | Text) -> None:
        self.findings.append(Wrong(code, name, dict(values)))


def _read_end(file: BinaryIO, called: str) -> _End:
    """The end record, checked against limits before anything else is read; raises Unreadable."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END.size - 65_535))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        raise Unreadable("not_a_zip", name=called)
    _signature, disk, first_disk, here, entries, length, offset, comment = _END.unpack_from(tail, at)
    directory_end = size - len(tail) + at
    is_plain = not (disk or first_disk or comment) and here == entries
    if at >= _LOCATOR64.size and tail[at - _LOCATOR64.size :].startswith(b"PK\x06\x07"):
        file.seek(_LOCATOR64.unpack_from(tail, at - _LOCATOR64.size)[2])
        record = file.read(_END64.size)
        if len(record) < _END64.size or not record.startswith(b"PK\x06\x06"):
            raise Unreadable("not_a_zip", name=called)
        *_rest, here, entries, length, offset = _END64.unpack(record)
        directory_end -= _LOCATOR64.size + _END64.size
    if entries > MOST_FILES or length > LARGEST_DIRECTORY:
        raise Unreadable("too_much", name=called)
    directory_at = directory_end - length
    if directory_at < offset or not _is_whole(file, directory_at, length):
        raise Unreadable("not_a_zip", name=called)
    return _End(
        entries=entries,
        directory_at=directory_at,
        bytes_before=directory_at - offset,
        bytes_behind=len(tail) - at - _END.size,
        is_plain=is_plain,
    )


def _is_whole(file: BinaryIO, at: int, length: int) -> bool:
    """Whether the directory is made of entries from its first byte to its last."""
    file.seek(at)
    directory, position = file.read(length), 0
    while position + _CENTRAL.size <= length and directory.startswith(b"PK\x01\x02", position):
        position += _CENTRAL.size + sum(_CENTRAL.unpack_from(directory, position)[-1:-4:-1])
    return position == length == len(directory)


def _name(entry: zipfile.ZipInfo) -> str:
    """The name of a file; some programs write UTF-8 without saying so."""
    name = entry.orig_filename
    if not entry.flag_bits & 0x800 and not name.isascii():
        with suppress(UnicodeError):
            return name.encode("cp437").decode()
    return name


def _local_header(file: BinaryIO, offset: int) -> bytes:
    """The header before the file's bytes, with its name and extra fields; raises BadZipFile."""
    file.seek(offset)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
        raise zipfile.BadZipFile("A local header is not where the directory says.")
    name, extra = _LOCAL.unpack(header)[-2:]
    return header + file.read(name + extra)


def _agree(header: bytes, entry: zipfile.ZipInfo) -> bool:
    """Whether the two records of one file say the same of its name, its form and its size."""
    _sig, _version, flags, method, _time, _date, crc, packed, size, name, _extra = _LOCAL.unpack_from(header)
    raw_name = header[_LOCAL.size : _LOCAL.size + name]
    encoding = "utf-8" if flags & 0x800 else "cp437"
    same_sizes = (crc, packed, size) == (entry.CRC, entry.compress_size, entry.file_size)
    return (
        raw_name.decode(encoding, "replace") == entry.orig_filename
        and (flags, method) == (entry.flag_bits, entry.compress_type)
        and method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        and (same_sizes or bool(flags & HAS_DESCRIPTOR) or IS_ZIP64 in (packed, size))
    )


def _as_written(entry: zipfile.ZipInfo) -> bytes:
    """The local header that cases.casefile.bag gives to such a file."""
    own = zipfile.ZipInfo(entry.orig_filename, entry.date_time)
    own.create_system, own.CRC = 3, entry.CRC
    own.file_size, own.compress_size = entry.file_size, entry.compress_size
    return own.FileHeader(zip64=entry.file_size * 1.05 > zipfile.ZIP64_LIMIT)


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    """Whether the directory's record is as cases.casefile.bag writes it."""
    return (
        (entry.create_system, entry.external_attr, entry.internal_attr) == (3, FILE_MODE, 0)
        and (entry.reserved, entry.volume, entry.comment) == (0, 0, b"")
        and entry.create_version == entry.extract_version
        and (entry.create_version == 45 or (entry.create_version, entry.extra) == (20, b""))
    )


def _without_common_folder(members: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Packing a folder again puts its name before every file: take one such name off."""
    folder = next(iter(members), "").partition("/")[0] + "/"
    if f"{folder}{layout.MANIFEST}" not in members or not all(name.startswith(folder) for name in members):
        return members
    return {name[len(folder) :]: entry for name, entry in members.items()}
