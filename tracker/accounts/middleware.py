"""Speaks the user's language and shows the user's time on every page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers, patch_cache_control

from tracker.accounts.models import User


class PreferencesMiddleware:
    """Strangers get the language their browser or cookie names; what a user sees is never cached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User) and not request.user.is_authenticated:
            return self.get_response(request)
        user = request.user
        translation.activate(user.language)
        request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(user.zone):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            patch_cache_control(response, no_store=True, private=True)
        return response
