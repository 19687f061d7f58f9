"""What is chosen for a case file."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.accounts.models import Language


class CaseFileForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language of the case file"), choices=Language.choices, widget=forms.RadioSelect
    )
