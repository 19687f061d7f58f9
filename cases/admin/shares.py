"""Links to case files for whoever runs the site: how they are used, and revoking them."""

from __future__ import annotations

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.admin.read_only import ReadOnlyAdmin
from cases.models import CaseFileShare
from cases.services import case_file_shares

# So many links one press of the button revokes; each is an entry of a chain.
MOST_AT_ONCE = 1_000


@admin.register(CaseFileShare)
class CaseFileShareAdmin(ReadOnlyAdmin):
    list_display = [
        "pk", "case_file_id", "made_at", "expires_at", "ended_at", "end_reason", "asks_for_code",
        "openings", "downloads", "last_opened_at", "wrong_codes",
    ]  # fmt: skip
    list_filter = ["end_reason"]
    ordering = ["-pk"]
    fields = list_display
    readonly_fields = ["asks_for_code"]
    actions = ["revoke"]

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("cases.change_casefileshare")

    @admin.display(boolean=True, description=gettext_lazy("asks for a code"))
    def asks_for_code(self, share: CaseFileShare) -> bool:
        return share.asks_for_code

    @admin.action(description=gettext_lazy("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[CaseFileShare]) -> None:
        chosen = list(queryset.select_related("case_file__case")[:MOST_AT_ONCE])
        now = timezone.now()
        ended = [row for row in chosen if case_file_shares.revoke(share=row, at=now, by=request.user)]
        if not ended:
            self.message_user(request, _("These links had ended already."), messages.WARNING)
            return
        LogEntry.objects.log_actions(request.user.pk, ended, CHANGE, _("Revoked."))
        told = ngettext("%d link is revoked.", "%d links are revoked.", len(ended)) % len(ended)
        self.message_user(request, told, messages.SUCCESS)
