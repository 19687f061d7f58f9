"""Redacted copies of exhibits. The row is the truth: whoever makes one may die, and another goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cases.evidence import picture_pdf, redacting, store
from cases.evidence.redacting import SCALE, Box
from cases.models import Case, CustodyEntry, Exhibit, Redaction
from cases.services import evidence_room
from cases.services.redaction_making import make, make_waiting, wake
from tracker.accounts.models import User

__all__ = [
    "ask",
    "boxes_of",
    "can_redact",
    "chosen",
    "is_copy_of",
    "made_of_case",
    "make",
    "make_waiting",
    "open_page",
    "open_redaction",
    "too_many_boxes",
]

MOST_BOXES = 500
MOST_OF_AN_EXHIBIT = 50
_SIDES = ("page", "x", "y", "width", "height")


def can_redact(exhibit: Exhibit) -> bool:
    """Whether boxes can be drawn on it: pictures and PDF."""
    return redacting.can_redact(exhibit.media_type)


@transaction.atomic
def ask(*, exhibit: Exhibit, boxes: Sequence[Box], by: User, at: datetime) -> Redaction:
    """A new redaction, waiting its turn; a worker is woken after the commit.

    The same boxes again are the redaction that is there. Raises ValidationError for boxes that cannot
    be, for a kind that cannot be redacted and when there are too many.
    """
    _check(exhibit, boxes)
    owner = exhibit.case.owner
    User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
    Case.objects.select_for_update(no_key=True).only("pk").get(pk=exhibit.case_id)
    stored = [box.as_json() for box in sorted(set(boxes))]
    twin = exhibit.redactions.filter(boxes=stored, failure="", original_sha256=exhibit.sha256).first()
    if twin is not None:
        return twin
    _check_room(exhibit, owner)
    number = (exhibit.redactions.aggregate(last=Max("number"))["last"] or 0) + 1
    redaction = Redaction.objects.create(
        exhibit=exhibit,
        number=number,
        boxes=stored,
        original_sha256=exhibit.sha256,
        asked_by=by,
        asked_at=at,
    )
    wake(redaction.pk)
    return redaction


def boxes_of(raw: Any) -> list[Box]:
    """The boxes of what a browser sent: a list of {page, x, y, width, height}, whole numbers.

    Raises ValidationError with a sentence for anything else; where they may lie, `ask` checks.
    """
    wrong = ValidationError(
        _("The boxes did not arrive as they were drawn. Reload the page and draw them again."), code="boxes"
    )
    if not isinstance(raw, list):
        raise wrong
    if len(raw) > MOST_BOXES:
        raise too_many_boxes()
    for one in raw:
        if not isinstance(one, dict) or set(one) != set(_SIDES):
            raise wrong
        if any(type(one[name]) is not int or abs(one[name]) > 10**9 for name in _SIDES):
            raise wrong
    return [Box(**one) for one in raw]


def open_redaction(redaction: Redaction) -> BinaryIO:
    """The redacted file for reading. Raises ValidationError while there is none, and StoreTrouble."""
    if not redaction.is_made:
        raise ValidationError(_("This redacted copy is not made yet; wait a moment."), code="not_made")
    return store.open(redaction.storage_key)


def open_page(redaction: Redaction, page: int) -> tuple[bytes | BinaryIO, str]:
    """One page as it is in the redacted file, with its type: the picture itself, or the JPEG of a page.

    Raises as `open_redaction`, and ValidationError for a page that is not there.
    """
    if not 1 <= page <= redaction.page_count:
        raise ValidationError(_("There is no such page."), code="no_page")
    file = open_redaction(redaction)
    if redaction.media_type != "application/pdf":
        return file, redaction.media_type
    with file:
        return picture_pdf.page_jpeg(file, page), "image/jpeg"


def made_of_case(case: Case) -> dict[int, list[Redaction]]:
    """Made redactions by number of their exhibit, newest first; exhibits without one are left out."""
    made = Redaction.objects.filter(exhibit__case=case, made_at__isnull=False).select_related("exhibit")
    by_number: dict[int, list[Redaction]] = {}
    for redaction in made.order_by("exhibit__number", "-number"):
        by_number.setdefault(redaction.exhibit.number, []).append(redaction)
    return by_number


def chosen(case: Case, wanted: Mapping[int, int] | None) -> dict[str, int]:
    """What a case file hands out redacted, {number of the exhibit: number of its redaction}.

    `wanted` names what goes redacted, everything else goes as original; None is the newest redaction
    of each exhibit that has one. Raises ValidationError for one that is not there or not made.
    """
    there = made_of_case(case)
    if wanted is None:
        return {str(number): made[0].number for number, made in there.items()}
    for number, redaction in wanted.items():
        if redaction not in {one.number for one in there.get(number, [])}:
            raise ValidationError(
                _("There is no finished redacted copy %(redaction)s of E%(exhibit)s. Reload the page."),
                code="no_redaction",
                params={"redaction": redaction, "exhibit": number},
            )
    return {str(number): redaction for number, redaction in sorted(wanted.items())}


def is_copy_of(exhibit: Exhibit) -> str:
    """The SHA-256 of the original for an exhibit that came in as the redacted copy of another; or empty."""
    entries = CustodyEntry.objects.filter(
        case=exhibit.case_id, exhibit_number=exhibit.number, action="exhibit_imported"
    )
    details = entries.values_list("details", flat=True).first() or {}
    return str(details.get("redacted_from", ""))


def _check(exhibit: Exhibit, boxes: Sequence[Box]) -> None:
    if not can_redact(exhibit):
        raise ValidationError(
            _(
                "Only pictures and PDF can be redacted. "
                "Take a screenshot of what matters, send it as an exhibit and redact that."
            ),
            code="not_redactable",
        )
    if not boxes:
        raise ValidationError(_("Draw at least one box over what is to be blacked out."), code="no_box")
    if len(boxes) > MOST_BOXES:
        raise too_many_boxes()
    for box in boxes:
        if not 1 <= box.page <= exhibit.page_count:
            raise ValidationError(
                _("There is no page %(page)s: %(label)s has %(count)s."),
                code="no_page",
                params={"page": box.page, "label": exhibit.label, "count": exhibit.page_count},
            )
    if not all(_is_inside(box) for box in boxes):
        raise ValidationError(
            _("A box has no size or lies outside its page. Draw it again, within the page."), code="outside"
        )


def _is_inside(box: Box) -> bool:
    is_sized = box.width > 0 and box.height > 0
    return is_sized and min(box.x, box.y) >= 0 and max(box.x + box.width, box.y + box.height) <= SCALE


def _check_room(exhibit: Exhibit, owner: User) -> None:
    if exhibit.redactions.count() >= MOST_OF_AN_EXHIBIT:
        raise ValidationError(
            _("%(label)s has %(count)s redacted copies already, which is the most. Use one of them."),
            code="too_many_redactions",
            params={"label": exhibit.label, "count": MOST_OF_AN_EXHIBIT},
        )
    # About as large as its original; what it takes exactly counts from when it is made.
    evidence_room.check_room(owner, exhibit.size)


def too_many_boxes() -> ValidationError:
    """What is said when more are sent than MOST_BOXES."""
    return ValidationError(
        _("At most %(most)s boxes are taken at once. Draw fewer, larger ones."),
        code="too_many_boxes",
        params={"most": MOST_BOXES},
    )
