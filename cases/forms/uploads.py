"""What a browser announces of a file before it sends it in pieces."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import MomentField
from cases.models import Case, ContactAttempt

# A number that no file reaches; the service says what is too large.
LARGEST_NUMBER = 10**15
UNREADABLE = _("The announcement of this file cannot be read. Reload the page and try again.")


class AnnouncementForm(forms.Form):
    name = forms.CharField(required=False)
    size = forms.IntegerField(min_value=0, max_value=LARGEST_NUMBER)
    sha256 = forms.RegexField(
        r"^[0-9a-f]{64}\Z",
        error_messages={
            "invalid": _("The SHA-256 of this file cannot be read. Reload the page and try again.")
        },
    )
    shows = forms.CharField(required=False, max_length=500)
    claimed_at = MomentField(required=False)
    contact = forms.ModelChoiceField(queryset=ContactAttempt.objects.none(), required=False)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = case.contacts.all()
