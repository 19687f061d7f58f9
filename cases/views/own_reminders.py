"""Reminders that users set for themselves in a case: theirs alone, a reader's too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.forms.own_reminders import ChangeForm, OwnReminderForm
from cases.models import Case, OwnReminder
from cases.services import own_reminders as service
from cases.services import reminder_stops, snoozes
from cases.views import today_undo
from cases.views.access import case_view
from cases.views.errors import tell
from cases.views.fragments import render_page_or_fragment, wants_fragment
from cases.views.ledger import Line, lines_of
from cases.views.submissions import submit_once
from cases.views.times import said_when, written
from cases.views.today import today_page
from tracker.accounts.models import User

# What Today offers to take back.
UNDONE = frozenset({"done", "tomorrow"})


@dataclass(frozen=True, slots=True)
class ShownOwn:
    """An own reminder with what became of it; `is_due` says that its time has come."""

    own: OwnReminder
    lines: tuple[Line, ...]
    is_due: bool

    @property
    def last(self) -> Line | None:
        """What the ledger says of the time that counts."""
        found = [line for line in self.lines if line.reminder.version == self.own.version]
        return found[-1] if found else None


def shown_own(case: Case, user: User, *, at: datetime) -> list[ShownOwn]:
    """The user's open ones of the case, the earliest first; two queries."""
    rows = service.open_of(case, user).prefetch_related("reminders")
    return [
        ShownOwn(own, lines_of(own.reminders.all(), user=user, at=at), is_due=own.is_past(at)) for own in rows
    ]


@case_view("GET", "POST", by_readers=True)
def own_reminders(request: HttpRequest, case: Case) -> HttpResponse:
    """Those of the user in this case, also of a closed one, and setting another."""
    form = OwnReminderForm(request.POST if request.method == "POST" else None)
    said = ""
    if form.is_valid():
        try:
            said = submit_once(request, lambda: _add(request, case, form))
            if not wants_fragment(request):
                messages.success(request, said)
                return redirect(_list_of(case))
            form = OwnReminderForm()
        except ValidationError as error:
            tell(form, error)
    context = {
        "case": case,
        "room": "deadlines",
        "own": shown_own(case, request.user, at=timezone.now()),
        "own_form": form,
        "stops": reminder_stops.stops_of(case, request.user),
        "said": said,
    }
    return render_page_or_fragment(request, "own_reminders", context, status=422 if form.errors else 200)


@case_view("GET", "POST", by_readers=True)
def own_reminder(request: HttpRequest, case: Case, own_id: int) -> HttpResponse:
    """Changing one, putting it off, calling it done, removing it; whoever did not set it gets 404."""
    own = get_object_or_404(case.own_reminders.filter(user=request.user), pk=own_id)
    own.case = case
    posting = request.method == "POST"
    form = ChangeForm(request.POST if posting and _is_typed(request) else None, own=own)
    if posting:
        try:
            if said := _act(request, own, form):
                return _acted(request, own, said)
        except ValidationError as error:
            if _is_on_today(request):
                return today_page(request, refused=" ".join(error.messages))
            if not form.is_bound:
                form = ChangeForm({"text": own.text, "remind_at": own.remind_at}, own=own)
            tell(form, error)
    context = {"case": case, "room": "deadlines", "own": own, "form": form}
    return render(request, "cases/own_reminder.html", context, status=422 if posting else 200)


def _acted(request: HttpRequest, own: OwnReminder, said: str) -> HttpResponse:
    """Back to where the button was; what was done or put off on Today can be taken back there."""
    do = request.POST.get("do")
    undo = today_undo.of_own(own.case, own, put_off=do == "tomorrow") if do in UNDONE else None
    if _is_on_today(request):
        return today_page(request, said=said, undo=undo)
    messages.success(request, said)
    if request.POST.get("from") != "today":
        return redirect(_list_of(own.case))
    return redirect(undo.address if undo else "/")


def _is_on_today(request: HttpRequest) -> bool:
    """Whether Today wants its fragment."""
    return wants_fragment(request) and request.POST.get("from") == "today"


def _act(request: HttpRequest, own: OwnReminder, form: ChangeForm) -> str:
    """Do what was asked; return what to say of it, or nothing where it was refused in the form."""
    now, user = timezone.now(), request.user
    match request.POST.get("do", ""):
        case "done":
            service.mark_done(own=own, by=user, at=now)
            return _("Done. Nothing more is said of it.")
        case "undo":
            service.take_back(own=own, by=user, at=now)
            return _("It is open again.")
        case "unsnooze":
            service.put_back(own=own, by=user, at=now)
            return _("Taken back. Its reminders come as before.")
        case "remove":
            service.remove(own=own, by=user, at=now)
            return _("The reminder is removed.")
        case "tomorrow":
            until = snoozes.tomorrow(user, now)
            return said_when(service.put_off(own=own, until=until, by=user, at=now), asked_for=until)
        case "change" if form.is_valid():
            changed = service.change(own=own, by=user, at=now, **form.cleaned_data)
            return _("Changed. It is set for %(time)s.") % {"time": written(changed.remind_at)}
        case "change":
            return ""
    raise ValidationError(_("Choose what to do with this reminder."))


def _add(request: HttpRequest, case: Case, form: OwnReminderForm) -> str:
    now = timezone.now()
    remind_at = form.time_for(request.user, now)
    text = form.cleaned_data["text"]
    service.add(case=case, by=request.user, text=text, remind_at=remind_at, at=now)
    return said_when(snoozes.out_of_quiet_hours(request.user, remind_at), asked_for=remind_at)


def _is_typed(request: HttpRequest) -> bool:
    return request.POST.get("do") == "change"


def _list_of(case: Case) -> str:
    return reverse("cases:deadlines", args=[case.reference]) + "#own-reminders"
