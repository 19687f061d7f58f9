"""Users in the admin: who there is and who is staff; never their cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from tracker.accounts.models import User

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[User]
else:
    # Django 5.2 takes no type in brackets while it runs.
    ModelAdmin = admin.ModelAdmin


@admin.register(User)
class UserAdmin(ModelAdmin):
    list_display = ["email", "name", "language", "time_zone", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "language"]
    search_fields = ["email", "name"]
    ordering = ["-date_joined"]
    fields = ["email", "name", "language", "time_zone", "is_active", "is_staff", "last_login", "date_joined"]
    # A user who moves changes the zone in the settings, where the reminders move along.
    readonly_fields = ["email", "time_zone", "last_login", "date_joined"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Accounts are made at sign-up or by `manage.py createsuperuser`, with a password."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account is never deleted by a click: its cases and their custody chains hang on it."""
        return False
