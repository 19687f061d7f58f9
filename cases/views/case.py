"""The page of one case: what is next, a contact in four taps, everything that happened."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.forms.cases import CaseForm, ClosingForm
from cases.forms.contacts import QuickContactForm
from cases.models import Case, OrderNumber, Outcome, Status
from cases.services import advice, contacts, playbooks, reminder_health, reminder_stops, viewings
from cases.services import cases as case_service
from cases.views import kept
from cases.views.access import case_view
from cases.views.errors import tell
from cases.views.fragments import render_page_or_fragment, wants_fragment
from cases.views.horizon import horizon_of
from cases.views.shown import earliest_first, show
from cases.views.submissions import submit_once
from cases.views.timeline import exhibits_and_proofs_of, timeline_of
from tracker.accounts.models import User


@case_view("GET", "POST")
def case(request: HttpRequest, case: Case) -> HttpResponse:
    """Reading it, and logging a contact that just happened.

    `?ways=all` draws the other ways too: for htmx they alone, for a browser the whole page with them.
    """
    viewings.note_case_viewed(case.membership, at=timezone.now())  # type: ignore[attr-defined]
    posted = request.POST if request.method == "POST" else None
    form = QuickContactForm(posted, case=case, initial={"channel": request.GET.get("channel", "")})
    said = ""
    if form.is_valid():
        try:
            submit_once(request, lambda: _log_now(request, case, form))
            if kept.asks_for_words(request):
                return kept.taken(case)
            said = _("Logged. What follows from it is at the top.")
            if not wants_fragment(request):
                messages.success(request, said)
                return redirect(case)
            form = QuickContactForm(case=case)
        except ValidationError as error:
            tell(form, error)
    if kept.asks_for_words(request):
        return kept.refused(form)
    all_ways = request.method == "GET" and request.GET.get("ways") == "all"
    context = {**_everything_about(case, request.user), "form": form, "said": said, "all_ways": all_ways}
    name = "other_ways" if all_ways and wants_fragment(request) else "case"
    return render_page_or_fragment(request, name, context, status=422 if form.errors else 200)


def _log_now(request: HttpRequest, case: Case, form: QuickContactForm) -> str:
    contacts.log_contact(case=case, by=request.user, at=timezone.now(), **form.cleaned_data)
    return case.get_absolute_url()


def _everything_about(case: Case, user: User) -> dict[str, Any]:
    """One query for each kind of row, whatever is shown of it."""
    now = timezone.now()
    rows = list(case.deadlines.all())
    for row in rows:
        row.case = case
    contacts, milestones = list(case.contacts.all()), list(case.milestones.all())
    exhibits, proofs = exhibits_and_proofs_of(case)
    received = {key: [one.received_at for one in proving] for key, proving in proofs.items()}
    numbers = list(
        OrderNumber.objects.filter(order__case=case).order_by("order__created_at", "order_id", "pk")
    )
    kinds = {number.kind for number in numbers}
    loaded = advice.Loaded(rows, contacts, milestones, kinds, bool(exhibits), received)
    advised = advice.advice_for(case, now, loaded=loaded)
    still_open = earliest_first(show((row for row in rows if row.is_open and not case.is_closed), at=now))
    return {
        "case": case,
        "now": now,
        "room": "case",
        "deadlines": still_open,
        "horizon": horizon_of(still_open, at=now),
        "channels_by_key": playbooks.channels_of(case),
        "playbooks": playbooks.playbooks_of(case),
        "best": advised[0] if advised else None,
        "others": advised[1:],
        "statuses": [choice for choice in Status.choices if choice[0] != Status.CLOSED],
        "numbers": numbers,
        "stops": reminder_stops.stops_of_member(case.membership),  # type: ignore[attr-defined]
        "trouble": reminder_health.trouble_of(user, case=case),
        "timeline": timeline_of(
            case,
            deadlines=rows,
            contacts=contacts,
            milestones=milestones,
            exhibits=exhibits,
            proofs=proofs,
            now=now,
        ),
    }


@case_view("GET", "POST")
def edit_case(request: HttpRequest, case: Case) -> HttpResponse:
    posting = request.method == "POST"
    form = CaseForm(request.POST if posting else None, instance=case, user=request.user)
    if form.is_valid():
        try:
            case_service.describe_case(case=case, by=request.user, at=timezone.now(), **form.described())
            messages.success(request, _("The case is changed."))
            return redirect(case)
        except ValidationError as error:
            tell(form, error)
            case.refresh_from_db(fields=["title"])
    return render(
        request, "cases/edit_case.html", {"case": case, "form": form}, status=422 if posting else 200
    )


@case_view("GET", "POST")
def close_case(request: HttpRequest, case: Case) -> HttpResponse:
    posting = request.method == "POST"
    form = ClosingForm(request.POST if posting else None)
    if case.is_closed:
        return redirect(case)
    if form.is_valid():
        try:
            case_service.close_case(case=case, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The case is closed. Its reminders are off."))
            return redirect(case)
        except ValidationError as error:
            tell(form, error)
            case.refresh_from_db()
    return render(
        request, "cases/close_case.html", {"case": case, "form": form}, status=422 if posting else 200
    )


@case_view("POST")
def set_status(request: HttpRequest, case: Case) -> HttpResponse:
    """Where an open case is: with me, with them, or one step up."""
    status = request.POST.get("status", "")
    try:
        if status not in Status.values:
            raise ValidationError(_("Choose one of the states shown."))
        case_service.set_status(case=case, by=request.user, at=timezone.now(), status=status)
        messages.success(request, _("The status is changed."))
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    return redirect(case)


@case_view("POST")
def reopen_case(request: HttpRequest, case: Case) -> HttpResponse:
    if case.outcome != Outcome.NONE:
        case_service.reopen_case(case=case, by=request.user, at=timezone.now())
        messages.success(request, _("The case is open again."))
    return redirect(case)
