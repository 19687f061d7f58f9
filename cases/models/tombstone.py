"""What stays of a case that its owner erased: that it was there, and how its custody chain ended.

Migration 0010: only a case with a tombstone may lose its custody entries; a tombstone itself stays.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tombstone(models.Model):
    """Holds nothing about a person but their number: no title, no shop, no name of a file."""

    case_id = models.BigIntegerField(_("number of the row"), unique=True)
    case_reference = models.CharField(_("case"), max_length=10, unique=True)
    opened_at = models.DateTimeField(_("opened at"))
    erased_at = models.DateTimeField(_("erased at"))
    erased_by = models.CharField(_("who"), max_length=254, help_text=_("As in the chain: “user:7”."))
    exhibit_count = models.PositiveIntegerField(_("exhibits"), default=0)
    entry_count = models.PositiveIntegerField(_("custody entries"))
    chain_head = models.CharField(_("chain head"), max_length=64, help_text=_("Hash of the last entry."))

    class Meta:
        verbose_name = _("tombstone")
        verbose_name_plural = _("tombstones")
        ordering = ["erased_at"]

    def __str__(self) -> str:
        return self.case_reference
