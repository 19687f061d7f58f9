"""What a case is about, how it ended, and how the list is narrowed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import CURRENCIES, AmountField
from cases.models import Case, Complexity, Outcome, Risk, Urgency
from cases.services import playbooks


class CaseForm(forms.ModelForm):
    """Everything that describes a case; consequences are the service's."""

    playbook = forms.ChoiceField(label=_("Where did you buy it?"), widget=forms.RadioSelect)
    amount = AmountField(label=_("Amount in dispute"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES, initial="CNY")
    is_urgent = forms.BooleanField(label=_("It is urgent: every hour counts"), required=False)
    is_high_risk = forms.BooleanField(label=_("My account or money is in danger right now"), required=False)
    is_complex = forms.BooleanField(
        label=_("It is complex: several orders, sides or questions"), required=False
    )

    class Meta:
        model = Case
        fields = [
            "title",
            "playbook",
            "problem_kind",
            "merchant",
            "merchant_kind",
            "partner_platform",
            "problem_statement",
            "demand",
            "amount",
            "currency",
            "during_big_sale",
        ]
        labels = {
            "title": _("Title"),
            "problem_kind": _("What is the problem?"),
            "merchant": _("Shop or merchant"),
            "merchant_kind": _("What kind of shop is it?"),
            "partner_platform": _("Who delivers it, if not the shop itself?"),
            "problem_statement": _("What happened?"),
            "demand": _("What do you ask for?"),
            "during_big_sale": _("Bought at a big sale"),
        }
        help_texts = {
            "title": _("A few words by which you find it again."),
            "partner_platform": _("A partner platform such as Ctrip or Ele.me; empty for ordinary goods."),
            "problem_statement": _("Facts in order of time. A clear account is answered faster."),
            "demand": _("One sentence: refund, replacement, delivery by a day."),
            "during_big_sale": "",
        }
        widgets = {
            "problem_kind": forms.RadioSelect,
            "problem_statement": forms.Textarea(attrs={"rows": 4}),
            "demand": forms.Textarea(attrs={"rows": 2}),
            "title": forms.TextInput(attrs={"autocomplete": "off"}),
        }

    def __init__(self, *args: Any, instance: Case | None = None, **kwargs: Any) -> None:
        if instance is not None:
            kwargs["initial"] = {
                "is_urgent": instance.urgency == Urgency.URGENT,
                "is_high_risk": instance.risk == Risk.HIGH,
                "is_complex": instance.complexity == Complexity.COMPLEX,
                **kwargs.get("initial", {}),
            }
        super().__init__(*args, instance=instance, **kwargs)
        language = get_language() or "en"
        self.fields["playbook"].choices = [
            (key, playbook.name.in_language(language)) for key, playbook in playbooks.all_playbooks().items()
        ]
        if instance is not None and instance.playbook not in playbooks.all_playbooks():
            self.fields["playbook"].choices.append((instance.playbook, instance.playbook))
        self.fields["playbook"].initial = self.fields["playbook"].choices[0][0]
        # A radio button for “nothing” would only be in the way: choosing is required.
        self.fields["problem_kind"].choices = self.Meta.model._meta.get_field("problem_kind").choices

    def described(self) -> dict[str, Any]:
        """The cleaned data in the terms of `services.cases`."""
        data = {name: self.cleaned_data[name] for name in self.Meta.fields}
        data["urgency"] = Urgency.URGENT if self.cleaned_data["is_urgent"] else Urgency.NORMAL
        data["risk"] = Risk.HIGH if self.cleaned_data["is_high_risk"] else Risk.NORMAL
        data["complexity"] = Complexity.COMPLEX if self.cleaned_data["is_complex"] else Complexity.STANDARD
        return data

    def _post_clean(self) -> None:
        """Leave the model alone: the service validates and stores, and the page keeps what was true."""


class ClosingForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[choice for choice in Outcome.choices if choice[0]],
        widget=forms.RadioSelect,
    )
    recovered_amount = AmountField(label=_("Amount you got back"), required=False)


class ListForm(forms.Form):
    """Never refuses: what it does not know is left out."""

    STATES = [("open", _("Open")), ("closed", _("Closed")), ("all", _("All"))]

    state = forms.ChoiceField(choices=STATES, required=False)
    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": _("Title, shop or order number"),
                "autocomplete": "off",
                "enterkeyhint": "search",
            }
        ),
    )
