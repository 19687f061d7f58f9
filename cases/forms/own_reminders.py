"""What is typed about a reminder of one's own, and when to speak of a deadline again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import MomentField
from cases.models import OwnReminder
from cases.models.own_reminder import TEXT_LENGTH
from cases.services.own_reminders import morning_in_months
from cases.services.snoozes import morning_in
from tracker.accounts.models import User

AFTER: dict[str, Callable[[User, datetime], datetime]] = {
    "days": lambda user, at: morning_in(user, 3, at),
    "week": lambda user, at: morning_in(user, 7, at),
    "weeks": lambda user, at: morning_in(user, 21, at),
    "months": lambda user, at: morning_in_months(user, 3, at),
}


class _AboutOwnReminder(forms.Form):
    text = forms.CharField(
        label=_("What to remind you of"),
        max_length=TEXT_LENGTH,
        help_text=_("Only you read it; it goes into no case file."),
        error_messages={"required": _("Write down what to remind you of.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class OwnReminderForm(_AboutOwnReminder):
    """A new one: so long from now, unless a day and a time are typed."""

    after = forms.ChoiceField(
        label=_("When?"),
        choices=[
            ("days", _("In 3 days, at 9:00")),
            ("week", _("In a week, at 9:00")),
            ("weeks", _("In 3 weeks, at 9:00")),
            ("months", _("In 3 months, at 9:00")),
        ],
        initial="weeks",
    )
    remind_at = MomentField(
        label=_("Or on this day, at this time"),
        required=False,
        help_text=_("What stands here counts before the choice above."),
    )

    def time_for(self, user: User, at: datetime) -> datetime:
        """When to remind, once the form is valid."""
        typed: datetime | None = self.cleaned_data["remind_at"]
        return typed or AFTER[self.cleaned_data["after"]](user, at)


class ChangeForm(_AboutOwnReminder):
    """One that is there: other words, another time."""

    remind_at = MomentField(
        label=_("When?"), error_messages={"required": _("Say on which day and at what time.")}
    )

    def __init__(self, *args: Any, own: OwnReminder, **kwargs: Any) -> None:
        # A browser sends minutes: what is not touched is not to count as another time.
        self.before = own.remind_at
        initial = {"text": own.text, "remind_at": own.remind_at}
        super().__init__(*args, initial=initial, **kwargs)

    def clean_remind_at(self) -> datetime:
        typed: datetime = self.cleaned_data["remind_at"]
        return self.before if typed == self.before.replace(second=0, microsecond=0) else typed


class SnoozeForm(forms.Form):
    """A day and a time of one's own at which to be reminded of a deadline again."""

    remind_at = MomentField(
        label=_("On a day and at a time of your own"),
        error_messages={"required": _("Say on which day and at what time.")},
    )
