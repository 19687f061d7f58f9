"""The pages on which users set their name, language, time zone and calendar address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from allauth.account.views import EmailView
from django.conf import settings as site
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.services import calendar_feed, erasing, reminder_settings
from cases.services.reminder_preferences import preferences_of
from tracker.accounts.forms import COMMON_TIME_ZONES, SettingsForm
from tracker.accounts.models import User
from tracker.accounts.reminder_settings import about_reminders


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    posting = request.method == "POST"
    # A copy, so that a refused form does not change the language and name shown around it.
    user = User.objects.get(pk=request.user.pk)
    form = SettingsForm(request.POST if posting else None, instance=user)
    if form.is_valid():
        with transaction.atomic():
            form.save()
            if "time_zone" in form.changed_data:
                reminder_settings.replan(user, at=timezone.now())
        with translation.override(user.language):
            messages.success(request, _("Your settings are saved."))
        return _saved(user)
    return _page(request, form, status=422 if posting else 200)


class AddressesView(EmailView):
    """django-allauth's page of addresses; a main address that became another user's is a sentence."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "action_primary" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            with transaction.atomic():
                return super().post(request, *args, **kwargs)
        except IntegrityError:
            messages.error(
                request, _("This address cannot become your main one. Remove it and add another one.")
            )
            return redirect("account_email")


@require_POST
def calendar_address(request: HttpRequest) -> HttpResponse:
    """A new calendar address, shown this once; the one before stops working."""
    token = calendar_feed.token_for_new(request.user, at=timezone.now())
    address = urljoin(site.SITE_URL, reverse("cases:calendar", args=[token]))
    user = User.objects.get(pk=request.user.pk)
    return _page(request, SettingsForm(instance=user), feed_address=address)


def _page(
    request: HttpRequest, form: SettingsForm, *, feed_address: str = "", status: int = 200
) -> HttpResponse:
    context = {"form": form, "time_zones": COMMON_TIME_ZONES, "feed_address": feed_address}
    context |= about_reminders(preferences_of(request.user))
    context["tombstones"] = erasing.tombstones_of(request.user)
    return render(request, "account/settings.html", context, status=status)


def _saved(user: User) -> HttpResponse:
    """The next page and, by a cookie, the log-in page speak the new language."""
    response = redirect("settings")
    response.set_cookie(
        site.LANGUAGE_COOKIE_NAME,
        user.language,
        max_age=365 * 24 * 60 * 60,
        secure=site.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response
