"""What is typed about a rule of one's own: what starts it, how it is counted, who says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.own_playbooks import ONE_LANGUAGE, FramesField
from cases.models import ContactOutcome, MilestoneKind
from cases.rules.clocks import UNITS_BY_THE_CLOCK
from cases.rules.schema_clocks import MOST
from cases.services import own_entries
from cases.services.own_entries import ANSWER, CONTACT, COUNTDOWN, NOTHING, OWN_SOURCE

BINDS_LABELS = [
    ("consumer", _("Me: I lose something if I miss it")),
    ("seller", _("The seller")),
    ("platform", _("The platform")),
    ("partner", _("A partner of the platform")),
    ("carrier", _("The carrier")),
    ("telecom", _("A telephone or internet company")),
    ("payment", _("A bank or payment service")),
    ("authority", _("An authority")),
    ("consumer_association", _("A consumer association")),
    ("court", _("A court")),
]
UNIT_LABELS = [
    ("days", _("calendar days")),
    ("workdays", _("workdays")),
    ("weeks", _("weeks")),
    ("months", _("months")),
    ("years", _("years")),
    ("minutes", _("minutes")),
    ("hours", _("hours")),
    ("desk_hours", _("hours at the desk")),
    (COUNTDOWN, _("as long as the app's countdown shows")),
]
ROLL_LABELS = [
    ("none", _("it ends on that day all the same")),
    ("next_workday", _("it ends on the next workday")),
    ("statutory", _("on a public holiday it ends on the first day after it")),
]
STEP_LABELS = [
    ("seller_answers", _("The seller answers")),
    ("send_back", _("I send the goods back")),
    ("seller_confirms", _("The seller confirms what came back")),
    ("ask_platform", _("I ask the platform in")),
    ("evidence", _("I hand in evidence")),
    ("platform_decides", _("The platform decides")),
    ("other", _("Something else")),
]
CONFIDENCE_LABELS = [
    ("own", _("I add it myself, unchecked")),
    ("reported", _("I read it somewhere")),
    ("S", _("one secondary source")),
    ("S+", _("several secondary sources agree")),
    ("V-", _("read in a copy of the official text")),
    ("V", _("read in the official text")),
]
LONGEST = max(MOST.values())


class RuleForm(forms.Form):
    title = forms.CharField(label=_("What is due?"), max_length=120, help_text=ONE_LANGUAGE)
    action = forms.CharField(
        label=_("What to do then?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    binds = forms.ChoiceField(label=_("Who must act by then?"), choices=BINDS_LABELS)
    amount = forms.IntegerField(
        label=_("How long?"), required=False, min_value=1, max_value=LONGEST, help_text=_("A whole number.")
    )
    unit = forms.ChoiceField(label=_("Counted in"), choices=UNIT_LABELS)
    at_most = forms.IntegerField(
        label=_("Up to how long?"),
        required=False,
        min_value=1,
        max_value=LONGEST,
        help_text=_("For a span such as 7 to 15 days: here the 15."),
    )
    start = forms.ChoiceField(label=_("Counted from"))
    outcome = forms.ChoiceField(
        label=_("How did that contact end?"), choices=ContactOutcome.choices, initial="no_answer"
    )
    channel = forms.ChoiceField(label=_("On which channel?"), required=False)
    step = forms.ChoiceField(
        label=_("What does the countdown run to?"),
        choices=STEP_LABELS,
        initial="seller_answers",
        help_text=_("Only where it is counted as the app's countdown shows."),
    )
    met = forms.ChoiceField(label=_("What meets it?"), required=False)
    include_first_day = forms.BooleanField(label=_("The first day counts too"), required=False)
    roll = forms.ChoiceField(label=_("When the last day is a day off"), choices=ROLL_LABELS)
    desk_daily = FramesField(
        label=_("Hours at the desk, every day"), help_text=_("Only for hours at the desk, as in 9:00-18:00.")
    )
    consequence = forms.CharField(
        label=_("What follows when the time is over?"), required=False, max_length=500
    )
    source_title = forms.CharField(
        label=_("Who says so?"),
        required=False,
        max_length=200,
        help_text=_("The contract, the law or the page. Empty means: you yourself."),
    )
    source_url = forms.CharField(
        label=_("Address of the source"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "https://"}),
    )
    article = forms.CharField(label=_("Article or section"), required=False, max_length=200)
    confidence = forms.ChoiceField(label=_("How sure is that?"), choices=CONFIDENCE_LABELS)

    def __init__(self, *args: Any, channels: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """`channels` are those of the playbook, each with its name."""
        super().__init__(*args, **kwargs)
        milestones = list(MilestoneKind.choices)
        self.fields["start"].choices = [(CONTACT, _("A contact that ended as said below")), *milestones]
        self.fields["start"].initial = MilestoneKind.GOODS_RECEIVED
        self.fields["met"].choices = [
            (NOTHING, _("Nothing but my own word")),
            (ANSWER, _("An answer of any kind")),
            (CONTACT, _("Any contact")),
            *milestones,
        ]
        self.fields["channel"].choices = [("", _("Any channel")), *channels]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        unit = data.get("unit", "")
        self._check_length(data, unit)
        url = data.get("source_url", "")
        if url and not url.startswith("https://"):
            self.add_error(
                "source_url", _("An address begins with https://; leave it empty if there is none.")
            )
        if url and not data.get("source_title"):
            self.add_error("source_title", _("Say what the address leads to."))
        if unit in UNITS_BY_THE_CLOCK or unit == COUNTDOWN:
            data["include_first_day"], data["roll"] = False, "none"
        if unit == "workdays":
            data["roll"] = "none"
        desk = data.pop("desk_daily", None)
        data["desk_hours"] = {"daily": desk} if unit == "desk_hours" else None
        if unit == "desk_hours" and not desk:
            self.add_error("desk_daily", _("Give the hours of the desk, as in 9:00-18:00."))
        if unit == COUNTDOWN:
            data["start"], data["channel"] = MilestoneKind.COUNTDOWN_SEEN, ""
        return data

    def _check_length(self, data: Mapping[str, Any], unit: str) -> None:
        if unit == COUNTDOWN:
            return
        amount, at_most, most = data.get("amount"), data.get("at_most"), MOST.get(unit, LONGEST)
        if amount is None and "amount" not in self.errors:
            self.add_error("amount", _("Give a number, or choose the app's countdown."))
        for name, given in (("amount", amount), ("at_most", at_most)):
            if given is not None and given > most:
                self.add_error(
                    name, _("In this unit %(limit)d is the most; choose a longer one.") % {"limit": most}
                )
        if amount is not None and at_most is not None and at_most < amount:
            self.add_error("at_most", _("This cannot be less than the first number."))

    @staticmethod
    def typed(entry: Mapping[str, Any], document: Mapping[str, Any], code: str) -> dict[str, Any] | None:
        """What a rule's table shows in the form; None where it holds more than the form can say."""
        try:
            typed = {
                **{name: entry[name][code] for name in ("title", "action")},
                "binds": entry["binds"],
                "consequence": entry["consequence"][code] if "consequence" in entry else "",
                **_typed_clock(entry["clock"]),
                **_typed_start(entry["starts"]),
                **_typed_source(entry, document, code),
            }
            typed["met"] = _typed_met(entry["met_by"])
            again = own_entries.rule_entry(
                {}, [dict(one) for one in document["sources"]], language=code, today=date.min, **typed
            )
        except (KeyError, IndexError, ValueError):
            return None
        same = ("starts", "met_by") if typed["unit"] == COUNTDOWN else ("starts", "met_by", "clock")
        desk = typed.pop("desk_hours") or {}
        return {**typed, "desk_daily": desk.get("daily")} if _agree(again, entry, same) else None


def _agree(again: Mapping[str, Any], entry: Mapping[str, Any], names: Sequence[str]) -> bool:
    return all(again[name] == entry[name] for name in names)


def _typed_clock(clock: Mapping[str, Any]) -> dict[str, Any]:
    is_countdown = clock["kind"] == COUNTDOWN
    if is_countdown and clock["fact"] != COUNTDOWN:
        raise ValueError("The form knows one countdown only.")
    desk = clock.get("desk_hours")
    if desk and set(desk) != {"daily"}:
        raise ValueError("Hours of the desk that differ from day to day are more than the form can say.")
    return {
        "amount": None if is_countdown else clock["amount"],
        "unit": COUNTDOWN if is_countdown else clock["unit"],
        "at_most": clock.get("at_most"),
        "include_first_day": clock.get("include_first_day", False),
        "roll": clock.get("roll", "none"),
        "desk_hours": desk,
    }


def _typed_start(starts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    [start] = starts
    is_contact = start["on"] == "contact"
    return {
        "start": CONTACT if is_contact else start["kinds"][0],
        "outcome": start["outcomes"][0] if is_contact else "no_answer",
        "channel": start.get("channels", [""])[0],
        "step": start.get("values", {}).get("step", ["other"])[0],
    }


def _typed_met(met_by: Sequence[Mapping[str, Any]]) -> str:
    if not met_by:
        return NOTHING
    [met] = met_by
    if met["on"] == "milestone":
        return str(met["kinds"][0])
    return ANSWER if "outcomes" in met else CONTACT


def _typed_source(entry: Mapping[str, Any], document: Mapping[str, Any], code: str) -> dict[str, Any]:
    cited = document["cited"]
    key = entry.get("source", cited["source"])
    source = next(one for one in document["sources"] if one["key"] == key)
    is_own = key == OWN_SOURCE
    return {
        "source_title": "" if is_own else source["title"][code],
        "source_url": "" if is_own else source.get("url", ""),
        "article": entry.get("article", {code: ""})[code],
        "confidence": entry.get("confidence", cited["confidence"]),
    }
