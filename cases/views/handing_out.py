"""How stored bytes leave the house: whole or a range of them, never cached, never sniffed, never run."""

from __future__ import annotations

import logging
from typing import Protocol

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header

from cases.evidence import store
from cases.evidence.parts import Part
from cases.views.ranges import Range, Unsatisfiable, asked_for

log = logging.getLogger(__name__)

# Where a browser would make a page of the answer instead of a part of one of ours.
AS_A_PAGE = frozenset({"document", "iframe", "frame", "embed", "object", "fencedframe"})


class Stored(Protocol):
    """A row that names a file of the evidence store: an exhibit, a working copy, a case file, ..."""

    storage_key: str
    sha256: str
    size: int


def hand_out(
    request: HttpRequest, row: Stored, *, media_type: str, name: str, to_show: bool = False
) -> HttpResponseBase:
    """The bytes under `name`, to be saved or, as a part of a page of ours, shown; a sentence when they are
    not there. A range is answered where one is asked for (RFC 9110): 206, or 416 behind the end.
    """
    try:
        asked = _range(request, row)
    except Unsatisfiable:
        answer: HttpResponseBase = HttpResponse(status=416, headers={"Content-Range": f"bytes */{row.size}"})
    else:
        try:
            answer = _empty(row, asked) if request.method == "HEAD" else _with_bytes(row, asked)
        except store.StoreTrouble as trouble:
            log.error("A stored file could not be handed out: %s", trouble)
            return render(request, "503.html", status=503)
        shown = to_show and request.headers.get("Sec-Fetch-Dest", "") not in AS_A_PAGE
        answer["Content-Type"] = media_type
        answer["Content-Disposition"] = content_disposition_header(not shown, name)
        if asked:
            answer["Content-Range"] = f"bytes {asked.first}-{asked.last}/{row.size}"
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = _etag(row)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    patch_vary_headers(answer, ["Sec-Fetch-Dest"])
    return answer


def _etag(row: Stored) -> str:
    """Strong: stored bytes never change, and their hash names them."""
    return f'"{row.sha256}"'


def _range(request: HttpRequest, row: Stored) -> Range | None:
    """What a GET asks for. With an If-Range, only where the bytes are those the browser has a part of."""
    if request.method != "GET" or "Range" not in request.headers:
        return None
    if request.headers.get("If-Range", _etag(row)).strip() != _etag(row):
        return None
    return asked_for(request.headers["Range"].strip(), row.size)


def _with_bytes(row: Stored, asked: Range | None) -> HttpResponseBase:
    if asked is None:
        answer = FileResponse(store.open(row.storage_key))
        answer["Content-Length"] = str(row.size)
        return answer
    part: Part = store.open_part(row.storage_key, asked.first, asked.length)
    return FileResponse(part, status=206, headers={"Content-Length": str(asked.length)})


def _empty(row: Stored, asked: Range | None) -> HttpResponse:
    """The answer to HEAD: the same headers, and whether the file is there; no byte is read."""
    store.size(row.storage_key)
    return HttpResponse(headers={"Content-Length": str(row.size)})
