"""Is the site up, and are the parts it leans on? For a load balancer, a monitor and script/server."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tracker.health import parts


@require_safe
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as soon as this process answers; it asks nothing of any other."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """One line for each part, “database ok” or “database failed”; 503 when one failed. The log says why."""
    results = parts.examine()
    lines = "".join(f"{name} {'ok' if is_ok else 'failed'}\n" for name, is_ok in results.items())
    status = 200 if all(results.values()) else 503
    response = HttpResponse(lines, status=status, content_type="text/plain; charset=utf-8")
    response._has_been_logged = True  # type: ignore[attr-defined]  # a 503 here is an answer, not a fault
    return response
