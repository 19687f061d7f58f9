"""What is typed and ticked about how one wants to be reminded."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from cases.models import ReminderPreferences
from cases.rules.reminders import STEPS_OF_CHOICE
from cases.services.summary_plans import SUMMARIES

# What the fields show where there are no quiet hours yet.
USUAL_FROM, USUAL_UNTIL = time(22, 0), time(8, 0)


class TimeOfDayField(forms.TimeField):
    """A time as a clock on the wall shows it, to the minute; a Chinese colon is read like any other."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        wrong = {"invalid": _("This is no time of day. Write it like 22:00.")}
        formats = ["%H:%M", "%H:%M:%S"]
        super().__init__(widget=widget, error_messages=wrong, input_formats=formats, required=False, **kwargs)

    def to_python(self, value: Any) -> time | None:
        found = super().to_python(value.replace("：", ":") if isinstance(value, str) else value)
        return found.replace(second=0) if found else None


class ReminderPreferencesForm(forms.Form):
    keep_quiet = forms.BooleanField(label=_("Send nothing in these hours"), required=False)
    quiet_from = TimeOfDayField(label=_("From"))
    quiet_until = TimeOfDayField(label=_("Until"))
    day_before = forms.BooleanField(
        label=_("The day before"),
        help_text=_("24 hours ahead; at 9:00 where the deadline is a day without a time."),
        required=False,
    )
    hours_before = forms.BooleanField(
        label=_("Two hours before"), help_text=_("Where the deadline has a time."), required=False
    )
    when_due = forms.BooleanField(
        label=_("When it is due"),
        help_text=_("At the minute, or at 9:00 of the day. Also when the time to act begins."),
        required=False,
    )
    when_overdue = forms.BooleanField(
        label=_("Daily for three days after"), help_text=_("As long as it is open."), required=False
    )
    morning_summary = forms.BooleanField(
        label=_("Every morning"),
        help_text=_("At 8:00, or when your quiet hours end: what is late, due and ahead in all cases."),
        required=False,
    )
    weekly_summary = forms.BooleanField(
        label=_("Every Monday"),
        help_text=_("The same for the week; that day it comes in place of the morning one."),
        required=False,
    )

    def __init__(self, data: Any = None, *, preferences: ReminderPreferences) -> None:
        start, end = preferences.quiet_from, preferences.quiet_until
        chosen = {name: getattr(preferences, name) for name in (*STEPS_OF_CHOICE, *SUMMARIES)}
        initial = {
            **chosen,
            "keep_quiet": start is not None,
            "quiet_from": start or USUAL_FROM,
            "quiet_until": end or USUAL_UNTIL,
        }
        super().__init__(data, initial=initial)

    def times(self) -> list[BoundField]:
        return [self["quiet_from"], self["quiet_until"]]

    def steps(self) -> list[BoundField]:
        return [self[name] for name in STEPS_OF_CHOICE]

    def summaries(self) -> list[BoundField]:
        return [self[name] for name in SUMMARIES]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        times = ("quiet_from", "quiet_until")
        if not cleaned.get("keep_quiet"):
            for name in times:  # what stands in fields that do not count is nobody's mistake
                self.errors.pop(name, None)
                cleaned[name] = None
        elif not any(self.errors.get(name) or cleaned.get(name) for name in times):
            self.add_error("quiet_from", _("Say from when until when, or take the tick away."))
        return cleaned

    def wanted(self) -> dict[str, Any]:
        """The arguments of `reminder_settings.save_preferences`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "keep_quiet"}
