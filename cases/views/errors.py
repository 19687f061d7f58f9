"""Puts what a service refused next to the field it is about."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.forms import BaseForm


def tell(form: BaseForm, error: ValidationError) -> None:
    """Add the service's sentences to the form; those about fields it does not have go on top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        field = name if name in form.fields else None
        for one in errors:
            form.add_error(field, one)
