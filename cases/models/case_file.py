"""One exported bundle."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from tracker.accounts.models import Language


class BuildState(models.TextChoices):
    QUEUED = "queued", _("Waiting its turn")
    BUILDING = "building", _("Being built")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class BuildStage(models.TextChoices):
    """In the order in which they come; cases.services.case_file_progress says what each costs."""

    GATHERING = "gathering", _("Gathering what is in it")
    COPYING = "copying", _("Copying the originals")
    DRAWING = "drawing", _("Drawing the exhibits")
    SETTING = "setting", _("Setting the document")
    SIGNING = "signing", _("Signing the document")
    PACKING = "packing", _("Packing the ZIP")
    STORING = "storing", _("Storing it")


class DocumentLanguage(models.TextChoices):
    """The languages of a case file; in both, every word of ours stands in Chinese and in English."""

    ZH_HANS = Language.ZH_HANS.value, Language.ZH_HANS.label
    EN = Language.EN.value, Language.EN.label
    BOTH = "both", f"{Language.ZH_HANS.label} + {Language.EN.label}"


class CaseFile(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="case_files")
    number = models.PositiveIntegerField(_("number"), help_text=_("1, 2, 3, ... within the case."))
    language = models.CharField(_("language"), max_length=10, choices=DocumentLanguage.choices)
    state = models.CharField(_("state"), max_length=10, choices=BuildState.choices, default=BuildState.QUEUED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    requested_at = models.DateTimeField(_("requested at"))
    lease_until = models.DateTimeField(
        _("builder's lease"),
        null=True,
        blank=True,
        help_text=_("After this another worker may take the work."),
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    stage = models.CharField(_("stage"), max_length=10, choices=BuildStage.choices, blank=True)
    exhibits_done = models.PositiveIntegerField(
        _("exhibits done"), default=0, help_text=_("In this stage; each begins with none.")
    )
    exhibits_total = models.PositiveIntegerField(_("exhibits in all"), default=0)
    expected_at = models.DateTimeField(
        _("expected at"),
        null=True,
        blank=True,
        help_text=_("When it is likely to be ready, from the pace so far."),
    )
    built_at = models.DateTimeField(_("built at"), null=True, blank=True)
    failure = models.CharField(_("reason of the failure"), max_length=500, blank=True)
    note = models.CharField(
        _("note"), max_length=500, blank=True, help_text=_("What it lacks, as in an outside time stamp.")
    )
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, help_text=_("Of the whole ZIP."))
    size = models.PositiveBigIntegerField(_("size"), default=0, help_text=_("Bytes."))
    storage_key = models.CharField(_("place in the evidence store"), max_length=200, blank=True)
    redactions = models.JSONField(
        _("handed out redacted"),
        default=dict,
        blank=True,
        help_text=_("Number of the exhibit: number of its redaction. The others go as originals."),
    )
    profile = models.CharField(
        _("recipient profile"), max_length=30, default="full", help_text=_("A file in casefile/profiles.")
    )
    left_out = models.JSONField(
        _("left out"), default=list, blank=True, help_text=_("Numbers of the exhibits that are not in it.")
    )
    small_pictures = models.BooleanField(
        _("small pictures"), default=False, help_text=_("Pictures of the document are drawn smaller.")
    )
    manifest = models.TextField(_("manifest"), blank=True, help_text=_("manifest-sha256.txt as handed out."))
    chain_head = models.CharField(
        _("chain head"), max_length=64, blank=True, help_text=_("Hash of the last custody entry in it.")
    )

    class Meta:
        verbose_name = _("case file")
        verbose_name_plural = _("case files")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="case_file_number_once_per_case"),
            models.CheckConstraint(
                name="case_file_ready_means_stored",
                condition=~models.Q(state=BuildState.READY)
                | (~models.Q(storage_key="") & ~models.Q(sha256="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} case file {self.number}"

    @property
    def main_language(self) -> str:
        """The language that comes first, and in which notes and failures are told."""
        return Language.ZH_HANS.value if self.language == DocumentLanguage.BOTH else self.language
