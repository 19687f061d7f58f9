"""What people type about themselves."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tracker.accounts.models import Language, User

DEFAULT_TIME_ZONE = "Asia/Shanghai"
# Offered while typing; every other name of the IANA database is taken as well.
COMMON_TIME_ZONES = (
    "Asia/Shanghai",
    "Asia/Urumqi",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Asia/Bangkok",
    "Australia/Sydney",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Paris",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Toronto",
    "UTC",
)


class PreferencesSignupForm(forms.Form):
    """Taken along at sign-up without asking: the language of the page and the zone of the browser."""

    language = forms.CharField(required=False, widget=forms.HiddenInput)
    time_zone = forms.CharField(
        required=False, initial=DEFAULT_TIME_ZONE, widget=forms.HiddenInput(attrs={"data-time-zone": ""})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language()

    def clean_language(self) -> str:
        chosen = self.cleaned_data["language"]
        return chosen if chosen in Language.values else get_language() or Language.ZH_HANS

    def clean_time_zone(self) -> str:
        # Hidden, so nobody could mend an error here; it can be changed in the settings.
        chosen = self.cleaned_data["time_zone"]
        return chosen if chosen in available_timezones() else DEFAULT_TIME_ZONE

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by django-allauth after the account was saved; the adapter has stored the preferences."""


class SettingsForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "language", "time_zone"]
        labels = {"name": _("Your name"), "language": _("Language"), "time_zone": _("Time zone")}
        help_texts = {
            "language": _("Of the screens, the mails and new case files."),
            "time_zone": _(
                "Times are shown on this clock, and what you type is read on it. Quiet hours and summaries"
                " follow it."
            ),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "language": forms.RadioSelect,
            "time_zone": forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
        }
