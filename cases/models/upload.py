"""A file on its way in, piece by piece over a line that may break, until it is an exhibit."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.contact import ContactAttempt
from cases.models.exhibit import Exhibit


def new_upload_key() -> str:
    return secrets.token_urlsafe(16)


class Upload(models.Model):
    """What the browser announced, and how much of it is safe here. Sent again, the same announcement by the
    same user for the same case finds the same upload: that is how one goes on after the line broke.
    """

    key = models.CharField(_("address"), max_length=32, unique=True, default=new_upload_key)
    case = models.ForeignKey(Case, models.CASCADE, related_name="uploads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="uploads")
    name = models.CharField(_("name of the file"), max_length=255, blank=True)
    size = models.PositiveBigIntegerField(_("size"), help_text=_("Bytes, as announced."))
    sha256 = models.CharField(
        _("SHA-256"), max_length=64, help_text=_("As the browser computed it, lower-case hex.")
    )
    offset = models.PositiveBigIntegerField(
        _("received so far"), default=0, help_text=_("Bytes that are safe.")
    )
    shows = models.CharField(_("what it shows"), max_length=500, blank=True)
    claimed_at = models.DateTimeField(_("time of the picture"), null=True, blank=True)
    contact = models.ForeignKey(ContactAttempt, models.SET_NULL, null=True, blank=True, related_name="+")
    began_at = models.DateTimeField(_("began at"))
    last_at = models.DateTimeField(_("last piece at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    exhibit = models.ForeignKey(
        Exhibit,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("What it became, or the same bytes that were there before."),
    )

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["began_at", "pk"]
        indexes = [models.Index(fields=["last_at"], name="upload_by_last_piece")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user", "sha256", "size"],
                condition=models.Q(ended_at=None),
                name="upload_once_while_under_way",
            ),
            models.CheckConstraint(
                name="upload_never_longer_than_announced",
                condition=models.Q(offset__lte=models.F("size")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.offset}/{self.size}"


class UploadPiece(models.Model):
    """Consecutive bytes of an upload, kept as a file of their own in the evidence store until it is whole."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="pieces")
    offset = models.PositiveBigIntegerField(_("first byte"))
    size = models.PositiveBigIntegerField(_("size"), help_text=_("Bytes."))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    storage_key = models.CharField(_("place in the evidence store"), max_length=200)

    class Meta:
        verbose_name = _("piece of an upload")
        verbose_name_plural = _("pieces of uploads")
        ordering = ["offset"]
        constraints = [models.UniqueConstraint(fields=["upload", "offset"], name="upload_piece_once")]

    def __str__(self) -> str:
        return f"{self.upload_id} from {self.offset}"
