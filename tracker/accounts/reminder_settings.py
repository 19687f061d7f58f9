"""The page on which users say how and when they want to be reminded."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.forms.reminder_preferences import ReminderPreferencesForm
from cases.models import ReminderPreferences
from cases.rules.reminders import BEFORE_QUIET, STEPS_OF_CHOICE
from cases.services import reminder_settings, reminder_stops, summary_plans
from cases.services.reminder_preferences import preferences_of
from cases.views.errors import tell


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    posting = request.method == "POST"
    found = preferences_of(request.user)
    form = ReminderPreferencesForm(request.POST if posting else None, preferences=found)
    if form.is_valid():
        try:
            saved = reminder_settings.save_preferences(user=request.user, at=timezone.now(), **form.wanted())
            messages.success(request, _("Saved. What was planned already moves along."))
            if form.cleaned_data["keep_quiet"] and saved.quiet_from is None:
                messages.info(
                    request, _("From a time to the same time is no time: there are no quiet hours.")
                )
            return redirect("reminder-settings")
        except ValidationError as error:
            tell(form, error)
    context = {"form": form, **_state(request, found)}
    return render(request, "account/reminders.html", context, status=422 if posting else 200)


@require_POST
def all_reminders(request: HttpRequest) -> HttpResponse:
    """Stop all reminders of the user, or send them again."""
    now = timezone.now()
    if request.POST.get("do") == "stop":
        reminder_stops.stop_all(request.user, at=now)
        messages.success(request, _("All reminders are stopped. Here they can be turned on again."))
    elif request.POST.get("do") == "resume":
        reminder_stops.resume_all(request.user, at=now)
        messages.success(
            request, _("You are reminded again of what is ahead. What fell due meanwhile stands on Today.")
        )
    return redirect("reminder-settings")


def about_reminders(found: ReminderPreferences) -> dict[str, Any]:
    """What the pages say of preferences: `reminders`, and `quiet` with its times or None."""
    return {"reminders": found, "quiet": _quiet(found)}


def _state(request: HttpRequest, found: ReminderPreferences) -> dict[str, Any]:
    return {
        **about_reminders(found),
        "is_told_nothing": not any(getattr(found, name) for name in STEPS_OF_CHOICE),
        "next_summary": None if found.stopped_at else summary_plans.next_for(request.user),
        "stopped_cases": reminder_stops.stopped_cases(request.user),
    }


def _quiet(found: ReminderPreferences) -> dict[str, time] | None:
    """When they begin and end, and when what would be too late comes before them."""
    if found.quiet_from is None or found.quiet_until is None or found.quiet_from == found.quiet_until:
        return None
    before = datetime.combine(date(2026, 1, 2), found.quiet_from) - BEFORE_QUIET
    return {"start": found.quiet_from, "end": found.quiet_until, "before": before.time()}
