"""Playbooks of one's own: the list, a new one, an uploaded file, and the page of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.forms.own_playbooks import FileForm, HeadForm
from cases.models import OwnPlaybook
from cases.rules.documents import MOST_BYTES
from cases.rules.mistake_words import reason_text
from cases.rules.playbooks import Mistake
from cases.rules.text import Text
from cases.services import own_documents, own_entries, own_playbooks
from cases.services.own_texts import code_of
from cases.views.errors import tell
from cases.views.playbooks import as_file, shown
from cases.views.submissions import submit_once
from tracker.accounts.forms import COMMON_TIME_ZONES

Told = Sequence[tuple[str, Text]]


@require_safe
def own_list(request: HttpRequest) -> HttpResponse:
    return _list_page(request, FileForm())


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    initial = {"zone": timezone.get_current_timezone_name(), "calendar": "CN"}
    form = HeadForm(request.POST or None, initial=initial, is_new=True)
    if form.is_valid():
        try:
            return redirect(submit_once(request, lambda: _make(request, form)))
        except ValidationError as error:
            tell_document(form, error)
    return _head_page(request, form)


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """A new own playbook from a file; its key is the site's, whatever the file is called."""
    form = FileForm(request.POST, request.FILES)
    mistakes: Told = ()
    if form.is_valid():
        try:
            content = form.cleaned_data["file"].read(MOST_BYTES + 1)
            key = own_documents.read_ahead(content)  # while nothing is locked
            return redirect(submit_once(request, lambda: _take(request, content, key)))
        except own_documents.Misread as error:
            mistakes = _told(error.mistakes)
        except ValidationError as error:
            tell(form, error)
    return _list_page(request, form, mistakes)


@require_safe
def own_playbook(request: HttpRequest, key: str) -> HttpResponse:
    return _own_page(request, own_or_404(request, key), FileForm())


@require_safe
def own_file(request: HttpRequest, key: str) -> HttpResponse:
    own = own_or_404(request, key)
    playbook = own_playbooks.read(own)
    return as_file(own.document.encode(), name=playbook.name.en if playbook else own.key)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    own = loaded_or_404(request, key)
    document, code = own_documents.document_of(own), code_of(get_language() or "en")
    initial = {name: document.get(name) for name in ("kind", "zone", "calendar", "goes_with")}
    initial["name"] = document["name"][code]
    form = HeadForm(request.POST or None, initial=initial, is_new=False)
    if form.is_valid():
        described = {**form.cleaned_data, "language": code}
        try:
            own_documents.change(
                own=own,
                by=request.user,
                at=timezone.now(),
                apply=lambda tables: own_entries.describe(tables, **described),
            )
        except ValidationError as error:
            tell_document(form, error)
        else:
            messages.success(request, _("The change is stored."))
            return redirect("cases:own-playbook", key)
    return _head_page(request, form, own)


@require_POST
def replace(request: HttpRequest, key: str) -> HttpResponse:
    """Another file in the place of the document, under the same key."""
    own, form = own_or_404(request, key), FileForm(request.POST, request.FILES)
    mistakes: Told = ()
    if form.is_valid():
        try:
            content = form.cleaned_data["file"].read(MOST_BYTES + 1)
            own_documents.replace_document(own=own, at=timezone.now(), content=content)
        except own_documents.Misread as error:
            mistakes = _told(error.mistakes)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("The file has taken the place of what was there."))
            return redirect("cases:own-playbook", key)
    return _own_page(request, own, form, mistakes)


@require_POST
def delete(request: HttpRequest, key: str) -> HttpResponse:
    try:
        own_documents.delete(own=own_or_404(request, key))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("cases:own-playbook", key)
    messages.success(request, _("The playbook is deleted."))
    return redirect("cases:own-playbooks")


def own_or_404(request: HttpRequest, key: str) -> OwnPlaybook:
    return get_object_or_404(own_playbooks.rows_of(request.user), key=key)


def loaded_or_404(request: HttpRequest, key: str) -> OwnPlaybook:
    """One whose document loads, so that forms can show it; the page of any other says what is wrong."""
    own = own_or_404(request, key)
    if own_playbooks.read(own) is None:
        raise Http404
    return own


def tell_document(form: forms.Form, error: ValidationError) -> None:
    """Add what was refused to the form; the mistakes of a document by key with their reasons."""
    if isinstance(error, own_documents.Misread):
        for mistake in error.mistakes:
            reason = reason_text(mistake.reason).in_language(get_language() or "en")
            form.add_error(None, f"{mistake.key}: {reason}" if mistake.key else reason)
    else:
        tell(form, error)


def _told(mistakes: Iterable[Mistake]) -> list[tuple[str, Text]]:
    """Each mistake by key with its reason in both languages."""
    return [(mistake.key, reason_text(mistake.reason)) for mistake in mistakes]


def _make(request: HttpRequest, form: HeadForm) -> str:
    now = timezone.now()
    document = own_entries.new_document(
        **form.cleaned_data,
        language=get_language() or "en",
        today=timezone.localdate(now),
    )
    own = own_documents.make(by=request.user, at=now, document=document)
    return reverse("cases:own-playbook", args=[own.key])


def _take(request: HttpRequest, content: bytes, key: str) -> str:
    own = own_documents.take_document(by=request.user, at=timezone.now(), content=content, key=key)
    return reverse("cases:own-playbook", args=[own.key])


def _list_page(request: HttpRequest, form: FileForm, mistakes: Told = ()) -> HttpResponse:
    rows = [(own, own_playbooks.read(own)) for own in own_playbooks.rows_of(request.user)]
    context = {
        "rows": rows,
        "form": form,
        "mistakes": mistakes,
        "most": own_documents.MOST_OF_ONE_USER,
        "largest": MOST_BYTES,
    }
    refused = form.errors or mistakes
    return render(request, "cases/own_playbooks.html", context, status=422 if refused else 200)


def _own_page(request: HttpRequest, own: OwnPlaybook, form: FileForm, mistakes: Told = ()) -> HttpResponse:
    playbook = own_playbooks.read(own)
    context = {
        **(shown(playbook) if playbook else {}),
        "own": own,
        "own_mistakes": _told(own_playbooks.mistakes_of(own)),
        "case_count": own_playbooks.cases_with(own).count(),
        "form": form,
        "mistakes": mistakes,
        "largest": MOST_BYTES,
    }
    refused = form.errors or mistakes
    return render(request, "cases/own_playbook.html", context, status=422 if refused else 200)


def _head_page(request: HttpRequest, form: HeadForm, own: OwnPlaybook | None = None) -> HttpResponse:
    context = {"form": form, "own": own, "time_zones": COMMON_TIME_ZONES}
    return render(request, "cases/own_playbook_head.html", context, status=422 if form.errors else 200)
