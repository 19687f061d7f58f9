"""Writes the ZIP: a BagIt 1.0 bag in one pass, with flat memory, the same bytes for the same state.

Everything is stored, not squeezed: pictures do not shrink. The payload is hashed while it is written;
the manifest names the payload, the tag manifest the rest, the signature covers the tag manifest.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from cases.casefile import layout
from cases.casefile.how_to_verify import how_to_verify
from cases.casefile.sign import SigningKey
from cases.casefile.timestamp import NoStamp
from cases.casefile.timestamp_chain import chain_of, root_of
from cases.casefile.verify_page import verify_page
from cases.rules.text import Text

CHUNK = 1024 * 1024
# Regular file, readable by all, writable by its owner.
FILE_MODE = 0o100644 << 16


class Altered(Exception):
    """A file of the payload is not what was received; `label` names it for people, as in E3."""

    def __init__(self, label: str) -> None:
        super().__init__(f"{label} is not what was received.")
        self.label = label


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the payload. `sha256`: what it must have (empty: not known before); `label`: for people."""

    path: str
    size: int
    open: Callable[[], BinaryIO]
    sha256: str = ""
    label: str = ""


def member_of(path: str, content: bytes) -> Member:
    return Member(path=path, size=len(content), open=lambda: io.BytesIO(content))


def member_from(path: str, file: Path, *, sha256: str = "", label: str = "") -> Member:
    return Member(
        path=path, size=file.stat().st_size, open=lambda: file.open("rb"), sha256=sha256, label=label
    )


@dataclass(frozen=True, slots=True)
class Bag:
    """What was written. `no_stamp`: why a time stamp that was asked for is not there."""

    sha256: str
    size: int
    manifest: str
    no_stamp: Text | None


@dataclass(slots=True)
class _Writer:
    archive: zipfile.ZipFile
    date: tuple[int, int, int, int, int, int]
    payload: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    octets: int = 0

    def copy(self, member: Member, alive: Callable[[], None]) -> None:
        """One file of the payload, hashed on its way; raises Altered when it is not what it must be."""
        entry = self._entry(member.path, member.size)
        digest, size = hashlib.sha256(), 0
        with member.open() as source, self.archive.open(entry, "w") as target:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                target.write(chunk)
                size += len(chunk)
                alive()
        if size != member.size or (member.sha256 and digest.hexdigest() != member.sha256):
            raise Altered(member.label or member.path)
        self.payload[member.path] = digest.hexdigest()
        self.octets += size

    def tag(self, path: str, content: bytes) -> bytes:
        self.archive.writestr(self._entry(path, len(content)), content)
        self.tags[path] = hashlib.sha256(content).hexdigest()
        return content

    def _entry(self, path: str, size: int) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(path, self.date)
        entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_STORED, FILE_MODE, 3
        entry.file_size = size
        return entry


def write_bag(
    target: Path,
    *,
    payload: Iterable[Member],
    info: Mapping[str, str],
    when: datetime,
    key: SigningKey,
    stamp: Callable[[bytes], bytes] | None = None,
    stamp_chain: Path | None = None,
    wrote: Callable[[str], None] = lambda path: None,
    alive: Callable[[], None] = lambda: None,
) -> Bag:
    """Write the whole case file to `target`, which must not be there yet.

    `when` is the date of every entry, as it is (ZIP knows no zones); `info` goes to bag-info.txt;
    `stamp` gets a time stamp for the manifest and may raise NoStamp, which is told in the bag; what is
    needed to check it is taken from it and from `stamp_chain` (PEM) into the bag; `wrote` hears of each
    file of the payload, `alive` is called in the middle of a large one too. Raises Altered; a half-written
    `target` is the caller's to remove.
    """
    no_stamp, root = None, ""
    with zipfile.ZipFile(target, "x") as archive:
        writer = _Writer(archive, (when.year, when.month, when.day, when.hour, when.minute, when.second))
        writer.tag(layout.DECLARATION, layout.DECLARATION_TEXT.encode())
        for member in payload:
            writer.copy(member, alive)
            wrote(member.path)
        manifest = writer.tag(layout.MANIFEST, _manifest(writer.payload))
        if stamp is not None:
            try:
                token = stamp(manifest)
                chain = chain_of(token, stamp_chain)
                writer.tag(layout.TIMESTAMP, token)
                root = root_of(writer.tag(layout.TSA_CHAIN, chain))
            except NoStamp as error:
                no_stamp = error.text
        has_stamp = layout.TIMESTAMP in writer.tags
        writer.tag(layout.BAG_INFO, _bag_info(info, writer, when, no_stamp, has_stamp))
        writer.tag(layout.PUBLIC_KEY, key.public_pem)
        text = how_to_verify(fingerprint=key.fingerprint, stamp_root=root, no_stamp=no_stamp)
        writer.tag(layout.HOW_TO_VERIFY, text.encode())
        writer.tag(layout.VERIFY_PAGE, verify_page())
        tag_manifest = writer.tag(layout.TAG_MANIFEST, _manifest(writer.tags))
        writer.tag(layout.SIGNATURE, key.sign(tag_manifest))
    sha256, size = hash_file(target)
    return Bag(sha256=sha256, size=size, manifest=manifest.decode(), no_stamp=no_stamp)


def hash_file(path: Path) -> tuple[str, int]:
    """SHA-256 (lower-case hex) and size in bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()


def _manifest(files: Mapping[str, str]) -> bytes:
    return "".join(layout.manifest_line(sha256, path) for path, sha256 in sorted(files.items())).encode()


def _bag_info(
    info: Mapping[str, str], writer: _Writer, when: datetime, no_stamp: Text | None, has_stamp: bool
) -> bytes:
    if has_stamp:
        time = f"stamped by an outside authority, see {layout.TIMESTAMP}"
    else:
        time = f"this installation's own. {no_stamp.en if no_stamp else ''}"
    lines = {
        "Bagging-Date": when.date().isoformat(),
        "Payload-Oxum": f"{writer.octets}.{len(writer.payload)}",
        **info,
        "Time-Source": time,
    }
    # One line each, whatever a value holds: a line break would begin another field.
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in lines.items()).encode()
