"""Refuses a request body that is too large before any of it is read, so that nobody fills the disk; and an
address with a NUL in it, which no database can be asked for.

Django's CSRF middleware parses the whole of a form, files and all, before any view can say no.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import Http404, HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

FORM_BYTES = 2 * 1024 * 1024
LARGEST_FILES_AT_ONCE = 10
# One piece of a file that comes in pieces is at most 8 MB (cases.services.upload_pieces).
PIECE_BYTES = 8 * 1024 * 1024
# What another app hands over to a phone whose service worker did not take it, log-in or not.
SHARE_BYTES = 20 * 1024 * 1024
_WITH_FILES = re.compile(r"/cases/(new|[^/]+/exhibits)/")
_PIECES = re.compile(r"/cases/[^/]+/uploads/[^/]+/")


class BodyLimitMiddleware:
    """Stands behind the session and the language, before whatever reads a body; 413 or 411 in plain text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            raise Http404
        length = request.META.get("CONTENT_LENGTH") or "0"
        if request.META.get("HTTP_TRANSFER_ENCODING") or not length.isdecimal():
            return _refused(
                411, _("What you sent does not say how long it is. Send it with a Content-Length.")
            )
        # Only a large body is worth the look at the session.
        if int(length) > FORM_BYTES and int(length) > (limit := largest_body(request)):
            return _refused(
                413,
                _(
                    "What you sent is larger than the %(limit)s that are taken here, so none of it was kept. "
                    "Send fewer or smaller files."
                )
                % {"limit": filesizeformat(limit)},
            )
        return self.get_response(request)


def largest_body(request: HttpRequest) -> int:
    """In bytes: files go to the check of a case file, are shared from other apps and, from those logged in,
    go to what takes a case file in and to the exhibits of a case, new or not, whole or in pieces.
    """
    if request.path_info == "/verify/" or (
        request.path_info == "/cases/import/" and SESSION_KEY in request.session
    ):
        return int(settings.VERIFY_MAX_BYTES) + FORM_BYTES
    if request.path_info == "/share/":
        return SHARE_BYTES + FORM_BYTES
    if _WITH_FILES.fullmatch(request.path_info) and SESSION_KEY in request.session:
        return LARGEST_FILES_AT_ONCE * int(settings.EXHIBIT_MAX_BYTES) + FORM_BYTES
    if _PIECES.fullmatch(request.path_info) and SESSION_KEY in request.session:
        return PIECE_BYTES
    return FORM_BYTES


def _refused(status: int, sentence: str) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
