"""The calendar feed: opened by its token alone, since calendar programs do not log in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cases.services import calendar_feed


@login_not_required
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    user = calendar_feed.user_of(token)
    if user is None:
        raise Http404
    response = HttpResponse(calendar_feed.feed(user), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
