"""A moment that matters, with its reason."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case, Status
from cases.models.contact import ContactAttempt
from cases.models.milestone import Milestone


class Whose(models.TextChoices):
    MINE = "mine", _("I lose something if I miss it")
    THEIRS = "theirs", _("They owe me something by then")


class Binds(models.TextChoices):
    """Whom a rule binds, as its reason names it."""

    CONSUMER = "consumer", _("You")
    SELLER = "seller", _("The seller")
    PLATFORM = "platform", _("The platform")
    PARTNER = "partner", _("The partner platform")
    CARRIER = "carrier", _("The parcel service")
    TELECOM = "telecom", _("The telecom operator")
    PAYMENT = "payment", _("The bank or payment service")
    AUTHORITY = "authority", _("The authority")
    CONSUMER_ASSOCIATION = "consumer_association", _("The consumer association")
    COURT = "court", _("The court")


class DropReason(models.TextChoices):
    """Why a deadline no longer matters."""

    NONE = "", _("Not dropped")
    USER = "user", _("Dropped by hand")
    NEXT_STEP_CHANGED = "next_step_changed", _("Another step is next")
    NO_LONGER_APPLIES = "no_longer_applies", _("What it counted from no longer applies")
    CASE_CLOSED = "case_closed", _("The case was closed")


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    def open(self) -> DeadlineQuerySet:
        """Neither met nor dropped, in a case that is not closed."""
        return self.filter(met_at__isnull=True, dropped_at__isnull=True).exclude(case__status=Status.CLOSED)


class Deadline(models.Model):
    """Open, met, missed or dropped is derived from the facts here, never stored."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="deadlines")
    rule = models.CharField(_("rule"), max_length=100, help_text=_("As in douyin.shop_message.no_reply."))
    whose = models.CharField(_("whose"), max_length=10, choices=Whose.choices)
    contact = models.ForeignKey(
        ContactAttempt, models.CASCADE, null=True, blank=True, related_name="deadlines"
    )
    milestone = models.ForeignKey(Milestone, models.CASCADE, null=True, blank=True, related_name="deadlines")
    triggered_at = models.DateTimeField(_("counted from"))
    facts = models.JSONField(
        _("facts"), default=dict, blank=True, help_text=_("What the rule was given besides.")
    )
    window_from = models.DateTimeField(
        _("from"),
        null=True,
        blank=True,
        help_text=_("Start of the window; empty when the deadline is one moment."),
    )
    due_at = models.DateTimeField(_("due"))
    in_days = models.BooleanField(
        _("counted in days"),
        default=False,
        help_text=_("The whole day counts: shown as a date, due at its end."),
    )
    because = models.JSONField(
        _("why this date"),
        help_text=_(
            "Steps of the arithmetic in every language, the rule's source, editions of playbook and calendar."
        ),
    )
    is_provisional = models.BooleanField(
        _("provisional"),
        default=False,
        help_text=_("It reaches into a year whose calendar is not published."),
    )
    is_paused = models.BooleanField(
        _("paused"),
        default=False,
        help_text=_("Its clock stands still; the date moves on when the clock runs again."),
    )
    version = models.PositiveIntegerField(
        _("version"), default=1, help_text=_("Goes up when the deadline moves.")
    )
    computed_at = models.DateTimeField(_("computed at"))
    met_at = models.DateTimeField(_("met at"), null=True, blank=True)
    met_by = models.CharField(
        _("met by"), max_length=100, blank=True, help_text=_("What met it, as in contact 12.")
    )
    dropped_at = models.DateTimeField(
        _("dropped at"),
        null=True,
        blank=True,
        help_text=_("It no longer matters, by the user's or another event's word."),
    )

    drop_reason = models.CharField(
        _("why it was dropped"), max_length=20, choices=DropReason.choices, blank=True
    )

    objects: ClassVar[DeadlineQuerySet] = DeadlineQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "contact"],
                condition=models.Q(contact__isnull=False),
                name="deadline_once_per_rule_and_contact",
            ),
            models.UniqueConstraint(
                fields=["rule", "milestone"],
                condition=models.Q(milestone__isnull=False),
                name="deadline_once_per_rule_and_milestone",
            ),
            models.UniqueConstraint(
                fields=["case", "rule"],
                condition=models.Q(
                    contact__isnull=True, milestone__isnull=True, met_at__isnull=True, dropped_at__isnull=True
                ),
                name="deadline_one_open_per_rule_of_the_case",
            ),
            models.CheckConstraint(
                name="deadline_drop_reason_only_when_dropped",
                condition=models.Q(dropped_at__isnull=False) | models.Q(drop_reason=""),
            ),
            models.CheckConstraint(
                name="deadline_window_starts_before_it_ends",
                condition=models.Q(window_from__isnull=True) | models.Q(window_from__lte=models.F("due_at")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(met_at__isnull=True, dropped_at__isnull=True),
                name="deadline_open_by_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.met_at is None and self.dropped_at is None

    @property
    def binds(self) -> str:
        """Who must act, in words; empty where the stored reason does not say."""
        bound = self.because.get("binds", "")
        return str(Binds(bound).label) if bound in Binds.values else ""

    def is_missed(self, at: datetime) -> bool:
        """Past due without having been met in time; a clock that stands still misses nothing."""
        if self.dropped_at is not None or (self.is_paused and self.met_at is None):
            return False
        return (self.met_at or at) > self.due_at
