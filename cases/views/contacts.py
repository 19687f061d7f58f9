"""Every contact of a case, and logging one with all that proves it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.forms.contacts import ContactForm
from cases.models import Case, ContactAttempt
from cases.services import contacts as contact_service
from cases.services import playbooks
from cases.views import kept
from cases.views.access import case_view
from cases.views.capture import guidance
from cases.views.errors import tell
from cases.views.fragments import render_page_or_fragment, wants_fragment
from cases.views.shown import ShownDeadline, show
from cases.views.submissions import submit_once


@case_view("GET", "POST")
def contacts(request: HttpRequest, case: Case) -> HttpResponse:
    if request.method == "POST":
        form = ContactForm(request.POST, case=case)
    else:
        form = _blank(case, channel=request.GET.get("channel", ""))
    logged = None
    if form.is_valid():
        try:
            answer = submit_once(request, lambda: _log(request, case, form))
            if kept.asks_for_words(request):
                return kept.taken(case)
            logged = case.contacts.filter(pk=int(answer)).first()
            if not wants_fragment(request):
                messages.success(request, _("The contact is logged."))
                return redirect("cases:case", case.reference)
            form = _blank(case)
        except ValidationError as error:
            tell(form, error)
    if kept.asks_for_words(request):
        return kept.refused(form)
    said = _("The contact is logged.") if logged else ""
    context = {"form": form, "logged": logged, "said": said, **_listed(case, logged)}
    return render_page_or_fragment(request, "contacts", context, status=422 if form.errors else 200)


def _blank(case: Case, *, channel: str = "") -> ContactForm:
    return ContactForm(case=case, initial={"channel": channel, "started_at": timezone.now()})


def _log(request: HttpRequest, case: Case, form: ContactForm) -> str:
    contact = contact_service.log_contact(case=case, by=request.user, at=timezone.now(), **form.cleaned_data)
    return str(contact.pk)


def _listed(case: Case, logged: ContactAttempt | None) -> dict[str, Any]:
    started: list[ShownDeadline] = []
    if logged is not None:
        started = show(logged.deadlines.open().select_related("case"), at=timezone.now())
    return {
        "case": case,
        "room": "contacts",
        "now": timezone.now(),
        "channels": playbooks.channels_of(case),
        "contacts": case.contacts.prefetch_related("exhibits").order_by("-started_at", "-pk"),
        "started": started,
        "capture": guidance(case, logged) if logged else None,
    }
