"""A channel or a rule of a playbook of one's own: added, changed, taken out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.forms.own_playbooks import ChannelForm
from cases.forms.own_rules import RuleForm
from cases.models import OwnPlaybook
from cases.services import own_documents, own_entries
from cases.services.own_documents import Document
from cases.services.own_texts import code_of, free_key
from cases.views.own_playbooks import loaded_or_404, tell_document
from cases.views.submissions import submit_once


@require_http_methods(["GET", "HEAD", "POST"])
def channel(request: HttpRequest, key: str, channel: str = "") -> HttpResponse:
    """A new channel, or the one with that key."""
    own = loaded_or_404(request, key)
    code, entry = _code(), _entry(own, "channels", channel)
    form = ChannelForm(request.POST or None, initial=ChannelForm.typed(entry, code) if entry else None)

    def put(tables: Document) -> None:
        found = tables.setdefault("channels", {})
        name = channel or free_key(form.cleaned_data["name"], found)
        found[name] = own_entries.channel_entry(found.get(name, {}), language=code, **form.cleaned_data)
        if not channel:
            own_entries.advise_channel(tables, name)

    if form.is_valid() and _stored(request, own, form, put):
        messages.success(request, _("The channel is stored."))
        return redirect("cases:own-playbook", key)
    return _page(request, "own_channel", own, form, channel)


@require_POST
def delete_channel(request: HttpRequest, key: str, channel: str) -> HttpResponse:
    own = loaded_or_404(request, key)
    _entry(own, "channels", channel)
    return _take_out(request, own, "channels", channel)


@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, key: str, rule: str = "") -> HttpResponse:
    """A new rule, or the one with that key where the form can say all that it holds."""
    own = loaded_or_404(request, key)
    document, code, entry = own_documents.document_of(own), _code(), _entry(own, "rules", rule)
    initial = RuleForm.typed(entry, document, code) if entry else {}
    if initial is None:
        context = {"own": own, "title": entry["title"], "entry": rule}
        return render(request, "cases/own_rule_by_file.html", context)
    channels = [(name, table["name"][code]) for name, table in document.get("channels", {}).items()]
    form = RuleForm(request.POST or None, initial=initial, channels=channels)

    def put(tables: Document) -> None:
        found = tables.setdefault("rules", {})
        name = rule or free_key(form.cleaned_data["title"], found)
        found[name] = own_entries.rule_entry(
            found.get(name, {}),
            tables["sources"],
            language=code,
            today=timezone.localdate(),
            **form.cleaned_data,
        )
        own_entries.forget_sources(tables)

    if form.is_valid() and _stored(request, own, form, put):
        messages.success(request, _("The rule is stored."))
        return redirect("cases:own-playbook", key)
    return _page(request, "own_rule", own, form, rule)


@require_POST
def delete_rule(request: HttpRequest, key: str, rule: str) -> HttpResponse:
    own = loaded_or_404(request, key)
    _entry(own, "rules", rule)
    return _take_out(request, own, "rules", rule)


def _entry(own: OwnPlaybook, group: str, key: str) -> dict[str, Any]:
    """The table with that key; empty for a new one. Raises Http404 for a key that is not there."""
    if not key:
        return {}
    entry: dict[str, Any] | None = own_documents.document_of(own).get(group, {}).get(key)
    if entry is None:
        raise Http404
    return entry


def _stored(
    request: HttpRequest, own: OwnPlaybook, form: forms.Form, put: Callable[[Document], None]
) -> bool:
    now = timezone.now()

    def store() -> str:
        own_documents.change(own=own, by=request.user, at=now, apply=put)
        return reverse("cases:own-playbook", args=[own.key])

    try:
        # While `submit_once` holds a lock, nothing is read that takes its time.
        own_documents.try_change(own=own, by=request.user, at=now, apply=put)
        submit_once(request, store)
    except ValidationError as error:
        tell_document(form, error)
        return False
    return True


def _take_out(request: HttpRequest, own: OwnPlaybook, group: str, key: str) -> HttpResponse:
    try:
        own_documents.take_out(own=own, by=request.user, at=timezone.now(), group=group, key=key)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("It is taken out."))
    return redirect("cases:own-playbook", own.key)


def _page(request: HttpRequest, name: str, own: OwnPlaybook, form: forms.Form, entry: str) -> HttpResponse:
    context = {"own": own, "form": form, "entry": entry}
    return render(request, f"cases/{name}.html", context, status=422 if form.errors else 200)


def _code() -> str:
    return code_of(get_language() or "en")
