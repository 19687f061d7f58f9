"""What other apps handed over without a service worker in between: kept for a day, then put into a case.

It may come before the log-in, so it is bounded as a whole: nobody fills the disk from outside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.evidence.names import clean_name
from cases.models import Case, CustodyEntry, IncomingFile, IncomingShare, Membership, Role, Status
from cases.services import exhibits
from tracker.accounts.models import User
from tracker.limits import SHARE_BYTES

KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bound:
    """How much may wait at a time; `signs` is the longest text of one share."""

    file_bytes: int
    shares: int
    signs: int


# Of one user, and of all that came before a log-in together: bytes of files, shares, signs of each.
OF_A_USER = Bound(file_bytes=5 * SHARE_BYTES, shares=50, signs=100_000)
OF_NOBODY = Bound(file_bytes=10 * SHARE_BYTES, shares=500, signs=10_000)
MOST_FILES = 20
CASES_OFFERED = 30
TEXT_NAME = "shared-text.txt"


@transaction.atomic
def receive(*, by: User | None, at: datetime, words: str, files: Iterable[UploadedFile]) -> IncomingShare:
    """Raises ValidationError where nothing came, or where there is no room for it just now."""
    files = [file for file in files if file.size]
    # PostgreSQL takes no NUL, and no reader misses it.
    words = words.replace("\x00", "").strip()
    if not files and not words:
        raise ValidationError(_("Nothing came along. Share it again, or choose the file in its case."))
    bound = OF_A_USER if by else OF_NOBODY
    if len(words) > bound.signs or len(files) > MOST_FILES:
        raise ValidationError(_("This is too much to share at once. Log in and add it in its case."))
    size = sum(file.size or 0 for file in files)
    waiting = IncomingShare.objects.filter(user=by).aggregate(
        shares=Count("pk", distinct=True), file_bytes=Sum("files__size", default=0)
    )
    is_full = waiting["shares"] >= bound.shares or size + waiting["file_bytes"] > bound.file_bytes
    if size > SHARE_BYTES or is_full:
        raise ValidationError(_("There is no room for it just now. Log in and choose the file in its case."))
    share = IncomingShare.objects.create(user=by, words=words, received_at=at)
    for file in files:
        content = b"".join(file.chunks())
        name = clean_name(file.name or "")
        IncomingFile.objects.create(share=share, name=name, size=len(content), content=content)
    return share


def waiting_for(user: User) -> QuerySet[IncomingShare]:
    """What this user may put into a case, by its key: their own, and what came before a log-in."""
    return IncomingShare.objects.filter(
        Q(user=user) | Q(user=None), received_at__gt=timezone.now() - KEPT_FOR
    ).prefetch_related("files")


def cases_for(user: User) -> QuerySet[Case]:
    """Open cases that the user may change, the one in which something happened last at first; no examples,
    which go away with all that is in them.
    """
    mine = Membership.objects.filter(user=user, role__in=(Role.OWNER, Role.HELPER))
    last = CustodyEntry.objects.filter(case=OuterRef("pk")).order_by("-sequence").values("at")[:1]
    return (
        Case.objects.filter(pk__in=mine.values("case"))
        .exclude(Q(status=Status.CLOSED) | Q(is_example=True))
        .annotate(last_at=Subquery(last))
        .order_by("-last_at", "-pk")[:CASES_OFFERED]
    )


def put_into(*, share: IncomingShare, case: Case, by: User, at: datetime) -> list[str]:
    """Files and text become exhibits; what is refused stays shared, and its sentences are returned."""
    refused = []
    for file in share.files.all():
        if sentences := _take_in(file.name, bytes(file.content), case=case, by=by, at=at):
            refused += sentences
        else:
            file.delete()
    if share.words:
        if sentences := _take_in(TEXT_NAME, share.words.encode(), case=case, by=by, at=at):
            refused += sentences
        else:
            IncomingShare.objects.filter(pk=share.pk).update(words="")
    if not refused:
        share.delete()
    return refused


def _take_in(name: str, content: bytes, *, case: Case, by: User, at: datetime) -> list[str]:
    try:
        exhibits.take_in(case=case, by=by, at=at, upload=ContentFile(content, name), said=exhibits.Said(name))
    except ValidationError as error:
        return [f"{name}: {sentence}" for sentence in error.messages]
    return []


def clear_stale() -> None:
    """What nobody put into a case within a day."""
    IncomingShare.objects.filter(received_at__lte=timezone.now() - KEPT_FOR).delete()
