"""What people type about themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tracker.accounts.models import Language, User, validate_time_zone


class PreferencesSignupForm(forms.Form):
    """Asked with email and password at sign-up; the time zone is filled in by the browser."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    time_zone = forms.CharField(
        label=_("Time zone"), required=False, initial="Asia/Shanghai", validators=[validate_time_zone]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language()

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by django-allauth after the account was saved; the adapter has stored the preferences."""
