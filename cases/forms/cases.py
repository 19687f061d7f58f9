"""What a case is about, how it ended, and how the list is narrowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import CURRENCIES, AmountField, here
from cases.models import Case, Complexity, Outcome, Risk, Urgency
from cases.rules.playbooks import Playbook
from cases.services import playbooks
from tracker.accounts.models import User


class CaseForm(forms.ModelForm):
    """Everything that describes a case; consequences are the service's.

    `user` is whose own playbooks may be chosen besides the shipped ones.
    """

    playbook = forms.ChoiceField(label=_("Where did you buy it?"), widget=forms.RadioSelect)
    also_playbooks = forms.MultipleChoiceField(
        label=_("What else applies?"), required=False, widget=forms.CheckboxSelectMultiple
    )
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
            "merchant_address",
            "partner_platform",
            "problem_statement",
            "demand",
            "amount",
            "currency",
            "payment_method",
            "during_big_sale",
        ]
        labels = {
            "title": _("Title"),
            "problem_kind": _("What is the problem?"),
            "merchant": _("Shop or merchant"),
            "merchant_kind": _("What kind of shop is it?"),
            "merchant_address": _("The shop's address"),
            "payment_method": _("How did you pay?"),
            "partner_platform": _("Who delivers it, if not the shop itself?"),
            "problem_statement": _("What happened?"),
            "demand": _("What do you ask for?"),
            "during_big_sale": _("Bought at a big sale"),
        }
        help_texts = {
            "title": _("A few words by which you find it again."),
            "merchant_address": _(
                "As the shop publishes it on the platform. An authority can only act with name and address."
            ),
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

    def __init__(self, *args: Any, user: User, instance: Case | None = None, **kwargs: Any) -> None:
        if instance is not None:
            kwargs["initial"] = {
                "is_urgent": instance.urgency == Urgency.URGENT,
                "is_high_risk": instance.risk == Risk.HIGH,
                "is_complex": instance.complexity == Complexity.COMPLEX,
                "also_playbooks": instance.also_playbooks,
                **kwargs.get("initial", {}),
            }
        super().__init__(*args, instance=instance, **kwargs)
        platforms, others = playbooks.choices_for(user)
        self.fields["playbook"].choices = _choices(platforms, [instance.playbook] if instance else [])
        self.fields["playbook"].initial = _usual_platform(user, platforms)
        named = [playbooks.playbook_of(instance)] if instance else []
        self.goes_with = {one.key: one.goes_with for one in (*platforms, *named) if one}
        self.fields["also_playbooks"].choices = _choices(others, instance.also_playbooks if instance else [])
        # A radio button for “nothing” would only be in the way: choosing is required.
        self.fields["problem_kind"].choices = self.Meta.model._meta.get_field("problem_kind").choices

    @property
    def others(self) -> list[BoundWidget]:
        """What may be added to the case: all but that which goes with its platform anyway."""
        given = self.goes_with.get(self["playbook"].value(), ())
        return [box for box in self["also_playbooks"] if box.data["value"] not in given]

    def described(self) -> dict[str, Any]:
        """The cleaned data in the terms of `services.cases`."""
        data = {name: self.cleaned_data[name] for name in self.Meta.fields}
        given = self.goes_with.get(data["playbook"], ())
        data["also_playbooks"] = [key for key in self.cleaned_data["also_playbooks"] if key not in given]
        data["urgency"] = Urgency.URGENT if self.cleaned_data["is_urgent"] else Urgency.NORMAL
        data["risk"] = Risk.HIGH if self.cleaned_data["is_high_risk"] else Risk.NORMAL
        data["complexity"] = Complexity.COMPLEX if self.cleaned_data["is_complex"] else Complexity.STANDARD
        return data

    def _post_clean(self) -> None:
        """Leave the model alone: the service validates and stores, and the page keeps what was true."""


def _usual_platform(user: User, platforms: Iterable[Playbook]) -> str:
    """The platform of the user's last case, else the first there is."""
    last = Case.objects.visible_to(user).order_by("-created_at", "-pk").values_list("playbook", flat=True)
    keys = [playbook.key for playbook in platforms]
    usual = last.first() or ""
    return usual if usual in keys else next(iter(keys), "")


def _choices(known: Iterable[Playbook], kept: Iterable[str]) -> list[tuple[str, str]]:
    """Playbooks by name, with those the case names already, whosever they are or if they are gone."""
    choices = {playbook.key: here(playbook.name) for playbook in known}
    for key in kept:
        if key not in choices:
            named = playbooks.playbook_named(key)
            choices[key] = here(named.name) if named else key
    return list(choices.items())


class ClosingForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[choice for choice in Outcome.choices if choice[0]],
        widget=forms.RadioSelect,
    )
    recovered_amount = AmountField(label=_("Amount you got back"), required=False)
