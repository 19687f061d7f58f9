"""Fields that several forms share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

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
