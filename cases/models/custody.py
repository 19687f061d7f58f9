"""Who did what to the case or an exhibit, and when: append-only, chained by hashes.

The form of an entry and its hash are defined in cases.rules.custody, which a verifier can use
without this site. Migration 0002 makes the database itself refuse UPDATE and DELETE.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case


class CustodyEntry(models.Model):
    case = models.ForeignKey(Case, models.PROTECT, related_name="custody_entries")
    sequence = models.PositiveIntegerField(
        _("number"), help_text=_("1, 2, 3, ... within the case, without gaps.")
    )
    at = models.DateTimeField(_("when"))
    actor = models.CharField(
        _("who"), max_length=254, help_text=_("As known at the time: “user:7”, “system”.")
    )
    action = models.CharField(
        _("what"), max_length=50, help_text=_("A past-tense fact, as in exhibit_received.")
    )
    exhibit_number = models.PositiveIntegerField(_("exhibit"), null=True, blank=True)
    exhibit_sha256 = models.CharField(_("SHA-256 of the exhibit"), max_length=64, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)
    previous_hash = models.CharField(_("hash of the entry before"), max_length=64)
    entry_hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("custody entry")
        verbose_name_plural = _("custody entries")
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["case", "sequence"], name="custody_no_fork_by_sequence"),
            models.UniqueConstraint(fields=["case", "previous_hash"], name="custody_no_fork_by_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"
