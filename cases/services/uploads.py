"""Takes files in piece by piece, over lines that break, until each is whole and becomes an exhibit.

A piece is safe in the evidence store before its row commits, so any web process of any machine can go on
where another stopped. What the browser computed beforehand, the SHA-256 of the whole, tells a torn upload.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.evidence import intake, names, store
from cases.evidence.refused import Refused, could_not_keep
from cases.models import Case, Role, Upload, UploadPiece
from cases.services import exhibit_intake
from cases.services.exhibit_descriptions import check_typed
from cases.services.exhibit_intake import Said, TakenIn
from tracker.accounts.models import User

log = logging.getLogger(__name__)

LARGEST_PIECE = 8 * 1024 * 1024
# More at once than anybody chooses; each holds room that others of the same owner lack.
MOST_UNDER_WAY = 100
UNFINISHED_FOR = timedelta(days=7)
ENDED_FOR = timedelta(days=1)
SWEPT_AT_ONCE = 50
_SHA256 = re.compile(r"[0-9a-f]{64}")


class WrongOffset(Exception):
    """The piece does not begin where the upload goes on; `offset` is where it does."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"The upload goes on at byte {offset}.")
        self.offset = offset


class Torn(Exception):
    """Fewer bytes of a piece arrived than were announced; nothing of it was kept."""


@transaction.atomic
def begin(*, case: Case, by: User, at: datetime, size: int, sha256: str, said: Said) -> Upload:
    """An upload to send pieces to: a new one, or the one under way of the same bytes by the same user.

    Raises ValidationError and Refused.
    """
    check_typed(case=case, shows=said.shows, claimed_at=said.claimed_at, contact=said.contact, at=at)
    if not _SHA256.fullmatch(sha256) or size < 0:
        raise ValidationError(
            _("The announcement of this file cannot be read. Reload the page and try again.")
        )
    if size == 0:
        raise intake.empty()
    if size > exhibit_intake.largest():
        raise intake.too_large(exhibit_intake.largest())
    owner = case.owner
    exhibit_intake.lock(owner, case)
    rows = Upload.objects.filter(case=case, user=by, ended_at=None)
    told = {"shows": said.shows, "claimed_at": said.claimed_at, "contact": said.contact}
    under_way = rows.filter(sha256=sha256, size=size).first()
    if under_way is not None:
        Upload.objects.filter(pk=under_way.pk).update(**told)
        under_way.refresh_from_db()
        return under_way
    if Upload.objects.filter(user=by, ended_at=None).count() >= MOST_UNDER_WAY:
        raise Refused(
            _("%(count)s files are under way already. Let them finish, or discard some, then send this one."),
            code="too_many_under_way",
            params={"count": MOST_UNDER_WAY},
        )
    if exhibit_intake.used_bytes(owner) + _under_way_bytes(owner) + size > settings.USER_MAX_BYTES:
        raise exhibit_intake.no_room_for_user()
    name = names.clean_name(said.name)
    return Upload.objects.create(
        case=case, user=by, name=name, size=size, sha256=sha256, began_at=at, last_at=at, **told
    )


def add_piece(*, upload: Upload, offset: int, stream: BinaryIO, length: int, at: datetime) -> int:
    """Keep the next `length` bytes of the upload; return where it goes on.

    Raises WrongOffset, Torn when fewer bytes come, Refused for a piece that is too long or cannot be kept.
    """
    if offset != upload.offset:
        raise WrongOffset(upload.offset)
    if length > LARGEST_PIECE or offset + length > upload.size:
        raise intake.too_large(min(LARGEST_PIECE, upload.size - offset))
    if not length:
        return upload.offset
    with _received(stream, length) as (path, sha256):
        key = store.piece_key(upload.pk, offset, sha256)
        try:
            is_new = store.put(key, path)
        except store.StoreTrouble as error:
            raise could_not_keep(error) from error
    try:
        with transaction.atomic():
            _follow(upload, offset, length, sha256, key, at)
    except BaseException:
        if is_new and not UploadPiece.objects.filter(storage_key=key).exists():
            store.delete(key)
        raise
    return upload.offset


def _follow(upload: Upload, offset: int, length: int, sha256: str, key: str, at: datetime) -> None:
    """Write the piece down, unless another request was faster."""
    rows = Upload.objects.filter(pk=upload.pk, offset=offset, ended_at=None)
    if not rows.update(offset=offset + length, last_at=at):
        upload.refresh_from_db()
        raise WrongOffset(upload.offset)
    UploadPiece.objects.create(upload=upload, offset=offset, size=length, sha256=sha256, storage_key=key)
    upload.offset = offset + length


@contextmanager
def _received(stream: BinaryIO, length: int) -> Iterator[tuple[Path, str]]:
    """Exactly so many bytes of the stream as a file that is gone when the block ends, and their SHA-256."""
    digest, left = hashlib.sha256(), length
    with tempfile.NamedTemporaryFile(prefix="piece-", dir=intake.incoming_folder()) as file:
        try:
            while left and (chunk := stream.read(min(left, intake.CHUNK))):
                digest.update(chunk)
                file.write(chunk)
                left -= len(chunk)
            file.flush()
        except OSError as error:
            if error.errno is None:
                raise Torn from error  # the browser went away; a disk that fails says how by its number
            raise could_not_keep(error) from error
        if left:
            raise Torn
        yield Path(file.name), digest.hexdigest()


def finish(*, upload: Upload, at: datetime) -> TakenIn:
    """Make an exhibit of the upload, whose last byte is here; asked again it gives the same answer.

    Raises Refused for bytes that are not the announced ones or that cannot be an exhibit: then the upload
    ends and nothing is kept. A store that does not answer leaves all as it is, to be finished later.
    """
    if upload.ended_at is not None:
        return _as_before(upload)
    contact = upload.contact if upload.contact_id else None
    said = Said(upload.name, upload.shows, upload.claimed_at, contact)
    try:
        with _whole(upload) as received:
            if received.sha256 != upload.sha256:
                raise _torn()
            taken = exhibit_intake.keep_once(received, case=upload.case, by=upload.user, at=at, said=said)
    except store.StoreTrouble as error:
        upload.refresh_from_db()
        if upload.ended_at is not None:
            return _as_before(upload)  # another request finished it, and took the pieces away
        raise could_not_keep(error) from error
    except Refused as refused:
        if refused.code not in {"no_space", "store_trouble", "busy"}:
            _end(upload, at=at)
        raise
    _end(upload, at=at, taken=taken)
    return taken


def _as_before(upload: Upload) -> TakenIn:
    if upload.exhibit is None:
        raise Refused(
            _("This upload has ended and nothing of it was kept. Choose the file again."), code="ended"
        )
    return TakenIn(upload.exhibit, is_new=True)


def _torn() -> Refused:
    return Refused(
        _(
            "What arrived is not what was sent: its SHA-256 differs from the one your browser computed. "
            "Nothing was kept. Choose the file again."
        ),
        code="torn",
    )


@contextmanager
def _whole(upload: Upload) -> Iterator[intake.Received]:
    """The pieces put together as one file, hashed anew; gone when the block ends."""
    digest, size = hashlib.sha256(), 0
    descriptor, name = tempfile.mkstemp(prefix=intake.PREFIX, dir=intake.incoming_folder())
    path = Path(name)
    try:
        try:
            with os.fdopen(descriptor, "wb") as whole:
                for piece in upload.pieces.order_by("offset"):
                    with store.open(piece.storage_key) as file:
                        while chunk := file.read(intake.CHUNK):
                            digest.update(chunk)
                            size += whole.write(chunk)
        except OSError as error:
            raise could_not_keep(error) from error
        yield intake.Received(path, digest.hexdigest(), size)
    finally:
        path.unlink(missing_ok=True)


def give_up(*, upload: Upload, at: datetime) -> None:
    """End the upload and remove what arrived of it; one that is an exhibit already stays that."""
    if upload.ended_at is None:
        _end(upload, at=at)


def _end(upload: Upload, *, at: datetime, taken: TakenIn | None = None) -> None:
    """First the row, then the files, then their rows: whatever is left in between, `clear_stale` finds."""
    exhibit = taken.exhibit if taken else None
    if Upload.objects.filter(pk=upload.pk, ended_at=None).update(ended_at=at, exhibit=exhibit):
        upload.ended_at, upload.exhibit = at, exhibit
    _remove_pieces(upload)


def _remove_pieces(upload: Upload) -> None:
    for piece in upload.pieces.all():
        try:
            store.delete(piece.storage_key)
        except store.StoreTrouble:
            log.warning("A piece of an ended upload stays for now: %s", piece.storage_key)
        else:
            piece.delete()


def unfinished(case: Case, user: User) -> list[Upload]:
    """What this user began to send to the case and did not finish, newest first."""
    return list(
        Upload.objects.filter(case=case, user=user, ended_at=None).order_by("-last_at")[:MOST_UNDER_WAY]
    )


def clear_stale(at: datetime | None = None) -> int:
    """What the tick calls: remove uploads that nobody went on with for a week, and those that ended."""
    now = at or timezone.now()
    for upload in Upload.objects.filter(ended_at=None, last_at__lt=now - UNFINISHED_FOR)[:SWEPT_AT_ONCE]:
        _end(upload, at=now)
    ended = Upload.objects.filter(ended_at__lt=now - ENDED_FOR)[:SWEPT_AT_ONCE]
    for upload in ended:
        _remove_pieces(upload)
        if not upload.pieces.exists():
            upload.delete()
    return len(ended)


def _under_way_bytes(owner: User) -> int:
    under_way = Upload.objects.filter(
        ended_at=None, case__memberships__user=owner, case__memberships__role=Role.OWNER
    )
    return int(under_way.aggregate(bytes=Sum(F("size")))["bytes"] or 0)
