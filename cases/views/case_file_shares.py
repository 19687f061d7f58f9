"""The links to a case file: making one, seeing what became of them, revoking one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.forms.case_file_shares import ShareForm
from cases.models import BuildState, Case, CaseFile, CaseFileShare
from cases.services import case_file_shares as service
from cases.views.access import case_view
from cases.views.errors import tell
from cases.views.submissions import submit_once


@dataclass(frozen=True, slots=True)
class NewLink:
    """What is shown once; `code` is empty where none is asked for."""

    address: str
    code: str


@dataclass(frozen=True, slots=True)
class ShownShare:
    row: CaseFileShare
    is_living: bool


@case_view("GET", "POST")
def shares(request: HttpRequest, case: Case, number: int) -> HttpResponse:
    case_file = get_object_or_404(case.case_files, number=number, state=BuildState.READY)
    form = ShareForm(request.POST if request.method == "POST" else None)
    new: list[NewLink] = []
    if form.is_valid():
        try:
            submit_once(request, lambda: _share(request, case_file, form, new))
            if not new:
                # Sent twice: the first answer, which had the link, never arrived.
                messages.warning(
                    request,
                    _(
                        "The link was made already, and a link is shown only once. "
                        "If you did not copy it, revoke it and make another."
                    ),
                )
                return redirect(_list_of(case, number))
            form = ShareForm()
        except ValidationError as error:
            tell(form, error)
    context = {
        "case": case,
        "room": "case-files",
        "case_file": case_file,
        "form": form,
        "new": new[0] if new else None,
        "shares": _shown(case_file, timezone.now()),
    }
    response = render(request, "cases/case_file_shares.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "private, no-store"
    return response


@case_view("POST")
def revoke(request: HttpRequest, case: Case, number: int, share: int) -> HttpResponse:
    row = get_object_or_404(CaseFileShare, case_file__case=case, case_file__number=number, number=share)
    if service.revoke(share=row, at=timezone.now(), by=request.user):
        messages.success(request, _("The link is revoked: it opens nothing any more."))
    else:
        messages.info(request, _("The link had ended already."))
    return redirect(_list_of(case, number))


def _share(request: HttpRequest, case_file: CaseFile, form: ShareForm, new: list[NewLink]) -> str:
    """Makes the link and shows it in `new`; what is noted of the form holds neither token nor code."""
    made, token, code = service.share(
        case_file=case_file, by=request.user, at=timezone.now(), **form.cleaned_data
    )
    new.append(NewLink(urljoin(settings.SITE_URL, reverse("cases:shared", args=[token])), code))
    return str(made.number)


def _shown(case_file: CaseFile, at: datetime) -> list[ShownShare]:
    rows = case_file.shares.select_related("made_by")
    return [ShownShare(row, is_living=row.ended_at is None and row.expires_at > at) for row in rows]


def _list_of(case: Case, number: int) -> str:
    return reverse("cases:case-file-shares", args=[case.reference, number])
