"""What is typed about a dated fact."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import MomentField
from cases.models import Case, ContactAttempt, MilestoneKind


class MilestoneForm(forms.Form):
    kind = forms.ChoiceField(label=_("What happened?"), choices=MilestoneKind.choices)
    happened_at = MomentField(label=_("When?"), required=False, help_text=_("Empty means just now."))
    usual_workdays = forms.IntegerField(
        label=_("How many workdays does the partner usually take?"),
        required=False,
        min_value=0,
        max_value=60,
        help_text=_("As the partner says; the usual 2 to 3 workdays of a hand-over are added to it."),
    )
    contact = forms.ModelChoiceField(
        label=_("Which contact does it follow from?"),
        queryset=ContactAttempt.objects.none(),
        required=False,
        empty_label=_("None of them"),
        help_text=_("For a promise: the contact in which it was made."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = case.contacts.select_related("case").order_by("-started_at", "-pk")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        workdays = data.pop("usual_workdays", None)
        is_hand_over = data.get("kind") == MilestoneKind.HANDED_TO_PARTNER
        data["facts"] = {"usual_workdays": workdays} if is_hand_over and workdays is not None else {}
        return data
