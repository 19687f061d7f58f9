"""One numbered piece of evidence, and the copies made from it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case


class ExhibitSource(models.TextChoices):
    """How the bytes came to us, not what they show."""

    UPLOAD = "upload", _("Uploaded in the browser")
    IMPORT = "import", _("Imported with a case file")
    DEMO = "demo", _("Made for the demonstration")


class Exhibit(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="exhibits")
    number = models.PositiveIntegerField(
        _("number"), help_text=_("E1, E2, ... within the case; never used twice.")
    )
    sha256 = models.CharField(
        _("SHA-256"), max_length=64, help_text=_("Of the bytes as received, lower-case hex.")
    )
    size = models.PositiveBigIntegerField(_("size"), help_text=_("Bytes."))
    media_type = models.CharField(
        _("type"), max_length=50, help_text=_("Told by the content, never by the name.")
    )
    storage_key = models.CharField(_("place in the evidence store"), max_length=200)
    original_name = models.CharField(_("original name"), max_length=255, blank=True)
    width = models.PositiveIntegerField(_("width"), null=True, blank=True, help_text=_("Pixels, as stored."))
    height = models.PositiveIntegerField(
        _("height"), null=True, blank=True, help_text=_("Pixels, as stored.")
    )
    page_count = models.PositiveIntegerField(_("pages"), default=1)
    duration_ms = models.PositiveIntegerField(
        _("duration"), null=True, blank=True, help_text=_("Of a recording, in milliseconds.")
    )
    metadata = models.JSONField(
        _("what the file says of itself"),
        default=dict,
        blank=True,
        help_text=_("Hints such as the program that saved it; anybody can write them."),
    )
    source = models.CharField(_("source"), max_length=20, choices=ExhibitSource.choices)
    shows = models.CharField(_("what it shows"), max_length=500, blank=True)
    claimed_at = models.DateTimeField(
        _("time of the picture"),
        null=True,
        blank=True,
        help_text=_("As you state it; kept apart from when it came in."),
    )
    received_at = models.DateTimeField(_("received at"))
    recognised_text = models.TextField(_("recognised text"), blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("exhibit")
        verbose_name_plural = _("exhibits")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="exhibit_number_once_per_case"),
            models.UniqueConstraint(
                fields=["case", "sha256"],
                name="exhibit_bytes_once_per_case",
                violation_error_message=_("These very bytes are already an exhibit of this case."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"E{self.number}"

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


class WorkingCopyKind(models.TextChoices):
    THUMBNAIL = "thumbnail", _("Thumbnail")
    PREVIEW = "preview", _("Preview")
    PAGE = "page", _("Page")
    REDACTION = "redaction", _("Redaction")
    PLAYABLE = "playable", _("Recording for playing")


class WorkingCopy(models.Model):
    """A file made from an exhibit; the original is never touched."""

    exhibit = models.ForeignKey(Exhibit, models.CASCADE, related_name="working_copies")
    kind = models.CharField(_("kind"), max_length=20, choices=WorkingCopyKind.choices)
    page = models.PositiveIntegerField(_("page"), default=1)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.PositiveBigIntegerField(_("size"))
    media_type = models.CharField(_("type"), max_length=50)
    storage_key = models.CharField(_("place in the evidence store"), max_length=200)
    width = models.PositiveIntegerField(_("width"), default=0, help_text=_("Pixels; 0 for sound."))
    height = models.PositiveIntegerField(_("height"), default=0, help_text=_("Pixels; 0 for sound."))
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("working copy")
        verbose_name_plural = _("working copies")
        ordering = ["kind", "page"]
        constraints = [
            models.UniqueConstraint(
                fields=["exhibit", "kind", "page"], name="working_copy_once_per_kind_and_page"
            )
        ]

    def __str__(self) -> str:
        return f"{self.exhibit} {self.get_kind_display()}"
