from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "cases"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Cases")

    def ready(self) -> None:
        from cases import checks  # noqa: F401  (importing registers the checks)

        post_migrate.connect(_make_key, sender=self)


def _make_key(**_signal: Any) -> None:
    """The first start migrates; that is when the installation gets its key."""
    from cases.services.case_file_builds import make_key

    make_key()
