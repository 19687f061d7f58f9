"""The daily seals, for everybody: whoever notes a root down can tell later whether the past was rewritten."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cases.models import Seal
from cases.services.seals import authority_of

SEALS_ON_A_PAGE = 30
SEALS_IN_JSON = 400
# A seal never changes, but a new one comes each day.
FRESH_SECONDS = 600


@login_not_required
@require_safe
def seals(request: HttpRequest) -> HttpResponse:
    """Newest first, in pages."""
    page = Paginator(Seal.objects.order_by("-number"), SEALS_ON_A_PAGE).get_page(request.GET.get("page"))
    shown = [{"row": seal, "authority": authority_of(seal)} for seal in page]
    return render(request, "cases/seals.html", {"seals": shown, "page": page})


@login_not_required
@require_safe
@cache_control(public=True, max_age=FRESH_SECONDS)
def seals_json(request: HttpRequest) -> HttpResponse:
    """The newest SEALS_IN_JSON; `?before=N` gives those before number N, as `next` says."""
    rows = Seal.objects.order_by("-number")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) <= 9:
        rows = rows.filter(number__lt=int(before))
    found = list(rows[:SEALS_IN_JSON])
    more = f"{request.path}?before={found[-1].number}" if found and found[-1].number > 1 else None
    return JsonResponse({"seals": [_told(seal) for seal in found], "next": more})


def _told(seal: Seal) -> dict[str, Any]:
    """`stamp` is the RFC 3161 token over the line “root”, in base64; empty where there is none."""
    return {
        "number": seal.number,
        "sealed_at": seal.sealed_at.isoformat(),
        "chains": seal.head_count,
        "previous_root": seal.previous_root,
        "root": seal.root,
        "stamp": base64.b64encode(bytes(seal.stamp)).decode(),
    }
