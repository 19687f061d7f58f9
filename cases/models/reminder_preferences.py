"""How a user wants to be reminded; one who never said is reminded by the defaults here."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ReminderPreferences(models.Model):
    """Times of day are on the user's own clock. An unsaved one holds the defaults."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminder_preferences")
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True, default=time(22, 0))
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True, default=time(8, 0))
    day_before = models.BooleanField(_("the day before"), default=True)
    hours_before = models.BooleanField(_("two hours before"), default=True)
    when_due = models.BooleanField(_("when it is due"), default=True)
    when_overdue = models.BooleanField(_("daily for three days after"), default=True)
    morning_summary = models.BooleanField(_("a summary every morning"), default=False)
    weekly_summary = models.BooleanField(_("a summary every Monday"), default=False)
    stopped_at = models.DateTimeField(
        _("stopped since"), null=True, blank=True, help_text=_("No reminder of any case goes out.")
    )

    class Meta:
        verbose_name = _("reminder preferences")
        verbose_name_plural = _("reminder preferences")
        constraints = [
            models.CheckConstraint(
                name="reminder_preferences_quiet_hours_have_both_ends",
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
