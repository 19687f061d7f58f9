"""What is known about platforms, payments, authorities and laws: for everybody, with its sources."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cases.models import OwnPlaybook
from cases.rules.playbooks import KINDS, SHIPPED_FOLDER, Playbook
from cases.services import own_playbooks
from cases.services import playbooks as playbook_service
from cases.views.playbook_words import show_bar, show_rule

KIND_TITLES = {
    "platform": _("Platforms: where one buys"),
    "payment": _("Payment: how one paid"),
    "authority": _("Authorities: who mediates and decides"),
    "law": _("Laws: what holds whatever the platform"),
}


@login_not_required
@require_safe
def playbooks(request: HttpRequest) -> HttpResponse:
    shipped = playbook_service.all_playbooks().values()
    groups = [(KIND_TITLES[kind], [one for one in shipped if one.kind == kind]) for kind in KINDS]
    context = {
        "groups": [(title, found) for title, found in groups if found],
        "own": own_playbooks.all_of(request.user) if request.user.is_authenticated else (),
    }
    return render(request, "cases/playbooks.html", context)


@login_not_required
@require_safe
def playbook(request: HttpRequest, key: str) -> HttpResponse:
    """A shipped playbook; a user's own for the members of a case that uses it, and for nobody else."""
    found = playbook_service.all_playbooks().get(key)
    if found is not None:
        return render(request, "cases/playbook.html", shown(found))
    own = OwnPlaybook.objects.filter(key=key).first() if request.user.is_authenticated else None
    if own is None or not own_playbooks.visible_to(request.user, own):
        raise Http404
    if own.owner_id == request.user.pk:
        return redirect("cases:own-playbook", own.key)
    found = own_playbooks.read(own)
    if found is None:
        raise Http404
    return render(request, "cases/playbook.html", {**shown(found), "is_somebodys_own": True})


@login_not_required
@require_safe
def playbook_file(request: HttpRequest, key: str) -> HttpResponse:
    """The file of a shipped playbook, as it is."""
    if key not in playbook_service.all_playbooks():
        raise Http404
    return as_file((SHIPPED_FOLDER / f"{key}.toml").read_bytes(), name=key)


def as_file(content: bytes, *, name: str) -> HttpResponse:
    """A document to be saved, never shown: whatever stands in it, no browser takes it for a page."""
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    plain = slugify(name)[:60] or "playbook"
    response["Content-Disposition"] = content_disposition_header(True, f"{plain}.toml")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def shown(found: Playbook) -> dict[str, Any]:
    """What the page of a playbook is made of; each channel comes with its key within the document."""
    now = timezone.now()
    others = playbook_service.all_playbooks()
    return {
        "playbook": found,
        "kind_title": KIND_TITLES[found.kind],
        "channels": [
            (channel, channel.hours.is_open(now), channel.key.removeprefix(f"{found.key}."))
            for channel in found.channels.values()
        ],
        "rules": [show_rule(found, rule) for rule in found.rules.values()],
        "bars": [show_bar(found, bar) for bar in found.bars],
        "goes_with": [others[key] for key in found.goes_with if key in others],
    }
