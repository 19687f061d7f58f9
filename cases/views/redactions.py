"""Redacted copies of one exhibit: drawing the boxes, looking at the result, taking the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.evidence.redacting import EXTENSIONS
from cases.evidence.store import StoreTrouble
from cases.forms.redactions import RedactForm
from cases.models import Case, Exhibit, Redaction, WorkingCopy, WorkingCopyKind
from cases.services import exhibit_copies
from cases.services import redactions as redaction_service
from cases.views.access import case_view
from cases.views.errors import tell
from cases.views.fragments import render_page_or_fragment, wants_fragment
from cases.views.handing_out import AS_A_PAGE, hand_out
from cases.views.submissions import submit_once

# Pages of a result that are shown at once; the file has all.
MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Result:
    """One redaction for the eye: what was blacked out, and the pages on which to look at it."""

    row: Redaction
    boxes: int
    pages: list[int]
    shown: list[int]

    @property
    def state(self) -> str:
        return "ready" if self.row.is_made else "failed" if self.row.failure else "building"


@case_view("GET", "POST")
def redactions(request: HttpRequest, case: Case, number: int) -> HttpResponse:
    """The pages to draw on, and every redacted copy that was made, newest first."""
    exhibit = get_object_or_404(case.exhibits.prefetch_related("working_copies"), number=number)
    is_sent = request.method == "POST" and "more" not in request.POST
    form = RedactForm(request.POST if request.method == "POST" else None)
    if is_sent and form.is_valid():
        try:
            submit_once(request, lambda: _ask(request, exhibit, form))
            messages.success(
                request, _("The redacted copy is being made. Look at it before you hand it out.")
            )
            return redirect("cases:redactions", case.reference, number)
        except ValidationError as error:
            tell(form, error)
    results = results_of(exhibit)
    seen = ".".join(f"{result.row.number}{result.state}" for result in results)
    if request.method == "GET" and wants_fragment(request) and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    context: dict[str, Any] = {
        "case": case,
        "room": "exhibits",
        "exhibit": exhibit,
        "form": form,
        "can_redact": redaction_service.can_redact(exhibit),
        "most": redaction_service.MOST_BOXES,
        "drawn": drawn_pages(exhibit),
        "results": results,
        "seen": seen,
        "is_awaited": any(result.state == "building" for result in results),
    }
    return render_page_or_fragment(
        request, "redactions", context, status=422 if is_sent and form.errors else 200
    )


def _ask(request: HttpRequest, exhibit: Exhibit, form: RedactForm) -> str:
    row = redaction_service.ask(
        exhibit=exhibit, boxes=form.cleaned_data["all"], by=request.user, at=timezone.now()
    )
    return str(row.number)


@case_view("GET")
def redaction(request: HttpRequest, case: Case, number: int, redaction: int) -> HttpResponseBase:
    """The redacted copy, to be saved."""
    row = _made(case, number, redaction)
    return hand_out(request, row, media_type=row.media_type, name=_name(row))


@case_view("GET")
def redaction_page(
    request: HttpRequest, case: Case, number: int, redaction: int, page: int
) -> HttpResponseBase:
    """One page just as it is in the redacted copy, to be looked at."""
    row = _made(case, number, redaction)
    if row.media_type != "application/pdf":
        if page != 1:
            raise Http404
        return hand_out(request, row, media_type=row.media_type, name=_name(row), to_show=True)
    try:
        content, media_type = redaction_service.open_page(row, page)
    except (ValidationError, ValueError) as error:
        raise Http404 from error
    except StoreTrouble:
        # With the sentence that every stored file gets which cannot be had.
        return hand_out(request, row, media_type=row.media_type, name=_name(row))
    answer = HttpResponse(content, content_type=media_type)
    is_page = request.headers.get("Sec-Fetch-Dest", "") in AS_A_PAGE
    answer["Content-Disposition"] = "attachment" if is_page else "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def results_of(exhibit: Exhibit) -> list[Result]:
    """Newest first."""
    rows = exhibit.redactions.order_by("-number")
    return [_result(row) for row in rows]


def drawn_pages(exhibit: Exhibit) -> list[WorkingCopy]:
    """The pages that are drawn, in order, from prefetched working copies; of pictures their preview."""
    pages = [copy for copy in exhibit.working_copies.all() if copy.kind == WorkingCopyKind.PAGE]
    if pages and not exhibit.is_picture:
        return sorted(pages, key=lambda copy: copy.page)
    preview = exhibit_copies.preview_of(exhibit)
    return [preview] if preview else []


def _result(row: Redaction) -> Result:
    return Result(row=row, boxes=len(row.boxes), pages=row.pages, shown=row.pages[:MOST_SHOWN])


def _made(case: Case, number: int, redaction: int) -> Redaction:
    row: Redaction = get_object_or_404(
        Redaction.objects.select_related("exhibit"),
        exhibit__case=case,
        exhibit__number=number,
        number=redaction,
        made_at__isnull=False,
    )
    return row


def _name(row: Redaction) -> str:
    return f"{row.exhibit.label}-redacted-{row.number}.{EXTENSIONS[row.media_type]}"


def shown_on(exhibit: Exhibit) -> dict[str, Any]:
    """What the section of the exhibit's page needs."""
    return {
        "can_redact": redaction_service.can_redact(exhibit),
        "results": results_of(exhibit),
        "copy_of": redaction_service.is_copy_of(exhibit),
    }
