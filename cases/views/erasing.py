"""Erasing a case: a page that says what is lost and offers a case file first, then the reference typed."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import BuildState, Case
from cases.services import erasing
from cases.views.access import case_view
from cases.views.errors import tell


class ErasingForm(forms.Form):
    typed = forms.CharField(
        label=gettext_lazy("Type the reference of the case"),
        max_length=40,
        error_messages={"required": gettext_lazy("Type the reference that stands above.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "class": "mono",
            }
        ),
    )


@case_view("GET", "POST")
def erase_case(request: HttpRequest, case: Case) -> HttpResponse:
    """The owner's alone; for other members there is no such page."""
    if not erasing.is_owner(case, request.user):
        raise Http404
    form = ErasingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            erasing.erase(case=case, by=request.user, at=timezone.now(), typed=form.cleaned_data["typed"])
        except ValidationError as error:
            tell(form, error)
        else:
            said = _("Case %(reference)s is erased. Its tombstone is under “Me”.")
            messages.success(request, said % {"reference": case.reference})
            return redirect("cases:cases")
    context = {
        "case": case,
        "form": form,
        "exhibits": case.exhibits.count(),
        "case_files": case.case_files.filter(state=BuildState.READY).count(),
        "others": case.memberships.count() - 1,
    }
    return render(request, "cases/erase_case.html", context, status=422 if form.errors else 200)
