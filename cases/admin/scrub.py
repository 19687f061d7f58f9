"""Re-readings of the stored files and what they found, for whoever runs the site."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from cases.admin.read_only import ReadOnlyAdmin
from cases.models import ScrubFinding, ScrubRun
from cases.services import scrub_runs


class AlarmAdmin(ReadOnlyAdmin):
    """Says above the list what is wrong as of the newest re-reading."""

    change_list_template = "admin/cases/scrub_change_list.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        last = ScrubRun.objects.exclude(ended_at=None).order_by("-ended_at").first()
        told = {"found": scrub_runs.latest().count(), "last": last}
        return super().changelist_view(request, told | (extra_context or {}))


@admin.register(ScrubRun)
class ScrubRunAdmin(AlarmAdmin):
    list_display = ["began_at", "last_at", "ended_at", "files", "bytes", "found"]
    fields = [*list_display, "place", "lease_until"]
    readonly_fields = ["found"]

    @admin.display(description=gettext_lazy("findings"))
    def found(self, run: ScrubRun) -> int:
        return run.findings.count()


@admin.register(ScrubFinding)
class ScrubFindingAdmin(AlarmAdmin):
    list_display = ["found_at", "trouble", "whose", "storage_key", "text"]
    list_filter = ["trouble", "run"]
    fields = ["run", *list_display]
