"""Files that come in pieces: announced, sent, gone on with after a broken line, in the terms of tus 1.0.

static/js/upload.js speaks it. Only who announced a file goes on with it; to all others it does not exist.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.evidence.refused import Refused
from cases.forms.uploads import AnnouncementForm
from cases.models import Case, Upload
from cases.services import exhibits as exhibit_service
from cases.services import uploads as upload_service
from cases.services.exhibits import TakenIn
from cases.views.access import case_view
from cases.views.fragments import wants_fragment

PIECE_TYPE = "application/offset+octet-stream"
TUS_VERSION = "1.0.0"


@case_view("POST")
def uploads(request: HttpRequest, case: Case) -> HttpResponseBase:
    """Announce a file: its name, size and SHA-256, as a form or as JSON."""
    form = AnnouncementForm(_sent(request), case=case)
    if not form.is_valid():
        return _refused([sentence for errors in form.errors.values() for sentence in errors])
    data = form.cleaned_data
    said = exhibit_service.Said(data["name"], data["shows"], data["claimed_at"], data["contact"])
    try:
        upload = upload_service.begin(
            case=case, by=request.user, at=timezone.now(), size=data["size"], sha256=data["sha256"], said=said
        )
    except ValidationError as error:
        return _refused(error.messages)
    address = reverse("cases:upload", args=[case.reference, upload.key])
    status = 200 if upload.offset else 201
    response = JsonResponse({"url": address, "offset": upload.offset}, status=status)
    response["Location"] = address
    return _headed(response, upload)


@case_view("GET", "POST", "PATCH", "DELETE")
def upload(request: HttpRequest, case: Case, key: str) -> HttpResponseBase:
    """How much of it is here; the next piece of it; or that it is not wanted any more."""
    row = get_object_or_404(
        Upload.objects.select_related("case", "user", "contact", "exhibit"),
        case=case, key=key, user_id=request.user.pk,
    )  # fmt: skip
    if request.method == "PATCH":
        return _take_piece(request, row)
    if request.method in {"POST", "DELETE"}:  # a form, without JavaScript, knows no DELETE
        return _discard(request, row)
    return _headed(HttpResponse(status=204), row)


def _discard(request: HttpRequest, row: Upload) -> HttpResponse:
    upload_service.give_up(upload=row, at=timezone.now())
    if request.method == "DELETE":
        return HttpResponse(status=204)
    if wants_fragment(request):
        return HttpResponse()  # with a body, if an empty one: htmx does nothing about a 204
    if row.exhibit is None:
        messages.success(request, _("The upload is discarded. Nothing of it was kept."))
    else:
        messages.info(request, _("This file is stored already as %(label)s.") % {"label": row.exhibit.label})
    return redirect("cases:exhibits", row.case.reference)


def _take_piece(request: HttpRequest, row: Upload) -> HttpResponse:
    offset = request.headers.get("Upload-Offset", "")
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    is_piece = request.content_type == PIECE_TYPE or not length
    if not is_piece or not offset.isdecimal() or len(offset) > 15:
        return _refused(
            [_("This piece of a file cannot be read. Reload the page and choose the file again.")], 400
        )
    try:
        if row.ended_at is None:
            upload_service.add_piece(
                upload=row, offset=int(offset), stream=request, length=length, at=timezone.now()
            )
            if row.offset < row.size:
                return _headed(HttpResponse(status=204), row)
        return _taken(row, upload_service.finish(upload=row, at=timezone.now()))
    except upload_service.WrongOffset:
        return _headed(_refused([_("This piece was sent already; the upload goes on behind it.")], 409), row)
    except upload_service.Torn:
        return _headed(_refused([_("The connection broke; nothing of this piece was kept.")], 400), row)
    except Refused as refused:
        return _refused(refused.messages, 503 if refused.code in upload_service.PASSING else 422)
    except ValidationError as error:
        return _refused(error.messages)


def _taken(row: Upload, taken: TakenIn) -> JsonResponse:
    address = reverse("cases:exhibit", args=[row.case.reference, taken.exhibit.number])
    return JsonResponse({"label": taken.exhibit.label, "url": address, "notes": notes_of(taken)})


def notes_of(taken: TakenIn) -> list[str]:
    """What is worth knowing of a file that was taken in; nothing that keeps it out."""
    notes = []
    if not taken.is_new:
        notes.append(
            _("These are the same bytes as %(label)s, so it stays one exhibit.")
            % {"label": taken.exhibit.label}
        )
    for other in taken.elsewhere:
        notes.append(
            _("The same bytes are %(label)s of your case “%(case)s”.")
            % {"label": other.label, "case": other.case.title}
        )
    return notes


def _sent(request: HttpRequest) -> Any:
    """The fields of the announcement; nothing of what cannot be read."""
    if request.content_type != "application/json":
        return request.POST
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError, MultiPartParserError):
        return {}
    return sent if isinstance(sent, dict) else {}


def _refused(sentences: list[str], status: int = 422) -> JsonResponse:
    return JsonResponse({"errors": sentences}, status=status)


def _headed(response: HttpResponse, row: Upload) -> HttpResponse:
    response["Tus-Resumable"] = TUS_VERSION
    response["Upload-Offset"] = str(row.offset)
    response["Upload-Length"] = str(row.size)
    response["Cache-Control"] = "no-store"
    return response
