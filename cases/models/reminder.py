"""One message about one deadline: the ledger from which every reminder is sent."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.deadline import Deadline


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def pending(self) -> ReminderQuerySet:
        """Neither sent nor given up, whatever their time."""
        return self.filter(sent_at__isnull=True, failed_at__isnull=True, cancelled_at__isnull=True)

    def due(self, at: datetime | Combinable | None = None) -> ReminderQuerySet:
        """Pending and due by the database's clock (or `at`), without a lower bound: an outage only delays."""
        now = Now() if at is None else at
        return (
            self.pending()
            .filter(due_at__lte=now)
            .filter(models.Q(next_attempt_at__isnull=True) | models.Q(next_attempt_at__lte=now))
        )


class Reminder(models.Model):
    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="reminders")
    step = models.CharField(_("step"), max_length=30, help_text=_("Which reminder it is, as in day_before."))
    version = models.PositiveIntegerField(
        _("version"), help_text=_("The deadline's version it was planned for.")
    )
    due_at = models.DateTimeField(_("due"))
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    claimed_by = models.CharField(
        _("claimed by"), max_length=64, blank=True, help_text=_("One batch of one sender.")
    )
    lease_until = models.DateTimeField(
        _("claimed until"), null=True, blank=True, help_text=_("After this another sender may take it.")
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(
        _("sent at"), null=True, blank=True, help_text=_("When the mail server said yes.")
    )
    failed_at = models.DateTimeField(_("given up at"), null=True, blank=True)
    failure = models.CharField(_("reason of the failure"), max_length=500, blank=True)
    cancelled_at = models.DateTimeField(
        _("no longer needed since"),
        null=True,
        blank=True,
        help_text=_("The deadline was met, moved or dropped before this was sent."),
    )
    message_id = models.CharField(
        _("message id"),
        max_length=200,
        unique=True,
        help_text=_("Made from the row, so that a repeat bears the same."),
    )

    objects: ClassVar[ReminderQuerySet] = ReminderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["deadline", "step", "version"], name="reminder_once_per_step_and_version"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(sent_at__isnull=True, failed_at__isnull=True, cancelled_at__isnull=True),
                name="reminder_pending_by_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.step} of {self.deadline_id} (version {self.version})"
