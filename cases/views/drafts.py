"""A text to copy for every channel of a case."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from cases.models import Case
from cases.services import advice, playbooks
from cases.services import drafts as draft_service
from cases.views.access import case_view
from cases.views.fragments import render_page_or_fragment
from tracker.accounts.models import Language


@case_view("GET")
def drafts(request: HttpRequest, case: Case) -> HttpResponse:
    """The draft for ?channel= in ?language=: of the next step and in the reader's language unless said."""
    channels = playbooks.channels_of(case)
    key = request.GET.get("channel") or _next_channel(case)
    if key and key not in channels:
        raise Http404
    language = _language(request)
    context: dict[str, Any] = {
        "case": case,
        "room": "drafts",
        "language": language,
        "languages": Language.choices,
        "channel": channels.get(key),
        "groups": [
            (playbook, playbook.channels.values())
            for playbook in playbooks.playbooks_of(case)
            if playbook.channels
        ],
    }
    if key:
        context["draft"] = draft_service.draft_for(
            case=case, channel=key, language=language, at=timezone.now()
        )
    return render_page_or_fragment(request, "drafts", context)


def _next_channel(case: Case) -> str:
    """The channel of the next step, else the first one; "" for a case without any."""
    advised = advice.advice_for(case, timezone.now())
    return advised[0].channel.key if advised else next(iter(playbooks.channels_of(case)), "")


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    if asked in Language.values:
        return asked
    return Language.ZH_HANS if (get_language() or "").startswith("zh") else Language.EN
