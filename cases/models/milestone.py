"""A dated fact that starts or stops clocks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.contact import ContactAttempt
from cases.models.displays import display_of


class MilestoneKind(models.TextChoices):
    PAID = "paid", _("Ordered and paid")
    CONTRACT_CONCLUDED = "contract_concluded", _("Contract concluded")
    DELIVERY_PROMISED = "delivery_promised", _("Delivery date promised")
    GOODS_RECEIVED = "goods_received", _("Goods received")
    PROBLEM_NOTICED = "problem_noticed", _("Problem noticed")
    RETURN_REQUESTED = "return_requested", _("Return announced to the seller")
    RETURN_SENT = "return_sent", _("Return sent")
    RETURN_RECEIVED = "return_received", _("Return reached the seller")
    REPAIR_REQUESTED = "repair_requested", _("Repair or replacement requested")
    REPAIR_ENDED = "repair_ended", _("Repaired or replaced goods received")
    REFUND_REQUESTED = "refund_requested", _("Refund requested")
    REFUND_AGREED = "refund_agreed", _("Refund agreed to")
    REFUND_RECEIVED = "refund_received", _("Refund received")
    REQUEST_REFUSED = "request_refused", _("Request refused")
    STREAM_ENDED = "stream_ended", _("Livestream ended")
    MATERIAL_UPLOADED = "material_uploaded", _("Appeal material uploaded")
    EVIDENCE_REQUESTED = "evidence_requested", _("More evidence asked for")
    COUNTDOWN_SEEN = "countdown_seen", _("Countdown seen in the app")
    HANDED_TO_PARTNER = "handed_to_partner", _("Handed to the partner platform")
    PARTNER_DECIDED = "partner_decided", _("Partner platform decided")
    COMPLAINT_FILED = "complaint_filed", _("Complaint filed")
    COMPLAINT_ACCEPTED = "complaint_accepted", _("Complaint accepted")
    COMPLAINT_REFUSED = "complaint_refused", _("Complaint refused")
    PERIOD_EXTENDED = "period_extended", _("More time announced")
    DECISION_RECEIVED = "decision_received", _("Decision or final answer received")
    MEDIATION_ENDED = "mediation_ended", _("Mediation ended without agreement")
    REPORT_FILED = "report_filed", _("Violation reported")
    REPORT_SUPPLEMENTED = "report_supplemented", _("New facts added to the report")
    REPORT_REGISTERED = "report_registered", _("Authority opened a case on the report")
    TESTING_STARTED = "testing_started", _("Appraisal or testing began")
    TESTING_ENDED = "testing_ended", _("Appraisal or testing ended")
    LEAD_FOUND = "lead_found", _("Authority found signs of a violation")
    BILL_SENT = "bill_sent", _("Bill with the error was sent")
    NOTICE_RECEIVED = "notice_received", _("They received my notice")
    FRAUD_NOTICED = "fraud_noticed", _("Fraud or theft noticed")
    PROMISE_KEPT = "promise_kept", _("Promise kept")
    PROMISE_BROKEN = "promise_broken", _("Promise broken")


class CountdownStep(models.TextChoices):
    """What a countdown in an app runs towards: the fact `step` of a milestone “countdown seen”."""

    SELLER_ANSWERS = "seller_answers", _("The seller has to answer")
    SEND_BACK = "send_back", _("I have to send it back")
    SELLER_CONFIRMS = "seller_confirms", _("The seller has to confirm the return")
    ASK_PLATFORM = "ask_platform", _("I can ask the platform in")
    EVIDENCE = "evidence", _("I have to upload evidence")
    PLATFORM_DECIDES = "platform_decides", _("The platform decides")
    OTHER = "other", _("Something else")


class Milestone(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="milestones")
    kind = models.CharField(_("what happened"), max_length=30, choices=MilestoneKind.choices)
    channel = models.CharField(
        _("with whom"),
        max_length=60,
        blank=True,
        help_text=_("Key of the channel it belongs to, as in cn_12315.complaint; empty for none."),
    )
    happened_at = models.DateTimeField(_("when"))
    facts = models.JSONField(
        _("facts"), default=dict, blank=True, help_text=_("What a rule asks for, as in usual_workdays.")
    )
    contact = models.ForeignKey(
        ContactAttempt,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="milestones",
        help_text=_("The contact it follows from, such as the call in which something was promised."),
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    logged_at = models.DateTimeField(_("logged at"))
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["happened_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_at:%Y-%m-%d}"

    get_kind_display = display_of("kind", MilestoneKind)

    @property
    def countdown_step(self) -> str:
        """What the countdown runs towards, in words; empty where none was seen."""
        step = self.facts.get("step", "")
        return str(CountdownStep(step).label) if step in CountdownStep.values else str(step)
