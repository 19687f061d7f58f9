"""One case file for whoever holds a link to it, and knows the code where one is asked for."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cases.forms.case_file_shares import CodeForm
from cases.models import CaseFileShare
from cases.services import case_file_shares as service
from cases.services.playbooks import zone_of
from cases.views.handing_out import hand_out
from cases.views.unlisted import unlisted

# How long whoever typed the code need not type it again.
CODE_REMEMBERED_SECONDS = 30 * 60


# No CSRF token: a page without a Referer sends no Origin either, and a code typed by force helps nobody.
@csrf_exempt
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What it is and how to get it, after the code. One that is over looks like one that never was."""
    share = _living(token)
    if not _is_let_in(request, share):
        return _ask_for_code(request, share, token)
    if request.method == "GET":
        service.note_opened(share=share, at=timezone.now())
    context = {"share": share, "case_file": share.case_file, "token": token}
    # Whoever holds a link has told nobody their zone; the case has one.
    with timezone.override(zone_of(share.case_file.case)):
        return render(request, "cases/shared.html", context)


@unlisted
@require_safe
def shared_zip(request: HttpRequest, token: str) -> HttpResponseBase:
    share = _living(token)
    if not _is_let_in(request, share):
        return redirect("cases:shared", token)
    case_file = share.case_file
    answer = hand_out(
        request,
        case_file,
        media_type="application/zip",
        name=f"case-{case_file.case.reference}-{case_file.number}.zip",
    )
    if request.method == "GET" and answer.status_code in (200, 206):
        service.note_handed_out(share=share, at=timezone.now(), from_the_start=_begins(answer))
    return answer


def _living(token: str) -> CaseFileShare:
    share = service.living(token, at=timezone.now())
    if share is None:
        raise Http404
    return share


def _begins(answer: HttpResponseBase) -> bool:
    """Whether the first byte goes out: a download that goes on after a break is none of its own."""
    return answer.status_code == 200 or answer.get("Content-Range", "").startswith("bytes 0-")


def _ask_for_code(request: HttpRequest, share: CaseFileShare, token: str) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if service.is_code(share=share, code=form.cleaned_data["code"], at=timezone.now()):
            response = redirect("cases:shared", token)
            _let_in(response, share)
            return response
        left = service.MOST_WRONG_CODES - share.wrong_codes
        if left <= 0:
            raise Http404
        wrong = _("This is not the code.")
        tries = ngettext(
            "%(count)d more try; then the link is closed.",
            "%(count)d more tries; then the link is closed.",
            left,
        )
        form.add_error("code", f"{wrong} {tries % {'count': left}}")
    return render(request, "cases/shared_code.html", {"form": form}, status=422 if form.errors else 200)


def _let_in(response: HttpResponse, share: CaseFileShare) -> None:
    response.set_signed_cookie(
        _cookie(share),
        str(share.pk),
        salt=_cookie(share),
        max_age=CODE_REMEMBERED_SECONDS,
        path="/shared/",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _is_let_in(request: HttpRequest, share: CaseFileShare) -> bool:
    if not share.asks_for_code:
        return True
    kept = request.get_signed_cookie(
        _cookie(share), default="", salt=_cookie(share), max_age=CODE_REMEMBERED_SECONDS
    )
    return bool(kept == str(share.pk))


def _cookie(share: CaseFileShare) -> str:
    return f"share-{share.pk}"
