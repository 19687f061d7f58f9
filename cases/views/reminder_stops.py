"""Stopping the reminders of one case for oneself, and letting them come again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.services import reminder_stops
from cases.views.access import access_case


def case_reminders(request: HttpRequest, ref: str) -> HttpResponse:
    """A reader too says which mails to get: it is their own membership, and nothing of the case."""
    case = access_case(request, ref)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if request.POST.get("do") == "stop":
        reminder_stops.stop_case(case, request.user, at=timezone.now())
        messages.success(request, _("You get no more reminders of this case."))
    elif request.POST.get("do") == "resume":
        reminder_stops.resume_case(case, request.user)
        messages.success(request, _("You are reminded of this case again."))
    return redirect("reminder-settings") if request.POST.get("back") == "settings" else redirect(case)
