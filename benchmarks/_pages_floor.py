"""The floor of the pages: minimal views that fetch and render the same rows; and the addresses of both.

Each view asks for the case or the cases and for each kind of row once, and renders a template of a few lines,
in one language, without advice, reasons, forms or access beyond the membership.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template import engines
from django.urls import include, path
from django.utils import timezone

from cases.models import Case, ContactAttempt, Deadline, Exhibit

_from = engines["django"].from_string
HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Floor</title></head><body>'
LIST = _from(
    HEAD + '<h1>Cases</h1><form><input name="q" value="{{ q }}"></form><ul>{% for case in cases %}'
    '<li><a href="/cases/{{ case.reference }}/">{{ case.title }}</a> {{ case.merchant }} {{ case.amount }} '
    "{{ case.problem_kind }} {{ case.status }} {% for one in case.due %}{{ one.due_at }} "
    "{{ one.because.action.en }} {% endfor %}</li>{% endfor %}</ul></body></html>"
)
CASE = _from(
    HEAD + "<h1>{{ case.title }}</h1><p>{{ case.problem_statement }} {{ case.demand }} {{ case.status }}</p>"
    "<ul>{% for one in deadlines %}<li>{{ one.due_at }} {{ one.whose }} {{ one.because.action.en }} "
    "{{ one.met_at }}</li>{% endfor %}</ul><ul>{% for one in contacts %}<li>{{ one.started_at }} "
    "{{ one.channel }} {{ one.outcome }} {{ one.person }} {{ one.summary }} {{ one.promise }}</li>"
    "{% endfor %}</ul><ul>{% for one in exhibits %}<li>E{{ one.number }} {{ one.shows }} "
    "{{ one.received_at }}</li>{% endfor %}</ul>"
    '<form method="post"><input type="hidden" name="csrfmiddlewaretoken" '
    'value="{{ csrf_token }}"></form></body></html>'
)
OPEN = Q(met_at__isnull=True, dropped_at__isnull=True)


def _rows(request: Any, cases: Any, **context: Any) -> HttpResponse:
    """Thirty cases with their open deadlines, in two queries."""
    shown = {case.pk: case for case in cases[:30]}
    for case in shown.values():
        case.due = []
    for one in Deadline.objects.filter(OPEN, case__in=list(shown)).order_by("due_at"):
        shown[one.case_id].due.append(one)
    return HttpResponse(LIST.render({"cases": shown.values(), **context}, request))


def _mine(request: Any) -> Any:
    return (
        Case.objects.filter(memberships__user=request.user).exclude(status="closed").order_by("-created_at")
    )


def cases(request: Any) -> HttpResponse:
    return _rows(request, _mine(request))


def search(request: Any) -> HttpResponse:
    q = request.GET["q"]
    said = ContactAttempt.objects.filter(case=OuterRef("pk"), summary__icontains=q)
    return _rows(request, _mine(request).filter(Q(title__icontains=q) | Exists(said)), q=q)


def _of(request: Any, ref: str) -> Case:
    return get_object_or_404(Case, reference=ref, memberships__user=request.user)


def _page(request: Any, case: Case) -> HttpResponse:
    context = {
        "case": case,
        "deadlines": case.deadlines.all(),
        "contacts": case.contacts.all(),
        "exhibits": case.exhibits.defer("recognised_text", "metadata"),
    }
    return HttpResponse(CASE.render(context, request))


def case(request: Any, ref: str) -> HttpResponse:
    return _page(request, _of(request, ref))


def contact(request: Any, ref: str) -> HttpResponse:
    """Stores one row; for htmx the page comes back, as it does from the site."""
    row = _of(request, ref)
    now = timezone.now()
    with transaction.atomic():
        ContactAttempt.objects.create(
            case=row, channel=request.POST["channel"], outcome=request.POST["outcome"],
            summary=request.POST["summary"], started_at=now, logged_at=now, logged_by=request.user,
        )  # fmt: skip
    if "HX-Request" in request.headers:
        return _page(request, row)
    return HttpResponseRedirect(f"/cases/{ref}/")


def upload(request: Any, ref: str) -> HttpResponse:
    """Read, hash, write, flush file and name; then one row."""
    row, now = _of(request, ref), timezone.now()
    file = request.FILES["files"]
    folder = Path(settings.DATA_DIR) / "floor"
    digest = hashlib.sha256()
    with (folder / "target").open("wb") as copy:
        for chunk in file.chunks(256 * 1024):
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    (folder / "target").rename(folder / digest.hexdigest())
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    with transaction.atomic():
        Exhibit.objects.create(
            case=row, number=1_000_000 + row.exhibits.count(), sha256=digest.hexdigest(), size=file.size,
            media_type="image/png", storage_key="none", source="upload", received_at=now,
        )  # fmt: skip
    return HttpResponseRedirect(f"/cases/{ref}/exhibits/")


urlpatterns = [
    path("floor/cases/", cases),
    path("floor/search/", search),
    path("floor/cases/<str:ref>/", case),
    path("floor/cases/<str:ref>/contact/", contact),
    path("floor/cases/<str:ref>/upload/", upload),
    path("", include("tracker.urls")),
]
