"""What is typed about a dated fact, with what the rules of the case want to know about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import ChannelField, MomentField, answer_field
from cases.models import Case, ContactAttempt, CountdownStep, Milestone, MilestoneKind
from cases.services import questions
from cases.services.moments import as_text, from_text

Kind = MilestoneKind
GROUPS: tuple[tuple[Promise, tuple[MilestoneKind, ...]], ...] = (
    (
        _("Order and delivery"),
        (
            Kind.PAID,
            Kind.CONTRACT_CONCLUDED,
            Kind.DELIVERY_PROMISED,
            Kind.GOODS_RECEIVED,
            Kind.PROBLEM_NOTICED,
            Kind.STREAM_ENDED,
        ),
    ),
    (
        _("Return and refund"),
        (
            Kind.RETURN_REQUESTED,
            Kind.RETURN_SENT,
            Kind.RETURN_RECEIVED,
            Kind.REPAIR_REQUESTED,
            Kind.REPAIR_ENDED,
            Kind.REFUND_REQUESTED,
            Kind.REFUND_AGREED,
            Kind.REFUND_RECEIVED,
            Kind.REQUEST_REFUSED,
        ),
    ),
    (
        _("On the platform"),
        (
            Kind.COUNTDOWN_SEEN,
            Kind.MATERIAL_UPLOADED,
            Kind.EVIDENCE_REQUESTED,
            Kind.HANDED_TO_PARTNER,
            Kind.PARTNER_DECIDED,
        ),
    ),
    (
        _("Complaint"),
        (
            Kind.COMPLAINT_FILED,
            Kind.COMPLAINT_ACCEPTED,
            Kind.COMPLAINT_REFUSED,
            Kind.NOTICE_RECEIVED,
            Kind.PERIOD_EXTENDED,
            Kind.DECISION_RECEIVED,
            Kind.MEDIATION_ENDED,
        ),
    ),
    (
        _("Authority, bank and police"),
        (
            Kind.REPORT_FILED,
            Kind.REPORT_SUPPLEMENTED,
            Kind.REPORT_REGISTERED,
            Kind.TESTING_STARTED,
            Kind.TESTING_ENDED,
            Kind.LEAD_FOUND,
            Kind.BILL_SENT,
            Kind.FRAUD_NOTICED,
        ),
    ),
    (_("Promise"), (Kind.PROMISE_KEPT, Kind.PROMISE_BROKEN)),
)
COUNTDOWN = "countdown"


class _AboutMilestone(forms.Form):
    """What both forms ask: when, with whom, what the rules want to know.

    A fact that two rules ask for in other words has a field for each; `name_of` says which is which.
    """

    happened_at = MomentField(label=_("When?"), required=False, help_text=_("Empty means just now."))
    channel = ChannelField(
        label=_("With whom?"), help_text=_("For a complaint or a request: with whom it was made.")
    )
    step = forms.ChoiceField(
        label=_("What does the countdown run towards?"),
        choices=[("", _("Choose one")), *CountdownStep.choices],
        error_messages={"required": _("Choose what the countdown runs towards.")},
    )
    countdown = forms.CharField(
        label=_("What does the app say?"),
        error_messages={"required": _("Write down what the app says, as in 1 day 4 hours.")},
        max_length=60,
        help_text=_("As it stands there: “1 day 4 hours”, “1天4小时” or “28:15:00”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, case: Case, kinds: Iterable[str] = Kind.values, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        wanted = frozenset(kinds)
        self.fields["channel"].set_case(case)  # type: ignore[attr-defined]
        self.questions: dict[str, questions.Question] = {}
        for question in questions.asked_of(case):
            if not _is_asked_above(question) and question.kinds & wanted:
                name = question.asked.key
                while name in self.fields:
                    name += "_"
                self.questions[name] = question
                self.fields[name] = answer_field(question.asked)

    @property
    def asked(self) -> list[tuple[forms.BoundField, str]]:
        """The fields of the rules, each with the kinds of milestones for which it is asked."""
        return [(self[name], " ".join(sorted(one.kinds))) for name, one in self.questions.items()]

    @property
    def has_answers(self) -> bool:
        """Whether one of the rules' fields is filled in or refused."""
        return any(self[name].errors or self[name].value() for name in self.questions)

    def facts_of(self, data: dict[str, Any], kind: str, channel: str) -> dict[str, Any]:
        """What was answered of that which is asked about such a milestone; JSON values."""
        facts: dict[str, Any] = {}
        for name, question in self.questions.items():
            answer = data.pop(name, None)
            if question.is_about(kind, channel) and answer not in (None, ""):
                facts[question.asked.key] = as_text(answer) if isinstance(answer, datetime) else answer
        step, countdown = data.pop("step", ""), data.pop(COUNTDOWN, "").strip()
        return facts | ({"step": step, COUNTDOWN: countdown} if kind == Kind.COUNTDOWN_SEEN else {})

    def ask_countdown(self, is_asked: bool) -> None:
        """Both halves of a countdown are needed; the browser must not insist on what it hides."""
        for name in ("step", COUNTDOWN):
            self.fields[name].required = is_asked
            self.fields[name].widget.use_required_attribute = lambda initial: False  # type: ignore[method-assign]

    def check_channel(self, kind: str, channel: str) -> None:
        if not channel and kind in questions.kinds_told_apart(self.case):
            sentence = _("Choose with whom: the rules of this case tell it apart.")
            self.add_error("channel", sentence)

    def field_of(self, fact: str, kind: str, channel: str) -> str | None:
        """The field in which a fact is asked for about such a milestone; None on top of the form."""
        names = (name for name, one in self.questions.items() if one.asked.key == fact)
        found = next((name for name in names if self.questions[name].is_about(kind, channel)), None)
        return found or (fact if fact in self.fields else None)

    def refuse(self, error: ValidationError, kind: str, channel: str) -> None:
        """Put the service's sentences next to the fields they are about."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for fact, errors in error.error_dict.items():
            for one in errors:
                self.add_error(self.field_of(fact, kind, channel), one)


class MilestoneForm(_AboutMilestone):
    kind = forms.ChoiceField(
        label=_("What happened?"),
        choices=[
            ("", _("Choose one")),
            *((group, [(kind.value, kind.label) for kind in kinds]) for group, kinds in GROUPS),
        ],
    )
    contact = forms.ModelChoiceField(
        label=_("Which contact does it follow from?"),
        queryset=ContactAttempt.objects.none(),
        required=False,
        empty_label=_("None of them"),
        help_text=_("For a promise: the contact in which it was made."),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.ask_countdown(not self.is_bound or self.data.get("kind") == Kind.COUNTDOWN_SEEN)
        self.fields["contact"].queryset = case.contacts.select_related("case").order_by("-started_at", "-pk")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind, contact = data.get("kind", ""), data.get("contact")
        channel = data.get("channel") or (contact.channel if contact else "")
        self.check_channel(kind, channel)
        data["facts"] = self.facts_of(data, kind, channel)
        return data


class CorrectionForm(_AboutMilestone):
    """The same for a milestone that is there: its kind and its contact stay."""

    def __init__(self, *args: Any, milestone: Milestone, **kwargs: Any) -> None:
        self.milestone = milestone
        super().__init__(*args, case=milestone.case, kinds=[milestone.kind], **kwargs)
        self.fields["happened_at"].required = True
        self.fields["happened_at"].help_text = ""
        self.ask_countdown(self.is_countdown)
        facts = milestone.facts
        self.initial = {
            "happened_at": milestone.happened_at,
            "channel": milestone.channel,
            "note": milestone.note,
            "step": facts.get("step", ""),
            COUNTDOWN: facts.get(COUNTDOWN, ""),
            **{name: _shown(facts.get(one.asked.key), one) for name, one in self.questions.items()},
        }

    @property
    def is_countdown(self) -> bool:
        return self.milestone.kind == Kind.COUNTDOWN_SEEN

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind, contact = self.milestone.kind, self.milestone.contact
        channel = data.get("channel") or (contact.channel if contact else "")
        self.check_channel(kind, channel)
        asked = {one.asked.key for one in self.questions.values()} | {"step", COUNTDOWN}
        stored = self.milestone.happened_at
        if data.get("happened_at") == stored.replace(second=0, microsecond=0):
            data["happened_at"] = stored  # the field shows no seconds; nobody changed it
        # What no rule of today asks for stays as it was told.
        kept = {name: value for name, value in self.milestone.facts.items() if name not in asked}
        data["facts"] = kept | self.facts_of(data, kind, channel)
        return data


def _is_asked_above(question: questions.Question) -> bool:
    """What a countdown says is asked in the same words whatever rule wants to know it."""
    return question.asked.key == COUNTDOWN and question.kinds <= {Kind.COUNTDOWN_SEEN}


def _shown(value: Any, question: questions.Question) -> Any:
    """The stored fact as its field takes it."""
    if question.asked.kind != "moment" or not isinstance(value, str):
        return value
    try:
        return from_text(value)
    except ValueError:
        return None
