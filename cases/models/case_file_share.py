"""A link that opens one case file to whoever holds it, for a while."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case_file import CaseFile

LABEL_LENGTH = 100


class ShareEnd(models.TextChoices):
    """Why a link opens nothing any more, before its time is over."""

    REVOKED = "revoked", _("Revoked")
    LOCKED = "locked", _("Locked after too many wrong codes")


class CaseFileShare(models.Model):
    """Of the token and of the code only hashes are kept: a copy of the database opens no link."""

    case_file = models.ForeignKey(CaseFile, models.CASCADE, related_name="shares")
    number = models.PositiveIntegerField(_("number"), help_text=_("1, 2, 3, ... of the case file."))
    label = models.CharField(_("for whom"), max_length=LABEL_LENGTH, blank=True)
    token_sha256 = models.CharField(_("SHA-256 of the token"), max_length=64, unique=True)
    code_hash = models.CharField(
        _("hash of the code"), max_length=128, blank=True, help_text=_("Empty where none is asked for.")
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=10, choices=ShareEnd.choices, blank=True)
    openings = models.PositiveIntegerField(_("openings"), default=0)
    downloads = models.PositiveIntegerField(_("downloads"), default=0)
    last_opened_at = models.DateTimeField(_("last opened at"), null=True, blank=True)
    wrong_codes = models.PositiveIntegerField(_("wrong codes"), default=0)

    class Meta:
        verbose_name = _("share link")
        verbose_name_plural = _("share links")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["case_file", "number"], name="share_number_once_per_case_file"),
            models.CheckConstraint(
                name="share_ends_with_a_reason",
                condition=models.Q(ended_at=None, end_reason="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(end_reason="")),
            ),
            models.CheckConstraint(
                name="share_expires_after_it_is_made",
                condition=models.Q(expires_at__gt=models.F("made_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_file_id} share {self.number}"

    @property
    def asks_for_code(self) -> bool:
        return bool(self.code_hash)
