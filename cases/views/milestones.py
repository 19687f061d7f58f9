"""Dated facts that start and stop clocks."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.forms.milestones import MilestoneForm
from cases.models import Case, MilestoneKind
from cases.services import milestones as milestone_service
from cases.services import playbooks
from cases.views.access import case_view
from cases.views.errors import tell
from cases.views.fragments import render_page_or_fragment, wants_fragment
from cases.views.labels import label_contacts
from cases.views.submissions import submit_once


@case_view("GET", "POST")
def milestones(request: HttpRequest, case: Case) -> HttpResponse:
    form = MilestoneForm(request.POST, case=case) if request.method == "POST" else _blank(request, case)
    said = ""
    if form.is_valid():
        try:
            submit_once(request, lambda: _log(request, case, form))
            said = _("Logged. What follows from it is among the deadlines.")
            if not wants_fragment(request):
                messages.success(request, said)
                return redirect("cases:case", case.reference)
            form = MilestoneForm(case=case, initial={"happened_at": timezone.now()})
        except ValidationError as error:
            tell(form, error)
    label_contacts(form.fields["contact"], playbooks.playbook_of(case))
    context = {
        "case": case,
        "room": "milestones",
        "form": form,
        "said": said,
        "milestones": case.milestones.order_by("-happened_at", "-pk"),
    }
    return render_page_or_fragment(request, "milestones", context, status=422 if form.errors else 200)


def _blank(request: HttpRequest, case: Case) -> MilestoneForm:
    asked = request.GET.get("kind", "")
    return MilestoneForm(
        case=case,
        initial={
            "happened_at": timezone.now(),
            "kind": asked if asked in MilestoneKind.values else "",
            "contact": request.GET.get("contact", ""),
        },
    )


def _log(request: HttpRequest, case: Case, form: MilestoneForm) -> str:
    data = form.cleaned_data
    milestone = milestone_service.log_milestone(
        case=case,
        by=request.user,
        at=timezone.now(),
        **{**data, "happened_at": data["happened_at"] or timezone.now()},
    )
    return str(milestone.pk)
