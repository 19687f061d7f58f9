"""A new case that is not open yet: what was typed, so that nothing is lost when the phone dies."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseDraft(models.Model):
    """One for each user. `fields` are lists of texts by the name of their field, as a form sends them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="case_draft")
    fields = models.JSONField(_("fields"), default=dict)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("unfinished case")
        verbose_name_plural = _("unfinished cases")
        ordering = ["changed_at", "pk"]

    def __str__(self) -> str:
        return f"{self.user_id}"
