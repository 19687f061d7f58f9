"""What is typed about one try to reach the other side."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import MomentField, RowsField, here
from cases.models import Case, ContactOutcome, Direction, Exhibit
from cases.services import playbooks

# Ninety days: what is older was forgotten, and its time is to be typed.
LONGEST_WAIT = 90 * 24 * 60 * 60


class QuickContactForm(forms.Form):
    """Channel, outcome, done; the time is now. What a promise or a stream needs is asked when chosen."""

    channel = forms.ChoiceField(label=_("Through which channel?"), widget=forms.RadioSelect)
    outcome = forms.ChoiceField(
        label=_("How did it end?"), choices=ContactOutcome.choices, widget=forms.RadioSelect
    )
    promise = forms.CharField(label=_("What did they promise?"), required=False, max_length=500)
    promised_by = MomentField(
        label=_("Until when?"), required=False, help_text=_("Then you are asked whether they kept it.")
    )
    stream_ended_at = MomentField(
        label=_("When did the stream end?"),
        required=False,
        help_text=_("Leave it empty while it is still live, and log “Livestream ended” afterwards."),
    )
    summary = forms.CharField(
        label=_("What was said?"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    # How long it waited on a phone without a line, by the phone's own clock (static/js/kept.js).
    seconds_ago = forms.IntegerField(
        required=False, min_value=0, max_value=LONGEST_WAIT, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = playbooks.playbook_of(case)
        self.channels = list(own.channels.values()) if own else []
        # Authorities, banks and carriers, each under its name.
        self.other_channels = [
            (playbook.name, list(playbook.channels.values()))
            for playbook in playbooks.playbooks_of(case)
            if playbook.channels and playbook is not own
        ]
        self.fields["channel"].choices = [
            (channel.key, here(channel.name)) for channel in playbooks.channels_of(case).values()
        ]

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed or chosen beforehand."""
        return not self.is_bound and not any(self.initial.values())

    @property
    def offered(self) -> str:
        """All of the case that shows in a blank form: its channels, in the language of the page."""
        named = [here(name) for name, _channels in self.other_channels]
        channels = [*self.channels, *(one for _name, others in self.other_channels for one in others)]
        return repr((named, [(one.key, here(one.name)) for one in channels]))

    @property
    def is_with_others(self) -> bool:
        """Whether the chosen channel is one that stands behind the heading of the others."""
        chosen = self["channel"].value()
        return any(channel.key == chosen for _name, channels in self.other_channels for channel in channels)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        # The fields are hidden for other outcomes and channels; what is left in them is not meant.
        if data.get("outcome") != ContactOutcome.PROMISED:
            data["promise"], data["promised_by"] = "", None
        if data.get("channel") != "live_room":
            data["stream_ended_at"] = None
        waited = data.pop("seconds_ago", None)
        if waited and not data.get("started_at"):
            data["started_at"] = timezone.now() - timedelta(seconds=waited)
        return data


class ContactForm(QuickContactForm):
    """The same with everything that proves it."""

    started_at = MomentField(label=_("When?"), required=False, help_text=_("Empty means just now."))
    ended_at = MomentField(label=_("Until"), required=False)
    direction = forms.ChoiceField(
        label=_("Who began?"),
        choices=Direction.choices,
        initial=Direction.OUTGOING,
        required=False,
        widget=forms.RadioSelect,
    )
    person = forms.CharField(
        label=_("With whom?"), required=False, max_length=100, help_text=_("Name or staff number.")
    )
    ticket_number = forms.CharField(label=_("Their ticket number"), required=False, max_length=64)
    exhibits = RowsField(
        label=_("Screenshots that prove it"),
        queryset=Exhibit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    field_order = ["channel", "outcome", "promise", "promised_by", "stream_ended_at", "started_at"]

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.fields["exhibits"].queryset = case.exhibits.order_by("-number")

    def clean_direction(self) -> str:
        return self.cleaned_data["direction"] or Direction.OUTGOING
