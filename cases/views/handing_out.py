"""How stored bytes leave the house: never cached, never sniffed, never run."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import BinaryIO

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from cases.evidence.trouble import StoreTrouble

log = logging.getLogger(__name__)


def hand_out(
    request: HttpRequest, open_file: Callable[[], BinaryIO], *, media_type: str, size: int, name: str = ""
) -> HttpResponseBase:
    """The bytes, to be saved under `name` or, without one, shown; a sentence when they are not there."""
    try:
        file = open_file()
    except StoreTrouble as trouble:
        log.error("A stored file could not be handed out: %s", trouble)
        return render(request, "503.html", status=503)
    response = FileResponse(file, as_attachment=bool(name), filename=name, content_type=media_type)
    response["Content-Length"] = str(size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
