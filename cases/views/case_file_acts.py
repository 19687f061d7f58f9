"""A case file that is not ready: its progress, calling it off, asking for it again."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case, CaseFile
from cases.services.case_file_requests import cancel_case_file, request_again
from cases.views.access import case_view
from cases.views.case_file_progress import progress_of
from cases.views.case_files import case_files_page
from cases.views.fragments import wants_fragment
from cases.views.submissions import submit_once


@case_view("GET")
def progress(request: HttpRequest, case: Case, number: int) -> HttpResponseBase:
    """What moved, for htmx; nothing (204) when nothing did, so that a screen reader stays quiet.

    When its state is another all case files are shown anew, and these alone: the form keeps what is chosen.
    """
    row = _row(case, number)
    if not wants_fragment(request):
        return redirect("cases:case-files", case.reference)
    row.progress, seen = progress_of(row), request.GET.get("seen", "")
    if row.progress is None or seen.partition("~")[0] != row.state:
        response = case_files_page(request, case)
        response["HX-Retarget"] = response["HX-Reselect"] = "#made-case-files"
        return response
    if seen == row.progress.seen:
        return HttpResponse(status=204)
    return render(request, "cases/_case_file_progress.html", {"case": case, "file": row})


@case_view("POST")
def cancel(request: HttpRequest, case: Case, number: int) -> HttpResponseBase:
    row = _row(case, number)

    def act() -> str:
        cancel_case_file(case_file=row, by=request.user, at=timezone.now())
        return _("Case file %(number)s was cancelled.") % {"number": row.number}

    return _done(request, case, act)


@case_view("POST")
def again(request: HttpRequest, case: Case, number: int) -> HttpResponseBase:
    """A new one with the choices of one that failed or was cancelled."""
    row = _row(case, number)

    def act() -> str:
        submit_once(
            request,
            lambda: str(request_again(case_file=row, by=request.user, at=timezone.now()).number),
        )
        return _("The case file is being built.")

    return _done(request, case, act)


def _row(case: Case, number: int) -> CaseFile:
    row: CaseFile = get_object_or_404(case.case_files, number=number)
    row.case = case
    return row


def _done(request: HttpRequest, case: Case, act: Callable[[], str]) -> HttpResponse:
    """The page, or for htmx the case files, after `act`, which returns a sentence or refuses with one."""
    is_refused = False
    try:
        told = act()
    except ValidationError as error:
        told, is_refused = " ".join(error.messages), True
    if wants_fragment(request):
        # What was done shows by itself; why it was not must be said.
        return case_files_page(request, case, told=told if is_refused else "")
    (messages.info if is_refused else messages.success)(request, told)
    return redirect("cases:case-files", case.reference)
