"""Who may see a case, and who may help with it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    HELPER = "helper", _("Helper: may read and write")
    READER = "reader", _("Reader: may read")


class Membership(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    since = models.DateTimeField(_("since"))
    reminders_stopped_at = models.DateTimeField(
        _("reminders stopped since"),
        null=True,
        blank=True,
        help_text=_("This user gets no reminders of this case."),
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["case", "user"], name="membership_once_per_user"),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(role=Role.OWNER), name="membership_one_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"

    @property
    def may_write(self) -> bool:
        return self.role in {Role.OWNER, Role.HELPER}
