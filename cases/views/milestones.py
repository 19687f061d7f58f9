"""Dated facts that start and stop clocks: logging one, and correcting it."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.forms.milestones import CorrectionForm, MilestoneForm
from cases.models import Case, Milestone, MilestoneKind
from cases.services import milestones as milestone_service
from cases.services import playbooks
from cases.views.access import case_view
from cases.views.fragments import render_page_or_fragment, wants_fragment
from cases.views.labels import label_contacts
from cases.views.shown import show
from cases.views.submissions import submit_once
from cases.views.today import today_page

LOGGED = gettext_lazy("Logged. What follows from it is among the deadlines.")
SETTLED = {
    MilestoneKind.PROMISE_KEPT.value: gettext_lazy("Noted as kept. No more reminders come for it."),
    MilestoneKind.PROMISE_BROKEN.value: gettext_lazy(
        "Noted as broken. What follows from it stands in the case."
    ),
}


@case_view("GET", "POST")
def milestones(request: HttpRequest, case: Case) -> HttpResponse:
    form = MilestoneForm(request.POST, case=case) if request.method == "POST" else _blank(request, case)
    said = ""
    if form.is_valid():
        try:
            submit_once(request, lambda: _log(request, case, form))
            if _is_from_today(request):
                return _settled(request, form.cleaned_data["kind"])
            said = str(LOGGED)
            if not wants_fragment(request):
                messages.success(request, said)
                return redirect("cases:case", case.reference)
            form = MilestoneForm(case=case, initial={"happened_at": timezone.now()})
        except ValidationError as error:
            form.refuse(error, form.cleaned_data["kind"], form.cleaned_data["channel"])
    if form.errors and _is_from_today(request) and wants_fragment(request):
        return today_page(request, refused=" ".join(_sentences(form)))
    channels = playbooks.channels_of(case)
    label_contacts(form.fields["contact"], channels)
    rows = case.milestones.order_by("-happened_at", "-pk")
    context = {
        "case": case,
        "room": "milestones",
        "form": form,
        "said": said,
        "milestones": rows,
        "channels": channels,
    }
    return render_page_or_fragment(request, "milestones", context, status=422 if form.errors else 200)


@case_view("GET", "POST")
def milestone(request: HttpRequest, case: Case, milestone_id: int) -> HttpResponse:
    """One milestone with the deadlines that count from it; whoever may write can correct it."""
    found = get_object_or_404(case.milestones.select_related("contact"), pk=milestone_id)
    found.case = case
    posting = request.method == "POST"
    form = CorrectionForm(request.POST if posting else None, milestone=found)
    if form.is_valid():
        try:
            milestone_service.correct_milestone(
                milestone=found, by=request.user, at=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("The milestone is corrected. What counts from it was counted anew."))
            return redirect("cases:milestones", case.reference)
        except ValidationError as error:
            form.refuse(error, found.kind, form.cleaned_data["channel"])
    rows = list(found.deadlines.open())
    for row in rows:
        row.case = case
    context = {
        "case": case,
        "room": "milestones",
        "milestone": found,
        "form": form,
        "shown": show(rows, at=timezone.now()),
        "channels": playbooks.channels_of(case),
    }
    return render(request, "cases/milestone.html", context, status=422 if posting else 200)


def _settled(request: HttpRequest, kind: str) -> HttpResponse:
    """Today after one of its promises was kept or broken; no undo, since what was logged stays logged."""
    said = SETTLED.get(kind, LOGGED)
    if wants_fragment(request):
        return today_page(request, said=str(said))
    messages.success(request, said)
    return redirect("cases:today")


def _sentences(form: MilestoneForm) -> Iterator[str]:
    return (sentence for sentences in form.errors.values() for sentence in sentences)


def _is_from_today(request: HttpRequest) -> bool:
    return request.POST.get("from") == "today"


def _blank(request: HttpRequest, case: Case) -> MilestoneForm:
    kind, channel = request.GET.get("kind", ""), request.GET.get("channel", "")
    return MilestoneForm(
        case=case,
        initial={
            "happened_at": timezone.now(),
            "kind": kind if kind in MilestoneKind.values else "",
            "channel": channel if channel in playbooks.channels_of(case) else "",
            "contact": request.GET.get("contact", ""),
        },
    )


def _log(request: HttpRequest, case: Case, form: MilestoneForm) -> str:
    data = form.cleaned_data
    logged: Milestone = milestone_service.log_milestone(
        case=case,
        by=request.user,
        at=timezone.now(),
        # One tap answers no question: what a rule asks for besides is asked in the case.
        must_count=not _is_from_today(request),
        **{**data, "happened_at": data["happened_at"] or timezone.now()},
    )
    return str(logged.pk)
