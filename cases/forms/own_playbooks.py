"""What is typed about a playbook of one's own: its head, a channel, a rule, or a whole file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.rules.documents import LONGEST_TEXT, OWN_KINDS
from cases.rules.schema_hours import FRAME, WEEKDAYS
from cases.services import own_playbooks, playbooks
from cases.services.own_entries import PREPARED

CALENDARS = [
    ("CN", _("China: with the days off and make-up workdays that are announced each year")),
    ("US", _("United States")),
    ("GB", _("United Kingdom")),
    ("weekdays", _("Monday to Friday, without holidays")),
]
KIND_LABELS = {
    "platform": _("A platform: where one buys, with its channels"),
    "law": _("Rules that hold beside a platform: a contract, a guarantee, a law"),
}
BODY_LABELS = [
    ("seller", _("The seller")),
    ("platform", _("The platform")),
    ("partner", _("A partner of the platform")),
    ("carrier", _("The carrier")),
    ("telecom", _("A telephone or internet company")),
    ("payment", _("A bank or payment service")),
    ("consumer_association", _("A consumer association")),
    ("authority", _("An authority")),
    ("arbitration", _("An arbitration body")),
    ("court", _("A court")),
    ("police", _("The police")),
    ("media", _("A newspaper or broadcaster")),
]
ONE_LANGUAGE = _("In your language; whoever reads the other one sees the same words.")
# As people type them: full-width signs, other dashes, the word “to”.
_SIGNS = str.maketrans("：，、；～〜–—－﹣", ":,,;~~----")
_CLOSED = {"closed", "休息", "不开放", "-", "关闭"}
_SHORT = re.compile(r"\b(\d:\d\d)\b")


class LinesField(forms.CharField):
    """Several short texts, one on each line; cleans to a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if any(len(line) > LONGEST_TEXT for line in lines):
            raise ValidationError(
                _("A line has more than %(limit)d signs; break it."), params={"limit": LONGEST_TEXT}
            )
        return lines


class FramesField(forms.CharField):
    """Times of opening, such as 9:00-12:00, 14:00-18:00; cleans to frames, [] for closed, None for empty."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        super().__init__(required=False, max_length=200, widget=widget, **kwargs)

    def clean(self, value: Any) -> list[str] | None:  # type: ignore[override]
        typed = super().clean(value).translate(_SIGNS).strip().lower()
        if not typed:
            return None
        if typed in _CLOSED:
            return []
        typed = re.sub(r"\s*(?:~|到|至|\bto\b|-)\s*", "-", typed)
        frames = [_SHORT.sub(r"0\1", part.strip()) for part in re.split(r"[,;\s]+", typed) if part.strip()]
        before = ""
        for frame in frames:
            opens, _dash, closes = frame.partition("-")
            if not FRAME.fullmatch(frame) or closes <= opens or opens < before:
                raise ValidationError(
                    _(
                        "Write times as in 9:00-12:00, 14:00-18:00, in order, in 24 hours. Through midnight: "
                        "20:00-24:00 on one day and 0:00-2:00 on the next."
                    )
                )
            before = closes
        return frames

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return ", ".join(value) if value else "-"
        return value


class HeadForm(forms.Form):
    """What a playbook is called and how it counts."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[(kind, KIND_LABELS[kind]) for kind in OWN_KINDS],
        initial="platform",
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("Name"), max_length=80, help_text=ONE_LANGUAGE)
    zone = forms.CharField(
        label=_("Time zone"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
        help_text=_("The clock on which its days end and its hours are told."),
    )
    calendar = forms.ChoiceField(
        label=_("Which days are workdays?"), choices=CALENDARS, widget=forms.RadioSelect
    )
    goes_with = forms.MultipleChoiceField(
        label=_("What else applies to whoever buys there?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For a platform: these rules are added to its cases."),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        shipped = playbooks.all_playbooks()
        self.fields["goes_with"].choices = [
            (key, shipped[key].name.in_language(language)) for key in own_playbooks.companions()
        ]
        if not is_new:
            del self.fields["kind"]
        if (not is_new and self.initial.get("kind") != "platform") or not own_playbooks.companions():
            del self.fields["goes_with"]

    def clean_zone(self) -> str:
        zone = str(self.cleaned_data["zone"])
        if zone not in available_timezones():
            raise ValidationError(_("There is no such time zone. Write one such as Asia/Shanghai."))
        return zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data.setdefault("goes_with", [])
        return data


class ChannelForm(forms.Form):
    """One way to reach somebody."""

    HOURS = [
        ("unknown", _("Not known")),
        ("always", _("Always open")),
        ("frames", _("At the hours below")),
    ]

    name = forms.CharField(label=_("Name"), max_length=80, help_text=ONE_LANGUAGE)
    body = forms.ChoiceField(label=_("Who stands behind it?"), choices=BODY_LABELS, initial="platform")
    way = LinesField(
        label=_("How do you get there?"),
        help_text=_("A line for each step: what to tap, which number to dial."),
    )
    hours = forms.ChoiceField(label=_("When is it open?"), choices=HOURS, widget=forms.RadioSelect)
    daily = FramesField(label=_("Every day"), help_text=_("As in 9:00-12:00, 14:00-18:00."))
    monday = FramesField(label=_("Monday"))
    tuesday = FramesField(label=_("Tuesday"))
    wednesday = FramesField(label=_("Wednesday"))
    thursday = FramesField(label=_("Thursday"))
    friday = FramesField(label=_("Friday"))
    saturday = FramesField(label=_("Saturday"))
    sunday = FramesField(label=_("Sunday"))
    days_off = FramesField(label=_("Public holidays"))
    usual_answer = forms.CharField(
        label=_("How long does an answer usually take?"), required=False, max_length=200
    )
    good_for = forms.CharField(label=_("What is it good for?"), required=False, max_length=200)
    limits = LinesField(
        label=_("What should one know?"), required=False, help_text=_("A line for each thing.")
    )
    prepare = forms.MultipleChoiceField(
        label=_("What should be ready?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=["order_number", "problem_statement", "demand"],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.fields["prepare"].choices = [(key, text.in_language(language)) for key, text in PREPARED.items()]

    def clean(self) -> dict[str, Any]:
        """Gathers the hours as the playbook writes them: a word, or frames by day."""
        data = super().clean() or {}
        frames = {day: data.pop(day, None) for day in ("daily", *WEEKDAYS, "days_off")}
        given = {day: found for day, found in frames.items() if found is not None}
        if data.get("hours") != "frames":
            return data
        weekly = [found for day, found in given.items() if day != "days_off"]
        if not any(weekly) and not any(day in self.errors for day in frames):
            self.add_error("daily", _("Give the hours of at least one day, or choose “Not known”."))
        data["hours"] = given
        return data

    def days(self) -> list[forms.BoundField]:
        """The fields that win over `daily`."""
        return [self[day] for day in (*WEEKDAYS, "days_off")]

    @staticmethod
    def typed(entry: Mapping[str, Any], code: str) -> dict[str, Any]:
        """What a channel's table shows in the form, in the language with that code."""
        hours = entry["hours"]
        typed: dict[str, Any] = {name: entry[name][code] for name in ("name", "usual_answer", "good_for")}
        typed |= {"body": entry["body"], "hours": hours if isinstance(hours, str) else "frames"}
        typed |= {} if isinstance(hours, str) else dict(hours)
        typed |= {name: _as_lines(entry[name], code) for name in ("way", "limits")}
        return {**typed, "prepare": [item["key"] for item in entry["prepare"]]}


def _as_lines(texts: Sequence[Mapping[str, str]], code: str) -> str:
    return "\n".join(text[code].replace("\n", " ") for text in texts)


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("A playbook as a .toml file"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".toml,application/toml,text/plain"}),
        error_messages={"required": _("Choose the file first.")},
    )
