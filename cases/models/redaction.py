"""A copy of an exhibit with parts blacked out for good, made to be handed out in place of the original."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.exhibit import Exhibit


class Redaction(models.Model):
    """A file of its own that names its original; made once, never changed: another set of boxes is another
    redaction. Without a storage key it is still being made, or, with a failure, will never be.
    """

    exhibit = models.ForeignKey(Exhibit, models.CASCADE, related_name="redactions")
    number = models.PositiveIntegerField(_("number"), help_text=_("1, 2, 3, ... of the exhibit."))
    boxes = models.JSONField(
        _("boxes"),
        help_text=_(
            "What is blacked out: {page, x, y, width, height}; pages from 1, the rest in ten-thousandths of "
            "the upright page."
        ),
    )
    original_sha256 = models.CharField(_("SHA-256 of the original"), max_length=64)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked for at"))
    lease_until = models.DateTimeField(_("maker's lease"), null=True, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    failure = models.CharField(_("reason of the failure"), max_length=500, blank=True)
    made_at = models.DateTimeField(_("made at"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0, help_text=_("Bytes."))
    media_type = models.CharField(_("type"), max_length=50, blank=True)
    storage_key = models.CharField(_("place in the evidence store"), max_length=200, blank=True)
    width = models.PositiveIntegerField(_("width"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True)
    page_count = models.PositiveIntegerField(_("pages"), default=1)

    class Meta:
        verbose_name = _("redaction")
        verbose_name_plural = _("redactions")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["exhibit", "number"], name="redaction_number_once_per_exhibit"),
            models.CheckConstraint(
                name="redaction_made_means_stored",
                condition=models.Q(made_at=None) | (~models.Q(storage_key="") & ~models.Q(sha256="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exhibit} R{self.number}"

    @property
    def pages(self) -> list[int]:
        """Those with a box on them, in order; the others go out whole."""
        return sorted({box["page"] for box in self.boxes})

    @property
    def is_made(self) -> bool:
        return self.made_at is not None
