"""One thing to tell one user by mail: the ledger from which every reminder is sent."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.deadline import Deadline
from cases.models.own_reminder import OwnReminder

# Steps that are not about a deadline: what a user set, and the summaries on request.
OWN_STEP = "own"
MORNING_SUMMARY = "morning_summary"
WEEKLY_SUMMARY = "weekly_summary"


class CancelReason(models.TextChoices):
    """Why a planned reminder was never sent."""

    NONE = "", _("Not cancelled")
    NOT_NEEDED = "not_needed", _("What it was about is done, dropped or moved")
    SNOOZED = "snoozed", _("Put off by you")
    STOPPED = "stopped", _("You stopped the reminders")
    REPLANNED = "replanned", _("Your preferences changed")
    NOTHING_TO_TELL = "nothing_to_tell", _("There was nothing to tell")


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
    """About one deadline, about one own reminder, or, with neither, a summary of all cases."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders", verbose_name=_("whom it tells")
    )
    deadline = models.ForeignKey(Deadline, models.CASCADE, null=True, blank=True, related_name="reminders")
    own_reminder = models.ForeignKey(
        OwnReminder, models.CASCADE, null=True, blank=True, related_name="reminders"
    )
    step = models.CharField(_("step"), max_length=30, help_text=_("Which reminder it is, as in day_before."))
    version = models.PositiveIntegerField(
        _("version"),
        default=1,
        help_text=_("The version, of the deadline or own reminder, that it was planned for."),
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
    cancel_reason = models.CharField(
        _("why it was not sent"), max_length=20, choices=CancelReason.choices, blank=True
    )
    message_id = models.CharField(
        _("message id"),
        max_length=200,
        help_text=_(
            "Made from the row, or from the first of those told in one mail, so that a repeat bears the same."
        ),
    )

    objects: ClassVar[ReminderQuerySet] = ReminderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["deadline", "step", "version"], name="reminder_once_per_step_and_version"
            ),
            models.UniqueConstraint(
                fields=["own_reminder", "version"],
                condition=models.Q(own_reminder__isnull=False),
                name="reminder_once_per_own_reminder_and_version",
            ),
            models.UniqueConstraint(
                fields=["user", "step", "due_at"],
                condition=models.Q(deadline__isnull=True, own_reminder__isnull=True),
                name="reminder_once_per_summary",
            ),
            models.CheckConstraint(
                name="reminder_is_about_one_thing",
                condition=models.Q(deadline__isnull=True) | models.Q(own_reminder__isnull=True),
            ),
            models.CheckConstraint(
                name="reminder_cancel_reason_only_when_cancelled",
                condition=models.Q(cancelled_at__isnull=False) | models.Q(cancel_reason=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(sent_at__isnull=True, failed_at__isnull=True, cancelled_at__isnull=True),
                name="reminder_pending_by_due",
            ),
            models.Index(
                fields=["user", "due_at"],
                condition=models.Q(sent_at__isnull=True, failed_at__isnull=True, cancelled_at__isnull=True),
                name="reminder_pending_by_user",
            ),
            models.Index(
                fields=["lease_until"],
                condition=models.Q(
                    sent_at__isnull=True,
                    failed_at__isnull=True,
                    cancelled_at__isnull=True,
                    lease_until__isnull=False,
                ),
                name="reminder_pending_by_lease",
            ),
            models.Index(
                fields=["user", "sent_at"],
                condition=models.Q(sent_at__isnull=False),
                name="reminder_sent_by_user",
            ),
            models.Index(
                fields=["user", "failed_at"],
                condition=models.Q(failed_at__isnull=False),
                name="reminder_failed_by_user",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} of {self.deadline_id or self.own_reminder_id or self.user_id} ({self.version})"

    @property
    def case(self) -> Case | None:
        """The case it is about; None for a summary."""
        about = self.deadline or self.own_reminder
        return about.case if about else None
