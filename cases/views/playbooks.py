"""What is known about a platform, for everybody: channels, figures, rules and where they come from."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.services import playbooks as playbook_service


@login_not_required
@require_safe
def playbooks(request: HttpRequest) -> HttpResponse:
    return render(request, "cases/playbooks.html", {"playbooks": playbook_service.all_playbooks().values()})


@login_not_required
@require_safe
def playbook(request: HttpRequest, key: str) -> HttpResponse:
    found = playbook_service.all_playbooks().get(key)
    if found is None:
        raise Http404
    now = timezone.now()
    context = {
        "playbook": found,
        "channels": [(channel, channel.hours.is_open(now)) for channel in found.channels.values()],
        "rules": found.rules.values(),
    }
    return render(request, "cases/playbook.html", context)
