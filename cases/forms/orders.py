"""What is typed about an order and its numbers."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import CURRENCIES, AmountField, MomentField
from cases.models import OrderNumberKind

# Blanks are not among them: a number is often shown in groups.
BETWEEN_NUMBERS = re.compile(r"[,，、;；\n\r]+")


class NumbersField(forms.CharField):
    """One number or several, with commas or line ends between them; cleans to a list."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        super().__init__(required=False, max_length=1000, widget=widget, **kwargs)

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        typed = super().to_python(value)
        return [number.strip() for number in BETWEEN_NUMBERS.split(typed) if number.strip()]

    def run_validators(self, value: Any) -> None:
        super().run_validators(",".join(value))


class OrderForm(forms.Form):
    platform = forms.CharField(label=_("Where was it bought?"), max_length=60)
    order = NumbersField(label=_("Order number"), help_text=_("Several? Put commas between them."))
    item = forms.CharField(label=_("What was bought?"), required=False, max_length=200)
    amount = AmountField(label=_("Price paid"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES, initial="CNY")
    paid_at = MomentField(label=_("Paid at"), required=False)
    received_at = MomentField(label=_("Received at"), required=False)
    payment = NumbersField(
        label=_("Payment number"), help_text=_("On the bill of WeChat Pay, Alipay or the bank.")
    )
    parcel = NumbersField(label=_("Parcel number"))
    after_sales = NumbersField(label=_("After-sales number"))
    partner = NumbersField(label=_("Partner's number"))

    def clean(self) -> dict[str, Any]:
        """Gathers the numbers as the service takes them: `numbers`, a list of (kind, number)."""
        data = super().clean() or {}
        data["numbers"] = [(kind, number) for kind in OrderNumberKind.values for number in data.pop(kind, [])]
        return data


class NumberForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=OrderNumberKind.choices)
    number = forms.CharField(
        label=_("Number"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
