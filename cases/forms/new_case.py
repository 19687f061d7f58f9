"""A new case on one page: what describes it, what was pasted, and the first screenshots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from cases.forms.cases import CaseForm
from cases.forms.exhibits import ManyFilesField
from cases.models import OrderNumberKind
from cases.services.orders import clean_number

MOST_NUMBERS = 20
LONGEST_PASTED = 20_000


class NumbersField(forms.Field):
    """Order numbers as “kind:number”, those that stayed ticked; cleans to (kind, number) pairs."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[tuple[str, str]]:
        pairs = [str(one).partition(":")[::2] for one in value or []]
        if len(pairs) > MOST_NUMBERS or any(kind not in OrderNumberKind.values for kind, _number in pairs):
            raise ValidationError(_t("These numbers could not be read; add them to the case afterwards."))
        return [(kind, clean_number(number)) for kind, number in pairs]


class FirstFilesField(ManyFilesField):
    """None is fine too."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:  # type: ignore[override]
        return super().clean(data, initial) if data else []


class NewCaseForm(CaseForm):
    pasted = forms.CharField(
        label=_("Paste the text of the order or the chat"),
        required=False,
        max_length=LONGEST_PASTED,
        help_text=_("What it says is filled in below: shop, amount, numbers. You check it."),
        widget=forms.Textarea(attrs={"rows": 2, "data-paste": True}),
    )
    files = FirstFilesField(
        label=_("Or add the first screenshot"),
        required=False,
        help_text=_("It becomes the first exhibit of the case."),
    )
    numbers = NumbersField(required=False)

    @classmethod
    def kept_names(cls) -> set[str]:
        """What a draft keeps: all but the files."""
        return {*cls.base_fields} - {"files"}

    @classmethod
    def initial_of(cls, typed: Mapping[str, list[str]]) -> dict[str, Any]:
        """What was typed, as the form shows it without complaining about what is not there yet."""
        initial: dict[str, Any] = {}
        for name, field in cls.base_fields.items():
            values = typed.get(name, [])
            if isinstance(field, forms.BooleanField):
                initial[name] = bool(values)
            elif isinstance(field, forms.MultipleChoiceField | NumbersField):
                initial[name] = values
            elif values:
                initial[name] = values[-1]
        return initial

    @property
    def offered_numbers(self) -> list[tuple[str, str, str]]:
        """The value to send, the kind in words, and the number, of each."""
        names = dict(OrderNumberKind.choices)
        pairs = [str(one).partition(":") for one in self["numbers"].value() or []]
        return [
            (f"{kind}:{number}", str(names[kind]), number) for kind, _colon, number in pairs if kind in names
        ]
