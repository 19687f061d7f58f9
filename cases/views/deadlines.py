"""Each deadline with the reason for its date, and the reminders planned and sent for it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case
from cases.services import deadlines as deadline_service
from cases.views.access import case_view
from cases.views.fragments import render_page_or_fragment, wants_fragment
from cases.views.shown import earliest_first, show

# No row has a longer one.
LONGEST_NUMBER = 18
ACTIONS = {"met": deadline_service.mark_met, "drop": deadline_service.drop}


@case_view("GET", "POST")
def deadlines(request: HttpRequest, case: Case) -> HttpResponse:
    said = ""
    if request.method == "POST":
        typed = request.POST.get("deadline", "")
        act = ACTIONS.get(request.POST.get("action", ""))
        is_number = typed.isdecimal() and len(typed) <= LONGEST_NUMBER
        deadline = get_object_or_404(case.deadlines, pk=int(typed) if is_number else 0)
        if act is None:
            sentence = _("Choose what became of the deadline.")
            if not wants_fragment(request):
                messages.error(request, sentence)
            return _page(request, case, said=sentence, status=422)
        act(deadline=deadline, by=request.user, at=timezone.now())
        said = _("Noted. No more reminders come for it.")
        if not wants_fragment(request):
            messages.success(request, said)
            return redirect(_next_page(request, case))
    return _page(request, case, said=said)


def _page(request: HttpRequest, case: Case, *, said: str, status: int = 200) -> HttpResponse:
    now = timezone.now()
    rows = list(case.deadlines.prefetch_related("reminders"))
    for row in rows:
        row.case = case
    shown = show(rows, at=now)
    is_past = {one.deadline.pk: one.tone in {"met", "dropped"} or case.is_closed for one in shown}
    context = {
        "case": case,
        "room": "deadlines",
        "now": now,
        "said": said,
        "open": earliest_first(one for one in shown if not is_past[one.deadline.pk]),
        "past": [one for one in reversed(shown) if is_past[one.deadline.pk]],
    }
    return render_page_or_fragment(request, "deadlines", context, status=status)


def _next_page(request: HttpRequest, case: Case) -> str:
    """Back to where the button was: Today and the case page have it too."""
    return {"today": "/", "case": case.get_absolute_url()}.get(request.POST.get("from", ""), request.path)
