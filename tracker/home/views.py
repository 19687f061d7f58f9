"""What a phone asks of a site that it keeps among its apps; docs/offline.md says what stays there."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# --paper of static/css/tokens.css in its two lights; a manifest has room for one, pages name both.
PAPER_LIGHT, PAPER_DARK = "#f6f5f1", "#111518"
# What the page without a line is made of, and what sends when the line is back. Nothing of any person.
SHELL = (
    "css/tokens.css",
    "css/base.css",
    "css/forms.css",
    "css/parts.css",
    "css/screens.css",
    "js/kept.js",
    "js/home.js",
    "js/failed.js",
    "js/sha256.js",
    "favicon.svg",
    "icons/icon-192.png",
)


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest in the language that the page asks for: ?language=en."""
    language = _language(request)
    with translation.override(language):
        content = json.dumps(_manifest(language), ensure_ascii=False, indent=2)
    return HttpResponse(content, content_type="application/manifest+json; charset=utf-8")


def _manifest(language: str) -> dict[str, Any]:
    return {
        "id": "/",
        "name": _("Dispute case tracker"),
        "short_name": _("Disputes"),
        "description": _(
            "Keeps an order dispute in hand: what to do next and until when, every contact, every "
            "screenshot, and one case file that anyone can check."
        ),
        "lang": "zh-Hans" if language == "zh-hans" else language,
        "dir": "ltr",
        "start_url": reverse("cases:today"),
        "scope": "/",
        "display": "standalone",
        "orientation": "any",
        "theme_color": PAPER_LIGHT,
        "background_color": PAPER_LIGHT,
        "categories": ["productivity", "utilities", "shopping"],
        "icons": _icons(),
        "shortcuts": [
            _shortcut(_("New case"), reverse("cases:new-case"), "plus"),
            _shortcut(_("Today"), reverse("cases:today"), "today"),
        ],
        "share_target": _share_target(),
    }


def _share_target() -> dict[str, Any]:
    """What other apps may hand over, and where to: the service worker takes it, or else the server."""
    accepted = ["image/*", "application/pdf", "audio/*", "video/*", "text/plain", "message/rfc822"]
    return {
        "action": reverse("cases:share"),
        "method": "POST",
        "enctype": "multipart/form-data",
        "params": {
            "title": "title",
            "text": "text",
            "url": "url",
            "files": [{"name": "files", "accept": accepted}],
        },
    }


def _icons() -> list[dict[str, str]]:
    return [
        *(
            {
                "src": static(f"icons/{name}"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for purpose, stem in (("any", "icon"), ("maskable", "maskable"))
            for size in (192, 512)
            for name in (f"{stem}-{size}.png",)
        ),
        {"src": static("favicon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
    ]


def _shortcut(name: str, url: str, drawing: str) -> dict[str, Any]:
    icon = {"src": static(f"icons/shortcut-{drawing}.png"), "sizes": "96x96", "type": "image/png"}
    return {"name": name, "url": url, "icons": [icon]}


@login_not_required
@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Changes with every release, by which a browser knows that it has to fetch the shell anew."""
    shell = sorted({static(name) for name in SHELL} | {_htmx()})
    offline = {code: f"{reverse('offline')}?language={code}" for code, _name in settings.LANGUAGES}
    context = {
        "release": _release(shell),
        "shell": json.dumps(shell),
        "offline": json.dumps(offline),
        "kept": static("js/kept.js"),
    }
    content = render_to_string("home/service-worker.js", context)
    return HttpResponse(content, content_type="text/javascript; charset=utf-8")


def _release(shell: list[str]) -> str:
    """Other static files, their names or the words of the page without a line make another release."""
    parts = [str(getattr(staticfiles_storage, "manifest_hash", "")), *shell]
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            parts.append(render_to_string("home/offline.html", {"LANGUAGE_CODE": code}))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _htmx() -> str:
    return static("django_htmx/htmx-2.min.js")


@login_not_required
@require_safe
@cache_control(public=True, max_age=0)
def offline(request: HttpRequest) -> HttpResponse:
    """The same for everybody, so that a phone may keep it: it asks neither who reads nor what they have."""
    language = _language(request)
    with translation.override(language):
        content = render_to_string("home/offline.html", {"LANGUAGE_CODE": language})
    return HttpResponse(content, headers={"Content-Language": language})


@login_not_required
@require_safe
@cache_control(no_store=True, private=True)
def session(request: HttpRequest) -> JsonResponse:
    """Who is logged in on this phone now, and the token of their forms: whatever is sent later asks first."""
    user = str(request.user.pk) if request.user.is_authenticated else ""
    return JsonResponse({"user": user, "token": get_token(request) if user else ""})


@require_safe
def install(request: HttpRequest) -> HttpResponse:
    """How to put the site among the apps of a phone, in words: not every browser asks by itself."""
    return render(request, "home/install.html")


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return (
        asked if asked in dict(settings.LANGUAGES) else translation.get_language() or settings.LANGUAGE_CODE
    )
