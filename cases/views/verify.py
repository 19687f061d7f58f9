"""Checks a case file for anybody: a ZIP goes in, what was found comes out, nothing is kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.services import case_files

LARGEST = settings.VERIFY_MAX_BYTES
LONGEST_NAME = 100


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form, and after an upload the verdict on it, in the language of the page."""
    if request.method != "POST":
        return render(request, "cases/verify.html", {"largest": LARGEST})
    upload = request.FILES.get("file")
    refused = _refusal(upload)
    if upload is None or refused:
        return render(request, "cases/verify.html", {"largest": LARGEST, "refused": refused}, status=422)
    checked = _checked(upload)
    language, verdict = get_language() or "en", checked.verdict
    context = {
        "largest": LARGEST,
        "checked": checked,
        "verdict": verdict,
        "name": (upload.name or "")[:LONGEST_NAME],
        "summary": verdict.summary(is_signer_known=checked.is_signer_known).in_language(language),
        "findings": [finding.text.in_language(language) for finding in verdict.findings],
        "notes": [
            note.text.in_language(language)
            for note in verdict.notes
            if not (checked.is_signer_known and note.reason == "unknown_signer")
        ],
    }
    return render(request, "cases/verify.html", context)


def _refusal(upload: UploadedFile | None) -> str:
    """Why there is nothing to check; empty when there is."""
    if upload is None:
        return _("Choose the ZIP of a case file first.")
    if (upload.size or 0) > LARGEST:
        return _(
            "The file is larger than %(limit)s. Check it on your own machine; "
            "HOW-TO-VERIFY.txt inside it says how."
        ) % {"limit": filesizeformat(LARGEST)}
    return ""


def _checked(upload: UploadedFile) -> case_files.Checked:
    called = (upload.name or "")[:LONGEST_NAME]
    if isinstance(upload, TemporaryUploadedFile):
        return case_files.check(path=Path(upload.temporary_file_path()), called=called)
    with tempfile.NamedTemporaryFile(prefix="verify-", dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        for chunk in upload.chunks():
            file.write(chunk)
        file.flush()
        return case_files.check(path=Path(file.name), called=called)
