"""What a machine read on an exhibit, and the one tap that takes a field over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cases.models import Case, Exhibit, RecognitionState
from cases.rules import readings
from cases.services import file_texts, playbooks, recognitions, takeovers
from cases.views.access import case_view
from cases.views.fragments import wants_fragment
from cases.views.submissions import submit_once

# After this the page no longer asks by itself whether it is read.
ASKED_FOR = timedelta(minutes=10)
KINDS: dict[str, Promise] = {
    readings.ORDER: gettext_lazy("Order number"),
    readings.PAYMENT: gettext_lazy("Payment number"),
    readings.PARCEL: gettext_lazy("Parcel number"),
    readings.AFTER_SALES: gettext_lazy("After-sales number"),
    readings.AMOUNT: gettext_lazy("Amount"),
    readings.MOMENT: gettext_lazy("Date and time"),
    readings.SHOP: gettext_lazy("Shop"),
    readings.TICKET: gettext_lazy("Their ticket number"),
}


def read_on(request: HttpRequest, exhibit: Exhibit) -> dict[str, Any]:
    """For `cases/_exhibit_read.html`: {"state", "offers", "text", "engine", "is_own", "is_awaited"}.

    The state is "unreadable" for kinds that are not read, "not_installed", "waiting", "done" or "failed".
    """
    row = recognitions.of_exhibit(exhibit)
    proposals = recognitions.proposals_of(exhibit, row)
    zone = timezone.get_current_timezone()
    offers = takeovers.offers(exhibit=exhibit, proposals=proposals, by=request.user, zone=zone)
    if row is not None and row.state != RecognitionState.WAITING:
        state = str(row.state)
    elif not recognitions.is_readable(exhibit):
        state = "unreadable"
    else:
        state = "waiting" if recognitions.is_installed() else "not_installed"
    return {
        "state": state,
        "offers": [{"offer": offer, "kind": KINDS[offer.proposal.kind], **_shown(offer)} for offer in offers],
        "text": exhibit.recognised_text,
        "engine": row.engine if row else "",
        "is_own": file_texts.is_own(exhibit),
        "is_awaited": state == "waiting" and timezone.now() - exhibit.received_at < ASKED_FOR,
    }


def _shown(offer: takeovers.Offer) -> dict[str, Any]:
    """A sum as {"amount", "currency"}, a moment as {"moment"}, without its zone: as the app showed it."""
    proposal = offer.proposal
    if proposal.kind == readings.AMOUNT:
        amount, currency = takeovers.sum_of(proposal.value)
        return {"amount": amount, "currency": currency}
    if proposal.kind == readings.MOMENT:
        moment = datetime.fromisoformat(proposal.value)
        # Most screens show no seconds; “:00” would claim that some were read.
        return {"moment": f"{moment:%Y-%m-%d %H:%M:%S}" if moment.second else f"{moment:%Y-%m-%d %H:%M}"}
    return {}


@case_view("GET")
def reading(request: HttpRequest, case: Case, number: int) -> HttpResponse:
    """The piece of the exhibit's page, for htmx to ask for until it is read."""
    exhibit = get_object_or_404(case.exhibits, number=number)
    if not wants_fragment(request):
        return redirect("cases:exhibit", case.reference, number)
    read = read_on(request, exhibit)
    if read["state"] == "waiting" and read["is_awaited"]:
        return HttpResponse(status=204)
    return render(request, "cases/_exhibit_read.html", {"case": case, "exhibit": exhibit, "read": read})


@case_view("POST")
def take_over(request: HttpRequest, case: Case, number: int) -> HttpResponse:
    """Put one proposal where the user said, once, and show the exhibit again."""
    exhibit = get_object_or_404(case.exhibits.select_related("case"), number=number)

    def act() -> str:
        playbook = playbooks.playbook_of(case)
        takeovers.take_over(
            exhibit=exhibit,
            by=request.user,
            at=timezone.now(),
            zone=timezone.get_current_timezone(),
            kind=request.POST.get("kind", ""),
            value=request.POST.get("value", ""),
            place=request.POST.get("place", ""),
            platform=playbook.name.in_language(get_language() or "en") if playbook else case.title[:60],
        )
        return ""

    try:
        submit_once(request, act)
        messages.success(request, _("It is taken over into the case."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("cases:exhibit", case.reference, number)
