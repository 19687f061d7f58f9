"""What a case file would be before it is built: for whom, what is left out, how many pages and bytes.

Pages and bytes are estimates from what is stored (sizes, measures, working copies); nothing is drawn for
them. tests/services/test_case_file_plans.py holds them against what is built.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.casefile.document import ATTACHED_AT_MOST
from cases.casefile.measures import FINE, PAGE_WIDTH, SMALL, UPRIGHT_WIDTH, WIDE_WIDTH, parts_of
from cases.casefile.pages import OWN_TEXT, READ_SIGNS
from cases.casefile.profiles import FULL, Profile, all_profiles
from cases.models import Case, Exhibit, WorkingCopy, WorkingCopyKind

# Bytes of a document without exhibits: one font, cut down to the signs that are used, and each page of text.
BARE_BYTES, BYTES_OF_A_PAGE = 40_000, 18_000
MEGABYTE = 1_000_000
# What fits on one page, of each part.
CONTACTS, EXHIBITS_LISTED, ENTRIES, SIGNS_READ = 5, 14, 33, 2_400
# Deadlines on a page, and the height of a row of the timeline in millimetres, by language.
DEADLINES = {"zh-hans": 3.0, "en": 2.4, "both": 1.9}
ROW = {"zh-hans": 10.0, "en": 10.0, "both": 12.0}
# Of the picture of the timeline: what it always takes, a bar; and the height of a page. Millimetres.
PICTURE, BAR, PAGE = 60.0, 8.4, 238.0
# How the bytes of a JPEG grow with its width; less than its area does.
GROWTH = 1.6
# Against a working copy of the same width: its quality is lower than that of print.
FINER, AS_SMALL = 1.35, 0.85


@dataclass(frozen=True, slots=True)
class MadeFor:
    """For whom a case file is made, which exhibits are left out, whether its pictures are drawn smaller."""

    profile: str = FULL
    left_out: frozenset[int] = frozenset()
    small_pictures: bool = False


EVERYTHING = MadeFor()


@dataclass(frozen=True, slots=True)
class Weight:
    """What one exhibit adds to the document."""

    number: int
    pages: int
    size: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The document as it would be: about so many pages and bytes, against what its recipient takes."""

    profile: Profile
    pages: int
    size: int
    most_pages: int | None
    most_bytes: int | None
    weights: tuple[Weight, ...]

    @property
    def most_megabytes(self) -> float | None:
        return self.most_bytes / MEGABYTE if self.most_bytes is not None else None

    @property
    def is_from_profile(self) -> bool:
        """Whether the limits are those that the profile tells, with their source."""
        budget = self.profile.budget
        if budget is None:
            return False
        most_bytes = round(budget.megabytes * MEGABYTE) if budget.megabytes is not None else None
        return (self.most_pages, self.most_bytes) == (budget.pages, most_bytes)

    @property
    def too_many_pages(self) -> bool:
        return self.most_pages is not None and self.pages > self.most_pages

    @property
    def too_large(self) -> bool:
        return self.most_bytes is not None and self.size > self.most_bytes

    @property
    def heaviest(self) -> list[Weight]:
        """The three exhibits that leaving out would help most."""
        by = (lambda one: one.size) if self.too_large else (lambda one: one.pages)
        return sorted(self.weights, key=by, reverse=True)[:3]


def checked(case: Case, made_for: MadeFor) -> MadeFor:
    """The same, when there is such a recipient and there are such exhibits. Raises ValidationError."""
    if made_for.profile not in all_profiles():
        raise ValidationError({"profile": _("Choose one of the recipients offered.")}, code="unknown_profile")
    known = set(Exhibit.objects.filter(case=case).values_list("number", flat=True))
    if unknown := sorted(made_for.left_out - known):
        raise ValidationError(
            {"left_out": _("There is no exhibit %(label)s in this case.") % {"label": f"E{unknown[0]}"}},
            code="unknown_exhibit",
        )
    return made_for


def plan(
    case: Case,
    made_for: MadeFor,
    *,
    language: str = "zh-hans",
    most_pages: int | None = None,
    most_megabytes: float | None = None,
) -> Plan:
    """The limits are the recipient's where none are given."""
    profile = all_profiles()[made_for.profile]
    budget = profile.budget
    if budget is not None:
        most_pages = budget.pages if most_pages is None else most_pages
        most_megabytes = budget.megabytes if most_megabytes is None else most_megabytes
    exhibits = _included(case, made_for.left_out)
    weights = tuple(_weight(exhibit, made_for.small_pictures) for exhibit in exhibits)
    originals = sum(exhibit.size for exhibit in exhibits)
    attached = originals if profile.has_attachments and originals <= ATTACHED_AT_MOST else 0
    bare = _pages_without_exhibits(case, profile, exhibits, language)
    return Plan(
        profile=profile,
        pages=bare + sum(one.pages for one in weights),
        size=BARE_BYTES + bare * BYTES_OF_A_PAGE + attached + sum(one.size for one in weights),
        most_pages=most_pages,
        most_bytes=round(most_megabytes * MEGABYTE) if most_megabytes is not None else None,
        weights=weights,
    )


def _included(case: Case, left_out: frozenset[int]) -> list[Exhibit]:
    rows: QuerySet[Exhibit] = case.exhibits.exclude(number__in=left_out).order_by("number")
    return list(rows.prefetch_related("working_copies"))


def _pages_without_exhibits(case: Case, profile: Profile, exhibits: list[Exhibit], language: str) -> int:
    contacts, deadlines = case.contacts.count(), case.deadlines.count()
    rows = 1 + contacts + deadlines + len(exhibits) + case.milestones.count() + case.orders.count()
    read = sum(
        min(len(exhibit.recognised_text), READ_SIGNS)
        for exhibit in exhibits
        if exhibit.media_type not in OWN_TEXT
    )
    each = {
        "timeline": _filled(PICTURE + BAR * deadlines + ROW[language] * rows, PAGE),
        "contacts": _filled(contacts, CONTACTS),
        "deadlines": _filled(deadlines, DEADLINES[language]),
        "evidence_list": _filled(len(exhibits), EXHIBITS_LISTED),
        "machine_read": _filled(read, SIGNS_READ) if read else 0,
        "custody": _filled(case.custody_entries.count(), ENTRIES),
        "verify": 1,
    }
    return 1 + sum(each.get(part, 0) for part in profile.parts)


def _filled(count: float, on_a_page: float) -> int:
    return max(1, math.ceil(count / on_a_page))


def _weight(exhibit: Exhibit, is_small: bool) -> Weight:
    copies = list(exhibit.working_copies.all())
    pages = [copy for copy in copies if copy.kind == WorkingCopyKind.PAGE]
    previews = [copy for copy in copies if copy.kind == WorkingCopyKind.PREVIEW]
    if exhibit.is_picture:
        width, height = exhibit.width or 1, exhibit.height or 1
        drawn = min(width, UPRIGHT_WIDTH if height >= width else WIDE_WIDTH)
        return Weight(exhibit.number, parts_of(width, height), _bytes(previews, exhibit, drawn, is_small))
    if exhibit.media_type.startswith("audio/"):
        return Weight(exhibit.number, 1, 0)
    count = 1 if exhibit.media_type.startswith("video/") else max(exhibit.page_count, len(pages), 1)
    return Weight(exhibit.number, count, _bytes(pages or previews, exhibit, PAGE_WIDTH, is_small))


def _bytes(copies: Iterable[WorkingCopy], exhibit: Exhibit, width: int, is_small: bool) -> int:
    """Of the JPEGs of a document, from those that are drawn; from the original where none is yet."""
    fineness = SMALL if is_small else FINE
    sized = [
        copy.size * (width * fineness.scale / copy.width) ** GROWTH for copy in copies if copy.width
    ] or [float(exhibit.size)]
    return round(sum(sized) * (AS_SMALL if is_small else FINER))
