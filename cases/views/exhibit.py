"""One exhibit: what it shows, what is known of it, and what is said about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from cases.forms.exhibits import DescribeForm
from cases.models import Case, Exhibit
from cases.services import exhibits as exhibit_service
from cases.services import hints, playbooks, scrub_runs, viewings
from cases.views.access import case_view
from cases.views.errors import tell
from cases.views.exhibit_shown import show_exhibit
from cases.views.fragments import DECIDED_BY, wants_fragment
from cases.views.labels import label_contacts
from cases.views.readings import read_on
from cases.views.redactions import shown_on


@case_view("GET", "POST")
def exhibit(request: HttpRequest, case: Case, number: int) -> HttpResponse:
    """What it shows, its hash and times; what it shows can be told later."""
    row = get_object_or_404(case.exhibits.prefetch_related("working_copies", "contacts"), number=number)
    if request.method == "GET" and wants_fragment(request):
        return _piece(request, case, row)
    viewings.note_exhibit_viewed(row, by=request.user, at=timezone.now())
    form = _form(request, case, row)
    if form.is_valid():
        try:
            _describe(request, row, form)
            messages.success(request, _("The exhibit is described. Its bytes stay as they came."))
            return redirect("cases:exhibit", case.reference, number)
        except ValidationError as error:
            tell(form, error)
    label_contacts(form.fields["contact"], playbooks.channels_of(case))
    context = _context(request, case, row) | {"form": form}
    answer = render(request, "cases/exhibit.html", context, status=422 if form.errors else 200)
    patch_vary_headers(answer, DECIDED_BY)
    return answer


def _piece(request: HttpRequest, case: Case, row: Exhibit) -> HttpResponse:
    """How it is shown, without the page around it: another page of it, or its copies once they are made."""
    shown = show_exhibit(request, row)
    if request.GET.get("seen") == shown.seen and shown.is_awaited:
        return HttpResponse(status=204)
    answer = render(request, "cases/_exhibit_shown.html", {"case": case, "exhibit": row, "shown": shown})
    patch_vary_headers(answer, DECIDED_BY)
    return answer


def _context(request: HttpRequest, case: Case, row: Exhibit) -> dict[str, Any]:
    """What the sections of the page need, in their order."""
    return _place(case, row) | {
        "case": case,
        "room": "exhibits",
        "exhibit": row,
        "shown": show_exhibit(request, row),
        "troubles": scrub_runs.troubles_of(row) if case.is_owned else [],
        "hints": hints.hints_of(row),
        "read": read_on(request, row),
        "redacted": shown_on(row),
        "linked": row.contacts.all(),
        "channels": playbooks.channels_of(case),
    }


def _place(case: Case, row: Exhibit) -> dict[str, int | None]:
    """Where it stands among the exhibits, counted from one, and the numbers of those before and after."""
    numbers = list(case.exhibits.order_by("number").values_list("number", flat=True))
    at = numbers.index(row.number)
    return {
        "place": at + 1,
        "places": len(numbers),
        "before": numbers[at - 1] if at else None,
        "after": numbers[at + 1] if at + 1 < len(numbers) else None,
    }


def _form(request: HttpRequest, case: Case, row: Exhibit) -> DescribeForm:
    if request.method == "POST":
        return DescribeForm(request.POST, case=case)
    linked = next(iter(row.contacts.all()), None)
    return DescribeForm(
        case=case, initial={"shows": row.shows, "claimed_at": row.claimed_at, "contact": linked}
    )


def _describe(request: HttpRequest, row: Exhibit, form: DescribeForm) -> None:
    data, now = form.cleaned_data, timezone.now()
    exhibit_service.describe_exhibit(
        exhibit=row, by=request.user, at=now, shows=data["shows"], claimed_at=data["claimed_at"]
    )
    contact = data["contact"]
    if contact is not None and not row.contacts.filter(pk=contact.pk).exists():
        exhibit_service.link_contact(exhibit=row, contact=contact, by=request.user, at=now)
