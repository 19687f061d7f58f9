"""A date the user set: they are told of it whatever became of the case by then."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case

TEXT_LENGTH = 200


class OwnReminder(models.Model):
    """No rule counts it and no event meets it; only the user calls it done."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="own_reminders")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="own_reminders", verbose_name=_("whom to tell")
    )
    text = models.CharField(_("what to remind of"), max_length=TEXT_LENGTH)
    remind_at = models.DateTimeField(_("when to remind"))
    version = models.PositiveIntegerField(
        _("version"), default=1, help_text=_("Goes up when it is put off or moved.")
    )
    made_at = models.DateTimeField(_("made at"))
    changed_at = models.DateTimeField(_("changed at"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("own reminder")
        verbose_name_plural = _("own reminders")
        ordering = ["remind_at", "pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.remind_at:%Y-%m-%d %H:%M}"

    def is_past(self, at: datetime) -> bool:
        return self.remind_at <= at
