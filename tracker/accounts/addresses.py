"""The form of a further address; apart from the other forms, which django-allauth's own forms import."""

from __future__ import annotations

from allauth.account.forms import AddEmailForm
from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.accounts.models import User


class AddAddressForm(AddEmailForm):
    """A further address for reminders and log-in: never one that is another user's own."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        if User.objects.filter(email__iexact=email).exclude(pk=self.user.pk).exists():
            raise forms.ValidationError(
                _("This address cannot be added to your account. Choose another one."), code="not_addable"
            )
        return email
