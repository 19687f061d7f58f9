"""Fields that several forms share."""

from __future__ import annotations

from typing import Any

from django import forms

CURRENCIES = [
    ("CNY", "CNY ¥"),
    ("HKD", "HKD HK$"),
    ("USD", "USD $"),
    ("EUR", "EUR €"),
    ("GBP", "GBP £"),
    ("JPY", "JPY ¥"),
]


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
