"""All cases of the user, narrowed by state and search; and the way to a new one."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import F, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cases.forms.cases import CaseForm, ListForm
from cases.models import Case, Deadline, Status
from cases.services import cases as case_service
from cases.services import search
from cases.views.errors import tell
from cases.views.fragments import render_page_or_fragment
from cases.views.incoming_shares import way_on
from cases.views.shown import ShownDeadline, show
from cases.views.submissions import submit_once
from tracker.accounts.models import User

PAGE_SIZE = 30


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    form = ListForm(request.GET)
    form.is_valid()
    state = form.cleaned_data.get("state") or "open"
    typed = form.cleaned_data.get("q", "")
    words = search.words_of(typed)
    found = _found(request.user, state, words)
    # One row more than shown tells whether there is a next page, without counting them all.
    page = _page_number(request)
    rows = list(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE + 1])
    context = {
        "form": form,
        "state": state,
        "states": ListForm.STATES,
        "words": typed,
        "rows": _with_deadlines(rows[:PAGE_SIZE]),
        "places": search.places_in(rows[:PAGE_SIZE], words),
        "page": page,
        "next_page": page + 1 if len(rows) > PAGE_SIZE else None,
        "has_any": bool(rows) or Case.objects.visible_to(request.user).exists(),
    }
    return render_page_or_fragment(request, "case_list", context)


@require_http_methods(["GET", "POST"])
def new_case(request: HttpRequest) -> HttpResponse:
    posting = request.method == "POST"
    form = CaseForm(request.POST if posting else None, user=request.user)
    if form.is_valid():
        try:
            return redirect(way_on(request, submit_once(request, lambda: _open_case(request, form))))
        except ValidationError as error:
            tell(form, error)
    return render(request, "cases/new_case.html", {"form": form}, status=422 if posting else 200)


def _open_case(request: HttpRequest, form: CaseForm) -> str:
    case = case_service.open_case(by=request.user, at=timezone.now(), **form.described())
    return case.get_absolute_url()


def _found(user: User, state: str, words: list[str]) -> QuerySet[Case]:
    found = Case.objects.visible_to(user)
    if state == "open":
        found = found.exclude(status=Status.CLOSED)
    elif state == "closed":
        found = found.filter(status=Status.CLOSED)
    found = search.narrow(found, user, words)
    open_deadlines = Q(deadlines__met_at__isnull=True, deadlines__dropped_at__isnull=True)
    return found.annotate(next_due=Min("deadlines__due_at", filter=open_deadlines)).order_by(
        F("next_due").asc(nulls_last=True), "-created_at", "-pk"
    )


def _with_deadlines(rows: list[Case]) -> list[tuple[Case, ShownDeadline | None]]:
    """Each case with its next open deadline, all read by one query."""
    open_deadlines = (
        Deadline.objects.open().filter(case__in=rows).select_related("case").order_by("-due_at", "-pk")
    )
    # The earliest comes last and stays.
    nearest = {shown.deadline.case_id: shown for shown in show(open_deadlines, at=timezone.now())}
    return [(case, nearest.get(case.pk)) for case in rows]


def _page_number(request: HttpRequest) -> int:
    typed = request.GET.get("page", "1")
    return max(1, int(typed)) if typed.isdecimal() and len(typed) < 6 else 1
