"""Short answers for what a phone kept while it had no line and sends now; static/js/kept.js asks for them."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, JsonResponse

from cases.models import Case


def asks_for_words(request: HttpRequest) -> bool:
    """Is nobody looking at a page, so that the outcome alone is wanted?"""
    return request.method == "POST" and request.headers.get("Accept") == "application/json"


def taken(case: Case) -> JsonResponse:
    return JsonResponse({"url": case.get_absolute_url()})


def refused(form: forms.Form) -> JsonResponse:
    """Every sentence of it, with the label of its field before it."""
    sentences = []
    for name, errors in form.errors.items():
        label = f"{form.fields[name].label}: " if name in form.fields and form.fields[name].label else ""
        sentences += [f"{label}{sentence}" for sentence in errors]
    return JsonResponse({"errors": sentences}, status=422)
