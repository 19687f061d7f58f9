"""Where a case came from, when it was taken in from a case file of another installation."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case


class CaseOrigin(models.Model):
    """One chain that the case brought along, as it lay in the case file; number 1 is where it was opened.

    The lines are in the row, not in the evidence store: they are at most the 8 MB that a verifier reads,
    and so they come and go with the case, in a transaction, a backup and an erasure alike.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="origins")
    number = models.PositiveIntegerField(_("number"))
    identifier = models.CharField(_("case file"), max_length=100)
    reference = models.CharField(_("reference"), max_length=100)
    state_at = models.CharField(_("state at"), max_length=40, help_text=_("As the case file wrote it."))
    signing_key = models.CharField(_("fingerprint of the key"), max_length=64)
    bundle_sha256 = models.CharField(
        _("SHA-256 of the case file"),
        max_length=64,
        blank=True,
        help_text=_("Of the ZIP; empty for a folder."),
    )
    stamped_at = models.CharField(
        _("time stamp"), max_length=40, blank=True, help_text=_("As the outside authority wrote it.")
    )
    stamp_authority = models.CharField(_("stamped by"), max_length=200, blank=True)
    chain_head = models.CharField(_("chain head"), max_length=64)
    entry_count = models.PositiveIntegerField(_("entries"))
    lines = models.BinaryField(_("chain"), help_text=_("custody.jsonl, byte for byte."))

    class Meta:
        verbose_name = _("origin")
        verbose_name_plural = _("origins")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="origin_number_once_per_case")]

    def __str__(self) -> str:
        return f"{self.case_id} origin {self.number}"
