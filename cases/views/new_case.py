"""A new case: what is pasted fills the fields, and what is typed is kept until the case is open."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from cases.forms.new_case import LONGEST_PASTED, NewCaseForm
from cases.models import Case
from cases.rules.pasted import Pasted, read_pasted
from cases.services import case_drafts, opening
from cases.services.playbooks import playbook_named
from cases.services.takeovers import NUMBER_KINDS
from cases.templatetags.display import text
from cases.views.errors import tell
from cases.views.fragments import wants_fragment
from cases.views.incoming_shares import way_on
from cases.views.submissions import submit_once, was_stored

# In the middle of a sentence; the labels of the fields are no words for there.
FILLED = {
    "title": pgettext_lazy("filled in", "title"),
    "merchant": pgettext_lazy("filled in", "shop"),
    "amount": pgettext_lazy("filled in", "amount"),
    "playbook": pgettext_lazy("filled in", "platform"),
    "problem_kind": pgettext_lazy("filled in", "kind of problem"),
    "numbers": gettext_lazy("numbers"),
}


@require_http_methods(["GET", "POST"])
def new_case(request: HttpRequest) -> HttpResponse:
    act = {"read": _read, "later": _later, "discard": _discard}.get(request.POST.get("do", ""))
    if act is not None:
        return act(request)
    if request.method == "POST":
        return _open(request)
    draft = case_drafts.draft_of(request.user)
    initial = NewCaseForm.initial_of(draft.fields) if draft else {}
    return _page(request, NewCaseForm(initial=initial, user=request.user), draft=draft)


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """While it is typed: what there is, and when it was kept. What comes behind the opening is dropped."""
    try:
        draft = _keep(request)
        if was_stored(request, path=reverse("cases:new-case")):
            case_drafts.discard(by=request.user)
            draft = None
    except ValidationError as error:
        return render(request, "cases/_draft_state.html", {"refused": error.messages})
    return render(request, "cases/_draft_state.html", {"draft": draft})


def _keep(request: HttpRequest) -> Any:
    return case_drafts.keep(by=request.user, at=timezone.now(), fields=_typed(request.POST))


def _typed(sent: QueryDict) -> dict[str, list[str]]:
    names = NewCaseForm.kept_names()
    return {name: values for name, values in sent.lists() if name in names}


def _open(request: HttpRequest) -> HttpResponse:
    form = NewCaseForm(request.POST, request.FILES, user=request.user)
    if form.is_valid():
        try:
            return redirect(way_on(request, submit_once(request, lambda: _opened(request, form))))
        except ValidationError as error:
            tell(form, error)
    if request.FILES:
        form.add_error("files", _("Choose the files again: a browser forgets them when a form comes back."))
    return _page(request, form, status=422)


def _opened(request: HttpRequest, form: NewCaseForm) -> str:
    now, fields = timezone.now(), form.described()
    playbook = playbook_named(fields["playbook"])
    case: Case = opening.open_with_numbers(
        by=request.user,
        at=now,
        platform=text(playbook.name) if playbook else fields["playbook"],
        numbers=form.cleaned_data["numbers"],
        **fields,
    )
    files = form.cleaned_data["files"]
    for sentence in opening.add_first_exhibits(case=case, by=request.user, at=now, files=files):
        messages.error(request, sentence)
    return case.get_absolute_url()


def _read(request: HttpRequest) -> HttpResponse:
    """Fill what is still empty; what the user typed stays as it is."""
    typed = _typed(request.POST)
    blank = NewCaseForm(user=request.user)
    pasted = typed.get("pasted", [""])[-1][:LONGEST_PASTED]
    read = read_pasted(pasted, platforms=[key for key, _name in blank.fields["playbook"].choices])
    filled, given = _fill(
        typed, read, usual=blank.fields["playbook"].initial, before=request.POST.getlist("given")
    )
    form = NewCaseForm(initial=NewCaseForm.initial_of(typed), user=request.user)
    if pasted and not read:
        said = _("Nothing in it could be told for certain. Fill in what you know.")
    else:
        said = _("Filled in from what you pasted: %(fields)s. Check it.") % {"fields": _listed(filled)}
    template = "cases/_new_case_fields.html" if wants_fragment(request) else "cases/new_case.html"
    context = {"form": form, "said": said if pasted else "", "filled": filled, "given": given}
    return render(request, template, context)


def _fill(
    typed: dict[str, list[str]], read: Pasted, *, usual: str, before: list[str]
) -> tuple[list[str], list[str]]:
    """The names of the fields that were filled, and "name=value" of all that this reading gives.

    Filled is what is empty, what holds the usual platform, and what the reading `before` gave; what the
    user took out of that stays out.
    """
    found = dict(read.fields)

    def is_open(name: str) -> bool:
        stands = typed.get(name, [""])[-1].strip()
        if not stands:
            return f"{name}={found.get(name)}" not in before
        return f"{name}={stands}" in before or (name == "playbook" and stands == usual)

    if not is_open("amount"):
        found.pop("amount", None)
        found.pop("currency", None)
    if "merchant" in found:
        found["title"] = _("Order from %(shop)s") % {"shop": found["merchant"]}
    filled = []
    for name, value in found.items():
        if is_open(name) or name == "currency":
            filled += [name] if typed.get(name) != [value] and name != "currency" else []
            typed[name] = [value]
    numbers = [f"{NUMBER_KINDS[kind]}:{number}" for kind, number in read.numbers]
    stand = [one for one in typed.get("numbers", []) if f"numbers={one}" not in before]
    taken_out = {one for one in numbers if f"numbers={one}" in before} - set(typed.get("numbers", []))
    new = [one for one in numbers if one not in stand and one not in taken_out]
    if stand or new:
        typed["numbers"] = [*stand, *new]
    else:
        typed.pop("numbers", None)
    given = [f"{name}={value}" for name, value in found.items()] + [f"numbers={one}" for one in numbers]
    given += [one for one in before if one.partition("=")[0] not in {*found, "numbers"}]
    filled += ["numbers"] if any(f"numbers={one}" not in before for one in new) else []
    return filled, given


def _listed(filled: list[str]) -> str:
    names = [str(FILLED[name]) for name in filled]
    return pgettext("list", ", ").join(names) if names else _("nothing new")


def _later(request: HttpRequest) -> HttpResponse:
    try:
        draft = _keep(request)
    except ValidationError as error:
        form = NewCaseForm(request.POST, user=request.user)
        tell(form, error)
        return _page(request, form, status=422)
    if draft is None:
        messages.info(request, _("Nothing was typed yet, so nothing is kept."))
    else:
        messages.success(request, _("It is kept. “New case” goes on where you stopped, for thirty days."))
    return redirect("cases:today")


def _discard(request: HttpRequest) -> HttpResponse:
    case_drafts.discard(by=request.user)
    messages.success(request, _("What you had typed is discarded."))
    return redirect("cases:new-case")


def _page(request: HttpRequest, form: NewCaseForm, *, draft: Any = None, status: int = 200) -> HttpResponse:
    return render(request, "cases/new_case.html", {"form": form, "draft": draft}, status=status)
