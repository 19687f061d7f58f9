"""A user has what was given up sent again."""

from __future__ import annotations

import re
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from cases.models import Case
from cases.services import reminder_retries
from cases.views.access import CaseReferenceConverter
from tracker.accounts.models import User


@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """Back to the page of the case whose button it was, or to Today."""
    user = cast(User, request.user)
    count = reminder_retries.retry_failed(user, at=timezone.now())
    if count:
        told = ngettext(
            "%(count)d reminder goes out again, to %(email)s.",
            "%(count)d reminders go out again, to %(email)s.",
            count,
        )
        messages.success(request, told % {"count": count, "email": user.email})
    else:
        told = _("Nothing of it is still to be said. The next reminder goes to %(email)s.")
        messages.info(request, told % {"email": user.email})
    return redirect(_case_named(request) or "cases:today")


def _case_named(request: HttpRequest) -> Case | None:
    reference = request.POST.get("case", "")
    if not re.fullmatch(CaseReferenceConverter.regex, reference):
        return None
    return Case.objects.visible_to(request.user).filter(reference=reference).first()
