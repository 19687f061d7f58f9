"""The pieces of one upload: received, kept in the evidence store, put together, removed.

A piece is safe in the evidence store before its row commits, so any web process of any machine can go on
where another stopped.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.evidence import intake, sniff, store
from cases.evidence.refused import Refused, could_not_keep
from cases.models import Exhibit, Upload, UploadPiece
from cases.services import exhibit_intake

log = logging.getLogger(__name__)

LARGEST_PIECE = 8 * 1024 * 1024


class WrongOffset(Exception):
    """The piece does not begin where the upload goes on; `offset` is where it does."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"The upload goes on at byte {offset}.")
        self.offset = offset


class Torn(Exception):
    """Fewer bytes of a piece arrived than were announced; nothing of it was kept."""


def add_piece(*, upload: Upload, offset: int, stream: BinaryIO, length: int, at: datetime) -> int:
    """Keep the next `length` bytes of the upload; return where it goes on.

    Raises WrongOffset, Torn when fewer bytes come, Refused for a piece that is too long or cannot be kept,
    and for a first one that tells that this is no evidence: then the upload ends.
    """
    if offset != upload.offset:
        raise WrongOffset(upload.offset)
    if length > LARGEST_PIECE or offset + length > upload.size:
        raise intake.too_large(min(LARGEST_PIECE, upload.size - offset))
    if not length:
        return upload.offset
    with _received(stream, length) as (path, sha256):
        if not offset:
            _check_beginning(upload, path, length, at)
        key = store.piece_key(upload.pk, offset, sha256)
        with _stored(upload, key, path), transaction.atomic():
            _follow(upload, offset, length, sha256, key, at)
            if not store.exists(key):
                # Another request with the same piece failed and took its file away before we had the row.
                store.put(key, path)
    upload.offset = offset + length
    return upload.offset


def _check_beginning(upload: Upload, path: Path, length: int, at: datetime) -> None:
    """Refuse, and end the upload, where the first bytes and the announced size tell already that it is no
    evidence; `finish` looks into the whole.
    """
    if length < min(sniff.HEAD_BYTES, upload.size):
        return
    try:
        with path.open("rb") as file:
            media_type = sniff.media_type_of(file.read(sniff.HEAD_BYTES))
        exhibit_intake.check_size(media_type, upload.size)
    except Refused:
        end(upload, at=at)
        raise


@contextmanager
def _stored(upload: Upload, key: str, path: Path) -> Iterator[None]:
    """The piece in the store before the block; gone again after one that failed, unless a row names it."""
    try:
        is_new = store.put(key, path)
        try:
            yield
        except BaseException:
            if is_new:
                _remove_unnamed(upload, key)
            raise
    except store.StoreTrouble as error:
        raise could_not_keep(error) from error


def _remove_unnamed(upload: Upload, key: str) -> None:
    """Not while another request writes down the same piece: whoever has the row looks for the file."""
    try:
        with transaction.atomic():
            Upload.objects.select_for_update(no_key=True).filter(pk=upload.pk).first()
            if not UploadPiece.objects.filter(storage_key=key).exists():
                store.delete(key)
    except Exception:
        # The first failure is the one to report; the file goes with the sweep after the upload.
        log.exception("A piece that no row names stays for now: %s", key)


def _follow(upload: Upload, offset: int, length: int, sha256: str, key: str, at: datetime) -> None:
    """Write the piece down, unless another request was faster."""
    rows = Upload.objects.filter(pk=upload.pk, offset=offset, ended_at=None)
    if not rows.update(offset=offset + length, last_at=at):
        look_again(upload)
        raise WrongOffset(upload.offset)
    UploadPiece.objects.create(upload=upload, offset=offset, size=length, sha256=sha256, storage_key=key)


def look_again(upload: Upload) -> None:
    """What other requests made of it meanwhile. Raises Refused where it is gone with its case."""
    try:
        upload.refresh_from_db()
    except Upload.DoesNotExist as error:
        raise ended() from error


@contextmanager
def _received(stream: BinaryIO, length: int) -> Iterator[tuple[Path, str]]:
    """Exactly so many bytes of the stream as a file that is gone when the block ends, and their SHA-256."""
    digest, left = hashlib.sha256(), length
    try:
        descriptor, name = tempfile.mkstemp(prefix="piece-", dir=intake.incoming_folder())
    except OSError as error:
        raise could_not_keep(error) from error
    path = Path(name)
    try:
        try:
            with os.fdopen(descriptor, "wb") as file:
                while left and (chunk := stream.read(min(left, intake.CHUNK))):
                    digest.update(chunk)
                    file.write(chunk)
                    left -= len(chunk)
        except OSError as error:
            if error.errno is None:
                raise Torn from error  # the browser went away; a disk that fails says how by its number
            raise could_not_keep(error) from error
        if left:
            raise Torn
        yield path, digest.hexdigest()
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def whole(upload: Upload) -> Iterator[intake.Received]:
    """The pieces put together as one file, hashed anew; gone when the block ends."""
    digest, size = hashlib.sha256(), 0
    try:
        descriptor, name = tempfile.mkstemp(prefix=intake.PREFIX, dir=intake.incoming_folder())
    except OSError as error:
        raise could_not_keep(error) from error
    path = Path(name)
    try:
        try:
            with os.fdopen(descriptor, "wb") as target:
                for piece in upload.pieces.order_by("offset"):
                    with store.open(piece.storage_key) as file:
                        while chunk := file.read(intake.CHUNK):
                            digest.update(chunk)
                            size += target.write(chunk)
        except store.Missing as error:
            raise _gone() from error
        except OSError as error:
            raise could_not_keep(error) from error
        yield intake.Received(path, digest.hexdigest(), size)
    finally:
        path.unlink(missing_ok=True)


def end(upload: Upload, *, at: datetime, exhibit: Exhibit | None = None) -> bool:
    """First the row, then the files, then their rows: whatever is left in between, `clear_stale` finds.

    False where it had ended already; it stays as it ended.
    """
    ends = Upload.objects.filter(pk=upload.pk, ended_at=None).update(ended_at=at, exhibit=exhibit)
    try:
        upload.refresh_from_db()
    except Upload.DoesNotExist:
        return False  # it went with its case, and its files with it
    remove_pieces(upload)
    return bool(ends)


def remove_pieces(upload: Upload) -> None:
    for piece in upload.pieces.all():
        try:
            store.delete(piece.storage_key)
        except store.StoreTrouble:
            log.warning("A piece of an ended upload stays for now: %s", piece.storage_key)
        else:
            piece.delete()


def ended() -> Refused:
    return Refused(
        _("This upload has ended and nothing of it was kept. Choose the file again."), code="ended"
    )


def _gone() -> Refused:
    return Refused(
        _(
            "A part of what you sent is not there any more, so nothing was kept. Choose the file again: "
            "it is sent anew."
        ),
        code="gone",
    )
