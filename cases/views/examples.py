"""Looking around: example cases in one's own account by one tap, and away by another."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.services import examples as service


@require_POST
def examples(request: HttpRequest) -> HttpResponse:
    """Add or remove them; a second tap changes nothing."""
    if request.POST.get("do") == "add":
        service.add(by=request.user, at=timezone.now())
        messages.success(request, _("These are examples. Try whatever you like on them."))
    elif request.POST.get("do") == "remove" and service.remove(by=request.user, at=timezone.now()):
        messages.success(request, _("The examples are removed."))
    return redirect("cases:today")
