"""Bringing a case file in: the upload, what it holds, and the word of whoever brought it."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.evidence.store import StoreTrouble
from cases.models import CaseImport, ImportState
from cases.rules.text import Text
from cases.services import case_imports as service
from cases.views.fragments import render_page_or_fragment, wants_fragment


@require_http_methods(["GET", "HEAD", "POST"])
def case_imports(request: HttpRequest) -> HttpResponse:
    """The form, and what this user brought in lately."""
    refused: list[str] = []
    if request.method == "POST":
        upload = request.FILES.get("file")
        try:
            if upload is None:
                raise ValidationError(_("Choose the ZIP of a case file first."))
            return redirect("cases:case-import", _bring(request, upload).pk)
        except ValidationError as error:
            refused = error.messages
        except StoreTrouble:
            refused = [_("The file could not be stored just now. Nothing was kept; try again in a while.")]
    context = {
        "refused": refused,
        "largest": settings.VERIFY_MAX_BYTES,
        "rows": _of(request)[:20],
    }
    return render(request, "cases/case_imports.html", context, status=422 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def case_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """One of them; whoever did not bring it gets 404."""
    row: CaseImport = get_object_or_404(_of(request), pk=import_id)
    if request.method == "POST":
        return _decide(request, row)
    if request.method == "GET" and wants_fragment(request) and request.GET.get("seen") == row.state:
        return HttpResponse(status=204)
    language = get_language() or "en"
    context = {
        "row": row,
        "findings": [Text.from_json(one).in_language(language) for one in row.findings],
        "since": _moment(row.told.get("state_at", "")),
        "before": list(service.before(row)[:5]) if row.state == ImportState.CHECKED else [],
        "is_working": row.state in (*service.WORK, *service.IN_HAND, ImportState.ARRIVING),
    }
    return render_page_or_fragment(request, "case_import", context)


def _of(request: HttpRequest) -> QuerySet[CaseImport]:
    rows = CaseImport.objects.filter(user=request.user).exclude(state=ImportState.DISCARDED)
    return rows.select_related("case")


def _moment(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def _decide(request: HttpRequest, row: CaseImport) -> HttpResponse:
    if request.POST.get("do") == "discard":
        if service.discard(case_import=row, at=timezone.now()):
            messages.success(request, _("Nothing of it was kept."))
            return redirect("cases:case-imports")
        messages.info(request, _("It is being taken in, or was; it cannot be discarded any more."))
    elif service.before(row).exists() and request.POST.get("again") != "1":
        messages.warning(request, _("Tick that you want it a second time, then take it in."))
    elif not service.confirm(case_import=row):
        messages.info(request, _("It does not wait for your word any more."))
    return redirect("cases:case-import", row.pk)


def _bring(request: HttpRequest, upload: UploadedFile) -> CaseImport:
    with tempfile.NamedTemporaryFile(prefix="import-", dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        path = Path(file.name)
        if isinstance(upload, TemporaryUploadedFile):
            path = Path(upload.temporary_file_path())
        else:
            for chunk in upload.chunks():
                file.write(chunk)
            file.flush()
        return service.bring(user=request.user, path=path, name=upload.name or "", at=timezone.now())
