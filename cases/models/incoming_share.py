"""What another app handed over, for a day, until it is in a case."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def new_share_key() -> str:
    return secrets.token_urlsafe(24)


class IncomingShare(models.Model):
    """Taken from a phone whose service worker did not keep it; found by its key, which nobody can guess.

    Without `user` it came before a log-in, and is for whoever holds the key.
    """

    key = models.CharField(_("address"), max_length=32, unique=True, default=new_share_key)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="incoming_shares"
    )
    words = models.TextField(_("text"), blank=True)
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("incoming share")
        verbose_name_plural = _("incoming shares")
        ordering = ["received_at", "pk"]
        indexes = [models.Index(fields=["received_at"], name="incoming_share_by_time")]

    def __str__(self) -> str:
        return f"{self.pk}"


class IncomingFile(models.Model):
    """Bytes on their way; small enough for the database, which drops them with their share."""

    share = models.ForeignKey(IncomingShare, models.CASCADE, related_name="files")
    name = models.CharField(_("name of the file"), max_length=255, blank=True)
    size = models.PositiveBigIntegerField(_("size"), help_text=_("Bytes."))
    content = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("shared file")
        verbose_name_plural = _("shared files")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.share_id} {self.size}"
