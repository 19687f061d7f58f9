"""Exhibits of a case: taking files in, several at once, and the gallery of them."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import ngettext

from cases.forms.exhibits import UploadForm
from cases.models import Case, ContactAttempt, Exhibit
from cases.services import exhibits as exhibit_service
from cases.services import hints, playbooks, uploads
from cases.services.exhibits import Said, TakenIn
from cases.views.access import case_view
from cases.views.capture import guidance
from cases.views.fragments import render_page_or_fragment, wants_fragment
from cases.views.labels import label_contacts
from cases.views.timeline import exhibits_of
from cases.views.uploads import notes_of

# Working copies come within seconds; after this the page stops asking for them.
WAIT_FOR_COPIES = timedelta(minutes=2)


@case_view("GET", "POST")
def exhibits(request: HttpRequest, case: Case) -> HttpResponseBase:
    if request.method == "POST":
        return _take_in(request, case)
    form = UploadForm(case=case, initial={"contact": request.GET.get("contact", "")})
    rows = exhibits_of(case)
    seen = _fingerprint(rows)
    if wants_fragment(request) and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    return _page(request, case, form, rows=rows)


def _take_in(request: HttpRequest, case: Case) -> HttpResponseBase:
    """Every file on its own: what is refused does not keep the others out."""
    form = UploadForm(request.POST, request.FILES, case=case)
    taken: list[TakenIn] = []
    notes: list[str] = []
    if form.is_valid():
        for file in form.cleaned_data["files"]:
            try:
                taken.append(_add(request, case, form, file))
                notes += (f"{file.name}: {note}" for note in notes_of(taken[-1]))
            except ValidationError as error:
                for sentence in error.messages:
                    form.add_error("files", f"{file.name}: {sentence}")
    new = [one.exhibit for one in taken if one.is_new]
    for note in dict.fromkeys(notes):
        messages.info(request, note)
    if form.errors:
        return _page(request, case, form, taken=new, status=422)
    if count := len(new):
        said = ngettext("%(count)d exhibit is stored.", "%(count)d exhibits are stored.", count)
        messages.success(request, said % {"count": count})
    return redirect("cases:exhibits", case.reference)


def _add(request: HttpRequest, case: Case, form: UploadForm, file: UploadedFile) -> TakenIn:
    data = form.cleaned_data
    said = Said(file.name or "", data["shows"], data["claimed_at"], data["contact"])
    return exhibit_service.take_in(case=case, by=request.user, at=timezone.now(), upload=file, said=said)


def _page(
    request: HttpRequest,
    case: Case,
    form: UploadForm,
    *,
    rows: list[Exhibit] | None = None,
    taken: list[Exhibit] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = exhibits_of(case) if rows is None else rows
    label_contacts(form.fields["contact"], playbooks.channels_of(case))
    context: dict[str, Any] = {
        "case": case,
        "room": "exhibits",
        "form": form,
        "days": _by_day(rows),
        "hints": hints.hints_of_case(case),
        "capture": guidance(case, _chosen(form)),
        "taken": taken or [],
        "unfinished": uploads.unfinished(case, request.user),
        "seen": _fingerprint(rows),
        "copies_awaited": any(_awaits_copies(exhibit) for exhibit in rows),
    }
    return render_page_or_fragment(request, "exhibits", context, status=status)


def _by_day(rows: list[Exhibit]) -> list[list[Exhibit]]:
    """In the order given, those together that came on the same day of the reader's zone."""
    return [list(of_day) for _day, of_day in groupby(rows, key=lambda row: localdate(row.received_at))]


def _chosen(form: UploadForm) -> ContactAttempt | None:
    """The contact that the pictures will prove, as far as one is chosen."""
    value = str(form["contact"].value() or "")
    contacts: QuerySet[ContactAttempt] = form.fields["contact"].queryset
    # More digits than the database has for a number are no contact.
    return contacts.filter(pk=value).first() if value.isdecimal() and len(value) < 19 else None


def _awaits_copies(exhibit: Exhibit) -> bool:
    if exhibit.thumb_width or exhibit.media_type.startswith("audio/"):
        return False  # of sound there will be nothing to see
    return timezone.now() - exhibit.received_at < WAIT_FOR_COPIES


def _fingerprint(rows: list[Exhibit]) -> str:
    """Changes when the gallery looks different, so that polling is answered only then."""
    look = [(row.number, row.shows, bool(row.thumb_width), _awaits_copies(row)) for row in rows]
    return hashlib.sha256(repr(look).encode()).hexdigest()[:12]
