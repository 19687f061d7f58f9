"""A dated fact that starts or stops clocks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.contact import ContactAttempt


class MilestoneKind(models.TextChoices):
    GOODS_RECEIVED = "goods_received", _("Goods received")
    RETURN_SENT = "return_sent", _("Return sent")
    RETURN_RECEIVED = "return_received", _("Return reached the seller")
    REFUND_REQUESTED = "refund_requested", _("Refund requested")
    REFUND_RECEIVED = "refund_received", _("Refund received")
    STREAM_ENDED = "stream_ended", _("Livestream ended")
    MATERIAL_UPLOADED = "material_uploaded", _("Appeal material uploaded")
    HANDED_TO_PARTNER = "handed_to_partner", _("Handed to the partner platform")
    PARTNER_DECIDED = "partner_decided", _("Partner platform decided")
    COMPLAINT_FILED = "complaint_filed", _("Complaint filed")
    COMPLAINT_ACCEPTED = "complaint_accepted", _("Complaint accepted")
    COMPLAINT_REFUSED = "complaint_refused", _("Complaint refused")
    PROMISE_KEPT = "promise_kept", _("Promise kept")
    PROMISE_BROKEN = "promise_broken", _("Promise broken")


class Milestone(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="milestones")
    kind = models.CharField(_("what happened"), max_length=30, choices=MilestoneKind.choices)
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
