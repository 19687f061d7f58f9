"""What whoever runs the site may see: the state of cases, reminders and case files, never their contents.

What they may change is the workday calendar (cases/admin/calendars.py), whether a reminder is tried again
(cases/admin/reminders.py) and whether a link to a case file is revoked (cases/admin/shares.py).
"""

from __future__ import annotations

import allauth.account.admin  # noqa: F401  (registers, so that it can be undone here)
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin

import cases.admin.calendars
import cases.admin.reminders
import cases.admin.scrub
import cases.admin.shares  # noqa: F401  (these register what they show)
from cases.admin.read_only import ReadOnlyAdmin
from cases.models import Case, CaseFile, CaseImport, Recount

# One way in, and attempts at it are counted.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Whoever may add a confirmed address to an account may take the account over.
admin.site.unregister(EmailAddress)


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    list_display = ["reference", "playbook", "status", "outcome", "created_at", "closed_at"]
    list_filter = ["status", "outcome", "playbook"]
    search_fields = ["reference"]
    fields = list_display


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
    fields = [*list_display, "sha256", "lease_until", "stage", "exhibits_done", "exhibits_total"]


@admin.register(CaseImport)
class CaseImportAdmin(ReadOnlyAdmin):
    list_display = ["pk", "user_id", "state", "size", "requested_at", "ended_at", "attempts"]
    list_filter = ["state"]
    fields = [*list_display, "sha256", "lease_until"]


@admin.register(Recount)
class RecountAdmin(ReadOnlyAdmin):
    list_display = ["started_at", "finished_at", "counted", "moved", "knowledge"]
    fields = list_display
