"""Fields that several forms share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.rules.deadline_rules import Input
from cases.rules.text import Text
from cases.services import playbooks

CURRENCIES = [
    ("CNY", "CNY ¥"),
    ("HKD", "HKD HK$"),
    ("USD", "USD $"),
    ("EUR", "EUR €"),
    ("GBP", "GBP £"),
    ("JPY", "JPY ¥"),
]


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows, by number; a number longer than any row's is refused like one that is not there."""

    def clean(self, value: Any) -> Any:
        for number in value or ():
            if len(str(number)) > 18:
                raise ValidationError(
                    self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": "…"}
                )
        return super().clean(value)


class MomentField(forms.DateTimeField):
    """A day and a time, typed and read on the clock of the reader's zone, minutes only."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **kwargs)


class AmountField(forms.DecimalField):
    """Money, never negative, to the cent."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(min_value=0, max_digits=12, decimal_places=2, widget=widget, **kwargs)


class ChannelField(forms.ChoiceField):
    """One of the channels of a case, or none: those of the platform first, then by playbook."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def set_case(self, case: Case) -> None:
        self.choices = [
            ("", _("With nobody in particular")),
            *(
                (here(playbook.name), [(key, here(one.name)) for key, one in playbook.channels.items()])
                for playbook in playbooks.playbooks_of(case)
                if playbook.channels
            ),
        ]


def answer_field(asked: Input) -> forms.Field:
    """The field for what a rule asks; empty is for the service to refuse, in the rule's words."""
    label = here(asked.question)
    if asked.kind == "whole_number":
        return forms.IntegerField(label=label, required=False, min_value=asked.low, max_value=asked.high)
    if asked.kind == "moment":
        return MomentField(label=label, required=False)
    if asked.kind == "choice":
        choices = [("", _("Choose one")), *((key, here(text)) for key, text in asked.choices)]
        return forms.ChoiceField(label=label, required=False, choices=choices, initial=asked.default)
    return forms.CharField(label=label, required=False, max_length=60)


def here(text: Text) -> str:
    """The text in the language of the page."""
    return text.in_language(get_language() or "en")
