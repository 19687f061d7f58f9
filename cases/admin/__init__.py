"""What whoever runs the site may see: the state of cases, reminders and case files, never their contents.

What they may change is the workday calendar: cases/admin/calendars.py.
"""

from __future__ import annotations

import allauth.account.admin  # noqa: F401  (registers, so that it can be undone here)
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

import cases.admin.calendars  # noqa: F401  (registers the calendars)
from cases.models import Case, CaseFile, Recount, Reminder

# One way in, and attempts at it are counted.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Whoever may add a confirmed address to an account may take the account over.
admin.site.unregister(EmailAddress)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Nothing of a case is changed here: only services write, and each writes its custody entry."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    list_display = ["reference", "playbook", "status", "outcome", "created_at", "closed_at"]
    list_filter = ["status", "outcome", "playbook"]
    search_fields = ["reference"]
    fields = list_display


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ["pk", "step", "due_at", "sent_at", "failed_at", "cancelled_at", "attempts", "failure"]
    list_filter = ["step"]
    date_hierarchy = "due_at"
    fields = [*list_display, "version", "next_attempt_at", "lease_until", "message_id"]


@admin.register(CaseFile)
class CaseFileAdmin(ReadOnlyAdmin):
    list_display = [
        "pk",
        "number",
        "language",
        "state",
        "requested_at",
        "built_at",
        "attempts",
        "size",
        "failure",
    ]
    list_filter = ["state", "language"]
    fields = [*list_display, "sha256", "lease_until", "parts_done", "parts_total"]


@admin.register(Recount)
class RecountAdmin(ReadOnlyAdmin):
    list_display = ["started_at", "finished_at", "counted", "moved", "knowledge"]
    fields = list_display
