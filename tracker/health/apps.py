from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HealthConfig(AppConfig):
    name = "tracker.health"
    label = "health"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Health")

    def ready(self) -> None:
        from tracker import checks  # noqa: F401  (importing registers the checks of the whole site)
