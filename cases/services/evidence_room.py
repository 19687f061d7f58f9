"""How much the evidence of an owner takes up, and whether more of it has room."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from cases.evidence.refused import Refused
from cases.models import Exhibit, Redaction, Role, Upload
from tracker.accounts.models import User


def used_bytes(owner: User) -> int:
    """What the exhibits in the cases of this owner and their redacted copies take up, whoever sent them."""
    owned = Exhibit.objects.filter(case__memberships__user=owner, case__memberships__role=Role.OWNER)
    copies = Redaction.objects.filter(exhibit__in=owned)
    return sum(int(rows.aggregate(bytes=Sum("size"))["bytes"] or 0) for rows in (owned, copies))


def reserved_bytes(owner: User) -> int:
    """What the uploads under way into the cases of this owner will take up, as they were announced."""
    under_way = Upload.objects.filter(
        ended_at=None, case__memberships__user=owner, case__memberships__role=Role.OWNER
    )
    return int(under_way.aggregate(bytes=Sum("size"))["bytes"] or 0)


def check_room(owner: User, size: int, *, is_reserved: bool = False) -> None:
    """Raise Refused where so many bytes more would pass the owner's share; the caller holds the owner's lock.

    What came by an upload `is_reserved` since that began; all else leaves their room to the uploads.
    """
    reserved = 0 if is_reserved else reserved_bytes(owner)
    if used_bytes(owner) + reserved + size > settings.USER_MAX_BYTES:
        raise Refused(
            _(
                "The evidence of this account would pass %(limit)s. "
                "Ask whoever runs this site for more room, or send smaller files."
            ),
            code="no_room_for_user",
            params={"limit": filesizeformat(settings.USER_MAX_BYTES)},
        )
