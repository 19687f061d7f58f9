"""One try to reach the other side."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.displays import display_of
from cases.models.exhibit import Exhibit


class Direction(models.TextChoices):
    OUTGOING = "outgoing", _("I contacted them")
    INCOMING = "incoming", _("They contacted me")


class ContactOutcome(models.TextChoices):
    NO_ANSWER = "no_answer", _("No answer")
    BOT_ONLY = "bot_only", _("Only the bot answered")
    ANSWERED = "answered", _("Answered")
    PROMISED = "promised", _("Promised something")
    REFUSED = "refused", _("Refused")
    SOLVED = "solved", _("Solved")


class ContactAttempt(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="contacts")
    channel = models.CharField(
        _("channel"), max_length=60, help_text=_("Key of a channel of the case's playbooks.")
    )
    direction = models.CharField(
        _("direction"), max_length=10, choices=Direction.choices, default=Direction.OUTGOING
    )
    started_at = models.DateTimeField(_("when"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    person = models.CharField(
        _("with whom"), max_length=100, blank=True, help_text=_("Name or staff number.")
    )
    ticket_number = models.CharField(_("their ticket number"), max_length=64, blank=True)
    summary = models.TextField(_("what was said"), max_length=10_000, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=ContactOutcome.choices)
    promise = models.CharField(_("what they promised"), max_length=500, blank=True)
    promised_by = models.DateTimeField(_("promised until"), null=True, blank=True)
    logged_at = models.DateTimeField(_("logged at"))
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    exhibits = models.ManyToManyField(Exhibit, related_name="contacts", blank=True)

    class Meta:
        verbose_name = _("contact attempt")
        verbose_name_plural = _("contact attempts")
        ordering = ["started_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="contact_promise_only_when_promised",
                condition=models.Q(outcome=ContactOutcome.PROMISED) | models.Q(promised_by__isnull=True),
            ),
            models.CheckConstraint(
                name="contact_ends_after_it_starts",
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.started_at:%Y-%m-%d %H:%M}"

    get_outcome_display = display_of("outcome", ContactOutcome)
