"""Takes an upload in: streams it to a file of our own while counting and hashing it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from cases.evidence.refused import Refused, could_not_keep

CHUNK = 256 * 1024
PREFIX = "exhibit-"


@dataclass(frozen=True, slots=True)
class Received:
    """A whole file as it came in: where it lies for now, its SHA-256 (lower-case hex), its size in bytes."""

    path: Path
    sha256: str
    size: int


def incoming_folder() -> Path:
    """Where uploads lie until they are stored or refused; whatever grows old here was left by a crash."""
    return Path(settings.FILE_UPLOAD_TEMP_DIR)


@contextmanager
def receive(upload: File[Any], *, max_bytes: int) -> Iterator[Received]:
    """The upload as a file (mode 0600) that is gone when the block ends, however it ends.

    Memory stays flat whatever the size. The store flushes the file to disk when it takes it over.
    Raises Refused for an empty file, one above `max_bytes`, and a disk that is full or fails.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=PREFIX, dir=incoming_folder())
    except OSError as error:
        raise could_not_keep(error) from error
    path = Path(name)
    try:
        try:
            with os.fdopen(descriptor, "wb") as file:
                sha256, size = _copy(upload, file, max_bytes)
        except OSError as error:
            raise could_not_keep(error) from error
        yield Received(path, sha256, size)
    finally:
        path.unlink(missing_ok=True)


def empty() -> Refused:
    return Refused(
        _("The file is empty. Choose it again; if it stays empty, take a new screenshot."), code="empty"
    )


def too_large(most: int) -> Refused:
    return Refused(
        _(
            "The file is larger than %(limit)s. Take a screenshot of the part that matters, "
            "or save it smaller and send it again."
        ),
        code="too_large",
        params={"limit": filesizeformat(most)},
    )


def _copy(upload: File[Any], file: BinaryIO, max_bytes: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in upload.chunks(CHUNK):
        size += len(chunk)
        if size > max_bytes:
            raise too_large(max_bytes)
        digest.update(chunk)
        file.write(chunk)
    if not size:
        raise empty()
    return digest.hexdigest(), size
