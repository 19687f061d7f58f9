"""The bytes of exhibits: the original as it came, and the copies made for looking at."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from cases.models import Case, WorkingCopyKind
from cases.services import exhibit_copies
from cases.services import exhibits as exhibit_service
from cases.views.access import case_view
from cases.views.handing_out import hand_out


@case_view("GET")
def original(request: HttpRequest, case: Case, number: int) -> HttpResponseBase:
    """Bit for bit what was received, to be saved, not shown."""
    exhibit = get_object_or_404(case.exhibits, number=number)
    return hand_out(
        request,
        lambda: exhibit_service.open_original(exhibit),
        media_type=exhibit.media_type,
        size=exhibit.size,
        name=exhibit_service.safe_download_name(exhibit),
    )


@case_view("GET")
def thumbnail(request: HttpRequest, case: Case, number: int) -> HttpResponseBase:
    return _copy(request, case, number, WorkingCopyKind.THUMBNAIL)


@case_view("GET")
def preview(request: HttpRequest, case: Case, number: int) -> HttpResponseBase:
    """The large copy; of documents, of their first page."""
    return _copy(request, case, number, WorkingCopyKind.PREVIEW)


def _copy(request: HttpRequest, case: Case, number: int, kind: str) -> HttpResponseBase:
    exhibit = get_object_or_404(case.exhibits, number=number)
    copy = exhibit.working_copies.filter(kind=kind, page=1).first()
    if copy is None:
        raise Http404
    return hand_out(
        request,
        lambda: exhibit_copies.open_working_copy(copy),
        media_type=copy.media_type,
        size=copy.size,
    )
