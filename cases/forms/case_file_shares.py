"""What is said about a new link to a case file."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models.case_file_share import LABEL_LENGTH


class ShareForm(forms.Form):
    label = forms.CharField(
        label=_("For whom"),
        max_length=LABEL_LENGTH,
        required=False,
        help_text=_("For your own list, as in “lawyer” or “12315”. Whoever opens the link does not see it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        label=_("How long the link works"),
        choices=[(1, _("1 day")), (7, _("7 days")), (30, _("30 days"))],
        coerce=int,
        initial=7,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose how long the link works.")},
    )
    with_code = forms.BooleanField(
        label=_("Ask for a code of 6 digits"),
        required=False,
        help_text=_("Send link and code by different ways: whoever has only one of them gets nothing."),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Type the code that you were given.")},
    )
