"""Case files: asking for one, watching it being built, taking it away."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.casefile.profiles import FULL, profile_named
from cases.forms.case_files import CaseFileForm
from cases.models import BuildState, Case, CaseFile
from cases.services import case_files as case_file_service
from cases.services import hints
from cases.services.case_file_changes import changes_since
from cases.services.case_file_plans import Plan, plan
from cases.services.case_file_shares import with_living_shares
from cases.views.access import case_view
from cases.views.case_file_progress import UNFINISHED, progress_of
from cases.views.errors import tell
from cases.views.fragments import render_page_or_fragment, wants_fragment
from cases.views.handing_out import hand_out
from cases.views.submissions import submit_once


@case_view("GET", "POST")
def case_files(request: HttpRequest, case: Case) -> HttpResponse:
    form = empty_form(case, request.POST if request.method == "POST" else None)
    told = ""
    is_valid = form.is_valid()
    if is_valid and "plan" not in request.POST:
        try:
            submit_once(request, lambda: _request(request, case, form))
            if not wants_fragment(request):
                messages.success(request, _("The case file is being built."))
                return redirect("cases:case-files", case.reference)
        except ValidationError as error:
            if getattr(error, "code", "") == "under_way":
                told = " ".join(error.messages)
            else:
                tell(form, error)
    return case_files_page(request, case, form, told=told)


def case_files_page(
    request: HttpRequest, case: Case, form: CaseFileForm | None = None, *, told: str = ""
) -> HttpResponse:
    """The form with what was chosen, and all case files; `told` is a sentence that stands above these."""
    if form is None:
        form = empty_form(case)
    rows = with_living_shares(case.case_files.select_related("requested_by"), at=timezone.now())
    # Said once more: a query that counts forgets the order of its model.
    rows = list(rows.order_by("-number"))
    changes = changes_since(case=case, case_files=rows)
    for row in rows:
        row.made_for = profile_named(row.profile).name
        row.changes = changes.get(row.number)
        row.progress = progress_of(row)
    context = {
        "case": case,
        "room": "case-files",
        "form": form,
        "twins": hints.uncovered_twins(case, form.redacted) if form.redacted else [],
        "case_files": rows,
        "told": told,
        "plan": _plan(case, form) if case.may_write else None,
        "unfinished": any(row.state in UNFINISHED for row in rows),
    }
    return render_page_or_fragment(request, "case_files", context, status=422 if form.errors else 200)


def empty_form(case: Case, data: QueryDict | None = None) -> CaseFileForm:
    return CaseFileForm(data, case=case, initial={"language": get_language(), "profile": FULL})


def _plan(case: Case, form: CaseFileForm) -> Plan:
    return plan(case, form.made_for, language=form.document_language, **form.limits)


def _request(request: HttpRequest, case: Case, form: CaseFileForm) -> str:
    requested = case_file_service.request_case_file(
        case=case,
        by=request.user,
        at=timezone.now(),
        language=form.cleaned_data["language"],
        redactions=form.chosen,
        made_for=form.made_for,
    )
    return str(requested.number)


@case_view("GET")
def case_file(request: HttpRequest, case: Case, number: int) -> HttpResponseBase:
    """The ZIP of a finished case file."""
    row: CaseFile = get_object_or_404(case.case_files, number=number, state=BuildState.READY)
    return hand_out(
        request,
        row,
        media_type="application/zip",
        name=f"case-{case.reference}-{row.number}.zip",
    )
