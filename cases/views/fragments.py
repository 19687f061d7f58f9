"""Answers a browser with a page and htmx with the piece that changed; the view decides which."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

DECIDED_BY = ("HX-Request", "HX-Boosted", "HX-History-Restore-Request")


def wants_fragment(request: HttpRequest) -> bool:
    """Did htmx ask for a piece? For boosted links and restored history it needs the whole page."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render_page_or_fragment(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """`cases/name.html` for browsers, `cases/_name.html` for htmx."""
    fragment = wants_fragment(request)
    template = f"cases/_{name}.html" if fragment else f"cases/{name}.html"
    response = render(request, template, {**context, "fragment": fragment}, status=status)
    patch_vary_headers(response, DECIDED_BY)
    return response
