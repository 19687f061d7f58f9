"""Each deadline with the reason for its date, and the reminders planned and sent for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.forms.own_reminders import OwnReminderForm, SnoozeForm
from cases.models import Case, Deadline
from cases.services import deadlines as deadline_service
from cases.services import reminder_stops, snoozes
from cases.views import today_undo
from cases.views.access import case_view
from cases.views.errors import tell
from cases.views.fragments import render_page_or_fragment, wants_fragment
from cases.views.horizon import horizon_of
from cases.views.ledger import ledger_of
from cases.views.own_reminders import shown_own
from cases.views.shown import earliest_first, show
from cases.views.times import said_when
from cases.views.today import today_page

# No row has a longer one.
LONGEST_NUMBER = 18
ACTIONS = {
    "met": deadline_service.mark_met,
    "drop": deadline_service.drop,
    "undo": deadline_service.take_back,
    "unsnooze": snoozes.take_back,
}
SAID = {
    "met": _("Noted. No more reminders come for it."),
    "drop": _("Noted. No more reminders come for it."),
    "undo": _("It is open again."),
    "unsnooze": _("Taken back. Its reminders come as before."),
}
FEW_HOURS = timedelta(hours=3)
FEW_DAYS = 3


@case_view("GET", "POST")
def deadlines(request: HttpRequest, case: Case) -> HttpResponse:
    if request.method != "POST":
        return _page(request, case)
    typed = request.POST.get("deadline", "")
    is_number = typed.isdecimal() and len(typed) <= LONGEST_NUMBER
    deadline = get_object_or_404(case.deadlines, pk=int(typed) if is_number else 0)
    action = request.POST.get("action", "")
    if action == "snooze":
        return _snooze(request, case, deadline)
    act = ACTIONS.get(action)
    if act is None:
        return _refused(request, case, gettext("Choose what became of the deadline."))
    try:
        act(deadline=deadline, by=request.user, at=timezone.now())
    except ValidationError as error:
        return _refused(request, case, " ".join(error.messages))
    undo = today_undo.of_deadline(case, deadline) if action == "met" else None
    return _done(request, case, str(SAID[action]), undo=undo)


def _snooze(request: HttpRequest, case: Case, deadline: Deadline) -> HttpResponse:
    """Put its reminders off to what a button says, or to a day and a time that were typed."""
    now = timezone.now()
    form = SnoozeForm(request.POST, prefix=f"snooze-{deadline.pk}")
    until = _chosen(request, now)
    if until is None and form.is_valid():
        until = form.cleaned_data["remind_at"]
    if until is not None:
        try:
            said_at = snoozes.snooze(
                deadline=deadline, user=request.user, until=until, by=request.user, at=now
            )
            stands = snoozes.standing(deadline, request.user, at=now)
            undo = today_undo.of_deadline(case, deadline, put_off=True) if stands else None
            return _done(request, case, said_when(said_at, asked_for=until), undo=undo)
        except ValidationError as error:
            if not hasattr(error, "error_dict"):
                return _refused(request, case, " ".join(error.messages))
            form.is_valid()
            tell(form, ValidationError({"remind_at": error.error_dict["until"]}))
    return _page(request, case, refused=(deadline, form), status=422)


def _chosen(request: HttpRequest, now: datetime) -> datetime | None:
    """The time that the pressed button stands for; None where a day was typed instead."""
    match request.POST.get("until", ""):
        case "hours":
            return now + FEW_HOURS
        case "tomorrow":
            return snoozes.tomorrow(request.user, now)
        case "days":
            return snoozes.morning_in(request.user, FEW_DAYS, now)
    return None


def _done(
    request: HttpRequest, case: Case, said: str, *, undo: today_undo.Undo | None = None
) -> HttpResponse:
    """`undo` is the way back that Today offers."""
    if wants_fragment(request):
        if _is_from_today(request):
            return today_page(request, said=said, undo=undo)
        return _page(request, case, said=said)
    messages.success(request, said)
    if undo and _is_from_today(request):
        return redirect(undo.address)
    return redirect(_next_page(request, case))


def _refused(request: HttpRequest, case: Case, sentence: str) -> HttpResponse:
    if not wants_fragment(request):
        messages.error(request, sentence)
    elif _is_from_today(request):
        return today_page(request, refused=sentence)
    return _page(request, case, said=sentence, status=422)


def _is_from_today(request: HttpRequest) -> bool:
    return request.POST.get("from") == "today"


def _page(
    request: HttpRequest,
    case: Case,
    *,
    said: str = "",
    refused: tuple[Deadline, SnoozeForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """`refused` is a deadline with what was typed about it."""
    now = timezone.now()
    rows = list(case.deadlines.prefetch_related("reminders"))
    for row in rows:
        row.case = case
    shown = show(rows, at=now)
    is_past = {one.deadline.pk: one.tone in {"met", "dropped"} or case.is_closed for one in shown}
    still_open = earliest_first(one for one in shown if not is_past[one.deadline.pk])
    context: dict[str, Any] = {
        "case": case,
        "room": "deadlines",
        "now": now,
        "said": said,
        "open": still_open,
        "horizon": horizon_of(still_open, at=now),
        "past": [one for one in reversed(shown) if is_past[one.deadline.pk]],
        "ledgers": {row.pk: ledger_of(row, user=request.user, at=now) for row in rows},
        "refused": refused,
        "own": shown_own(case, request.user, at=now),
        "own_form": OwnReminderForm(),
        "stops": reminder_stops.stops_of(case, request.user),
    }
    return render_page_or_fragment(request, "deadlines", context, status=status)


def _next_page(request: HttpRequest, case: Case) -> str:
    """Back to where the button was: Today and the case page have it too."""
    return {"today": "/", "case": case.get_absolute_url()}.get(request.POST.get("from", ""), request.path)
