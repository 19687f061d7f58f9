"""What a machine read on an exhibit: a help for searching and filling in, never evidence by itself."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.exhibit import Exhibit


class RecognitionState(models.TextChoices):
    WAITING = "waiting", _("Waiting to be read")
    DONE = "done", _("Read by a machine")
    FAILED = "failed", _("Could not be read")


class Recognition(models.Model):
    """At most one for an exhibit; an exhibit without one has not been taken up yet."""

    exhibit = models.OneToOneField(Exhibit, models.CASCADE, related_name="recognition")
    state = models.CharField(
        _("state"), max_length=10, choices=RecognitionState.choices, default=RecognitionState.WAITING
    )
    engine = models.CharField(
        _("read by"), max_length=100, blank=True, help_text=_("Name and version of the library.")
    )
    lines = models.JSONField(
        _("lines"),
        default=list,
        blank=True,
        help_text=_(
            "In reading order: {page, text, score, box}. The score is 0 to 1000; the box is x, y, width, "
            "height in ten-thousandths of the upright page."
        ),
    )
    lease_until = models.DateTimeField(
        _("reader's lease"),
        null=True,
        blank=True,
        help_text=_("After this another worker may take the work."),
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("recognition")
        verbose_name_plural = _("recognitions")
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=models.Q(state=RecognitionState.WAITING),
                name="recognition_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.exhibit_id} {self.state}"
