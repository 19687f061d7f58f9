"""The bytes of exhibits: the original as it came, and the copies made for looking at."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone

from cases.models import Case, Exhibit, WorkingCopy
from cases.rules.media_types import extension_for
from cases.services import exhibit_contents, exhibit_copies, viewings
from cases.services import exhibits as exhibit_service
from cases.views.access import case_view
from cases.views.handing_out import hand_out

# What we draw; nothing else is ever shown as a picture, whatever a row says.
DRAWN = frozenset({"image/jpeg", "image/png"})


@case_view("GET")
def original(request: HttpRequest, case: Case, number: int) -> HttpResponseBase:
    """Bit for bit what was received, to be saved, not shown."""
    exhibit = get_object_or_404(case.exhibits, number=number)
    # A player or a download that goes on asks for many parts of one saving.
    if request.method == "GET" and request.headers.get("Range", "bytes=0-").startswith("bytes=0-"):
        viewings.note_original_saved(exhibit, by=request.user, at=timezone.now())
    name = exhibit_service.safe_download_name(exhibit)
    return hand_out(request, exhibit, media_type=exhibit.media_type, name=name)


@case_view("GET")
def thumbnail(request: HttpRequest, case: Case, number: int) -> HttpResponseBase:
    return _copy(request, case, number, exhibit_copies.thumbnail_of)


@case_view("GET")
def preview(request: HttpRequest, case: Case, number: int) -> HttpResponseBase:
    """The large copy; of documents, of their first page."""
    return _copy(request, case, number, exhibit_copies.preview_of)


@case_view("GET")
def page(request: HttpRequest, case: Case, number: int, page: int) -> HttpResponseBase:
    """One page of a document as a picture, counted from 1."""

    def find(exhibit: Exhibit) -> WorkingCopy | None:
        return next((copy for copy in exhibit_contents.pages_of(exhibit) if copy.page == page), None)

    return _copy(request, case, number, find)


@case_view("GET")
def play(request: HttpRequest, case: Case, number: int) -> HttpResponseBase:
    """A recording for the player on the exhibit's page; opened by itself it is saved, not shown."""
    exhibit = get_object_or_404(case.exhibits.prefetch_related("working_copies"), number=number)
    recording = exhibit_contents.recording_of(exhibit)
    if recording is None:
        raise Http404
    name = f"{exhibit.label}.{extension_for(recording.media_type)}"
    return hand_out(request, recording, media_type=recording.media_type, name=name, to_show=True)


def _copy(
    request: HttpRequest, case: Case, number: int, find: Callable[[Exhibit], WorkingCopy | None]
) -> HttpResponseBase:
    exhibit = get_object_or_404(case.exhibits.prefetch_related("working_copies"), number=number)
    copy = find(exhibit)
    if copy is None or copy.media_type not in DRAWN:
        raise Http404
    name = f"{exhibit.label}-{copy.kind}-{copy.page}.{extension_for(copy.media_type)}"
    return hand_out(request, copy, media_type=copy.media_type, name=name, to_show=True)
