"""One re-reading of everything that is stored, gently and over many ticks, and what it found."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Trouble(models.TextChoices):
    """What may be wrong with a stored file."""

    ALTERED = "altered", _("Not what was stored")
    MISSING = "missing", _("Missing")
    UNREADABLE = "unreadable", _("Cannot be read")
    UNNAMED = "unnamed", _("Named by nothing")
    CHAIN = "chain", _("Custody chain does not hold")


class ScrubRun(models.Model):
    """Begins, goes on from `place` after every pause, ends. At most one is under way."""

    began_at = models.DateTimeField(_("began at"))
    last_at = models.DateTimeField(_("last read at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    place = models.JSONField(_("where it is"), default=dict, blank=True)
    lease_until = models.DateTimeField(_("reader's lease"), null=True, blank=True)
    files = models.PositiveBigIntegerField(_("files read"), default=0)
    bytes = models.PositiveBigIntegerField(_("bytes read"), default=0)

    class Meta:
        verbose_name = _("re-reading")
        verbose_name_plural = _("re-readings")
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(ended_at=None), name="scrub_run_one_under_way"
            )
        ]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d}"


class ScrubFinding(models.Model):
    """One thing that a run found not as it should be."""

    run = models.ForeignKey(ScrubRun, models.CASCADE, related_name="findings")
    trouble = models.CharField(_("trouble"), max_length=12, choices=Trouble.choices)
    storage_key = models.CharField(_("place in the evidence store"), max_length=300, blank=True)
    whose = models.CharField(_("whose"), max_length=100, blank=True)
    text = models.CharField(_("what was found"), max_length=500)
    found_at = models.DateTimeField(_("found at"))

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["found_at", "pk"]

    def __str__(self) -> str:
        return self.text
