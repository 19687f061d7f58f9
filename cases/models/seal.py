"""The ends of all custody chains, bound once a day into one hash that can be stamped and published.

Migration 0010 makes the database itself refuse to change or remove a seal.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Seal(models.Model):
    """One day's seal: the Merkle root (RFC 6962) over the seal before it and every chain that grew since."""

    number = models.PositiveIntegerField(_("number"), unique=True, help_text=_("1, 2, 3, ... without gaps."))
    sealed_at = models.DateTimeField(_("sealed at"))
    head_count = models.PositiveIntegerField(_("chains"), help_text=_("How many chains grew since the last."))
    previous_root = models.CharField(
        _("root before"), max_length=64, help_text=_("Of the seal before; sixty-four zeros for the first.")
    )
    root = models.CharField(_("root"), max_length=64, help_text=_("Lower-case hex."))
    stamp = models.BinaryField(
        _("time stamp"), blank=True, default=bytes, help_text=_("RFC 3161 token over the root; may be empty.")
    )
    stamp_note = models.CharField(_("why there is no time stamp"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.root[:12]}"


class SealedHead(models.Model):
    """The end of one chain as it was sealed; a leaf of the tree. Names the case by its reference, so that
    it outlives a case that its owner erased.
    """

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="heads")
    position = models.PositiveIntegerField(_("position"), help_text=_("Of the leaf, from 0."))
    case_reference = models.CharField(_("case"), max_length=10)
    sequence = models.PositiveIntegerField(_("number of the entry"))
    entry_hash = models.CharField(_("hash of the entry"), max_length=64)

    class Meta:
        verbose_name = _("sealed chain")
        verbose_name_plural = _("sealed chains")
        ordering = ["seal", "position"]
        indexes = [models.Index(fields=["case_reference", "sequence"], name="sealed_head_of_case")]
        constraints = [
            models.UniqueConstraint(fields=["seal", "position"], name="sealed_head_once_per_position"),
            models.UniqueConstraint(fields=["seal", "case_reference"], name="sealed_head_once_per_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case_reference} {self.sequence}"
