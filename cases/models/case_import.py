"""A case file on its way in: checked, shown to whoever brought it, and taken in when that person says so."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case


class ImportState(models.TextChoices):
    ARRIVING = "arriving", _("Arriving")
    QUEUED = "queued", _("Waiting its turn")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    CONFIRMED = "confirmed", _("Waiting to be taken in")
    TAKING_IN = "taking_in", _("Being taken in")
    DONE = "done", _("Taken in")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    DISCARDED = "discarded", _("Discarded")


class CaseImport(models.Model):
    """`storage_key` is empty once the ZIP is not needed any more."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="case_imports")
    name = models.CharField(_("file name"), max_length=200, blank=True)
    size = models.PositiveBigIntegerField(_("size"), help_text=_("Bytes."))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    storage_key = models.CharField(_("place in the evidence store"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ImportState.choices, default=ImportState.ARRIVING
    )
    requested_at = models.DateTimeField(_("requested at"))
    lease_until = models.DateTimeField(
        _("worker's lease"), null=True, blank=True, help_text=_("After this another worker may go on.")
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    told = models.JSONField(_("what it holds"), default=dict, blank=True)
    findings = models.JSONField(
        _("findings"), default=list, blank=True, help_text=_("Sentences in both languages.")
    )
    case = models.ForeignKey(Case, models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("case file taken in")
        verbose_name_plural = _("case files taken in")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="import_ends_without_its_file",
                condition=models.Q(ended_at=None) | models.Q(storage_key=""),
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"
