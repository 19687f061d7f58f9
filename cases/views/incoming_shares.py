"""The share target: what another app hands over comes here, and the user says into which case it goes.

Usually the service worker has taken it (templates/home/service-worker.js), and static/js/share.js shows what
waits on the phone. Without one the server keeps it: before a log-in too, or it would be lost on the way.
"""

from __future__ import annotations

from allauth.core.ratelimit import consume_or_429
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cases.models import IncomingShare
from cases.services import incoming_shares
from cases.views.access import access_case
from tracker.accounts.models import User

# The share that waits while its case is opened.
WAITING = "share"


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest) -> HttpResponse:
    """An app knows no token of ours. So a form of another site is refused by what the browser says of it,
    and whatever comes waits for a tap on the next page.
    """
    if request.method == "POST":
        return _receive(request)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return _page(request, None)


def _receive(request: HttpRequest) -> HttpResponse:
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise PermissionDenied(_("This came from another site, not from an app of yours. Nothing was kept."))
    if not request.user.is_authenticated and (held_back := consume_or_429(request, action="share")):
        return held_back
    parts = [request.POST.get(name, "").strip() for name in ("title", "text", "url")]
    try:
        received = incoming_shares.receive(
            by=request.user if isinstance(request.user, User) else None,
            at=timezone.now(),
            words="\n".join(dict.fromkeys(part for part in parts if part)),
            files=request.FILES.getlist("files"),
        )
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
        return redirect("cases:share")
    return redirect("cases:incoming-share", received.key)


@require_http_methods(["GET", "HEAD", "POST"])
def incoming(request: HttpRequest, key: str) -> HttpResponse:
    found = get_object_or_404(incoming_shares.waiting_for(request.user), key=key)
    if request.method != "POST":
        request.session[WAITING] = key
        return _page(request, found)
    request.session.pop(WAITING, None)
    if "discard" in request.POST:
        found.delete()
        messages.success(request, _("It is discarded. Nothing of it was kept."))
        return redirect("cases:today")
    return _put_into(request, found)


def _put_into(request: HttpRequest, found: IncomingShare) -> HttpResponse:
    case = access_case(request, request.POST.get("case", ""), write=True)
    refused = incoming_shares.put_into(share=found, case=case, by=request.user, at=timezone.now())
    if refused:
        for sentence in refused:
            messages.error(request, sentence)
        return _page(request, incoming_shares.waiting_for(request.user).get(pk=found.pk), status=422)
    messages.success(request, _("It is in the case “%(case)s” now.") % {"case": case.title})
    return redirect("cases:exhibits", case.reference)


def _page(request: HttpRequest, found: IncomingShare | None, status: int = 200) -> HttpResponse:
    context = {"share": found, "cases": incoming_shares.cases_for(request.user)}
    return render(request, "cases/incoming_share.html", context, status=status)


def way_on(request: HttpRequest, opened: str) -> str:
    """Where to go from a case that was just opened: to what waits for it, or into it."""
    key = request.session.pop(WAITING, "")
    try:
        if key:
            get_object_or_404(incoming_shares.waiting_for(request.user), key=key)
            return reverse("cases:incoming-share", args=[key])
    except Http404:
        pass  # in another case already, or too old
    return opened
