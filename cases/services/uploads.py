"""Takes files in piece by piece, over lines that break, until each is whole and becomes an exhibit.

What the browser computed beforehand, the SHA-256 of the whole, tells a torn upload. How pieces are kept:
upload_pieces.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.evidence import intake, names, store
from cases.evidence.refused import Refused, could_not_keep
from cases.models import Case, Membership, Upload
from cases.services import evidence_room, exhibit_intake
from cases.services.exhibit_descriptions import check_typed
from cases.services.exhibit_intake import Said, TakenIn
from cases.services.upload_pieces import (
    Torn,
    WrongOffset,
    add_piece,
    end,
    ended,
    look_again,
    remove_pieces,
    whole,
)
from tracker.accounts.models import User

__all__ = [
    "PASSING",
    "Torn",
    "WrongOffset",
    "add_piece",
    "begin",
    "clear_stale",
    "finish",
    "give_up",
    "unfinished",
]

# More at once than anybody chooses; each holds room that others of the same owner lack.
MOST_UNDER_WAY = 100
UNFINISHED_FOR = timedelta(days=7)
ENDED_FOR = timedelta(days=1)
SWEPT_AT_ONCE = 50
# Refusals for what is wrong with the site and not with the file: the upload stays, the browser tries again.
PASSING = frozenset({"no_space", "store_trouble", "busy"})
_SHA256 = re.compile(r"[0-9a-f]{64}")


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
    evidence_room.check_room(owner, size)
    name = names.clean_name(said.name)
    return Upload.objects.create(
        case=case, user=by, name=name, size=size, sha256=sha256, began_at=at, last_at=at, **told
    )


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
        with whole(upload) as received:
            if received.sha256 != upload.sha256:
                raise _torn()
            taken = exhibit_intake.keep_once(
                received, case=upload.case, by=upload.user, at=at, said=said, upload=upload
            )
    except (Refused, store.StoreTrouble, exhibit_intake.Ended, Membership.DoesNotExist) as failure:
        look_again(upload)
        if upload.ended_at is not None:
            return _as_before(upload)  # another request finished it, or its case was erased
        if isinstance(failure, store.StoreTrouble):
            raise could_not_keep(failure) from failure
        if isinstance(failure, Refused) and failure.code not in PASSING and not end(upload, at=at):
            return _as_before(upload)
        raise
    end(upload, at=at, exhibit=taken.exhibit)
    return taken


def _as_before(upload: Upload) -> TakenIn:
    """The answer that was given when it ended: an exhibit that it became was received at that very moment."""
    exhibit = upload.exhibit
    if exhibit is None or upload.ended_at is None:
        raise ended()
    is_new = exhibit.received_at == upload.ended_at and exhibit.added_by_id == upload.user_id
    return TakenIn(exhibit, is_new, exhibit_intake.elsewhere(exhibit, until=upload.ended_at))


def _torn() -> Refused:
    return Refused(
        _(
            "What arrived is not what was sent: its SHA-256 differs from the one your browser computed. "
            "Nothing was kept. Choose the file again."
        ),
        code="torn",
    )


def give_up(*, upload: Upload, at: datetime) -> None:
    """End the upload and remove what arrived of it; one that is an exhibit already stays that."""
    if upload.ended_at is None:
        end(upload, at=at)


def unfinished(case: Case, user: User) -> list[Upload]:
    """What this user began to send to the case and did not finish, newest first."""
    return list(
        Upload.objects.filter(case=case, user=user, ended_at=None).order_by("-last_at")[:MOST_UNDER_WAY]
    )


def clear_stale(at: datetime | None = None) -> int:
    """What the tick calls: remove uploads that nobody went on with for a week, and those that ended."""
    now = at or timezone.now()
    for upload in Upload.objects.filter(ended_at=None, last_at__lt=now - UNFINISHED_FOR)[:SWEPT_AT_ONCE]:
        end(upload, at=now)
    over = Upload.objects.filter(ended_at__lt=now - ENDED_FOR)[:SWEPT_AT_ONCE]
    for upload in over:
        remove_pieces(upload)
        if not upload.pieces.exists():
            upload.delete()
    return len(over)
