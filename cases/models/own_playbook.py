"""A playbook that a user wrote or uploaded: a platform of their own, or rules of their own."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

KEY_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"


def new_key() -> str:
    """No shipped playbook begins with own_, and nobody can guess another user's."""
    return "own_" + "".join(secrets.choice(KEY_ALPHABET) for _position in range(10))


class OwnPlaybook(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="own_playbooks")
    key = models.CharField(_("key"), max_length=50, unique=True, default=new_key, editable=False)
    document = models.TextField(
        _("document"), help_text=_("The playbook as TOML, as docs/playbooks.md says.")
    )
    made_at = models.DateTimeField(_("made at"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("own playbook")
        verbose_name_plural = _("own playbooks")
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return self.key
