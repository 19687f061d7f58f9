"""PDF: opened and drawn in a process of its own, since a PDF is a program that strangers write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image

from cases.evidence import pdf_child
from cases.evidence.facts import Facts
from cases.evidence.refused import Refused

MEDIA_TYPES = frozenset({"application/pdf"})
MAX_DRAWN_HEIGHT = 8_000  # pixels
TIMEOUT_SECONDS = 30
_TAIL_BYTES = 4096


def inspect(path: Path, media_type: str) -> Facts:
    """Open it and count its pages. Raises Refused for one that is damaged, locked or too long."""
    if b"%%EOF" not in _tail(path):
        raise _damaged()
    answer, _pixels = _ask("inspect", str(path))
    if answer.get("refused") == "password":
        raise Refused(
            _(
                "The PDF asks for a password. "
                "Save or print it without one and send that, or take screenshots."
            ),
            code="pdf_locked",
        )
    pages = answer.get("pages", 0)
    if not pages:
        raise _damaged()
    if pages > settings.EXHIBIT_MAX_PAGES:
        raise Refused(
            _("The PDF has %(count)s pages, at most %(most)s are taken. Send the pages that matter."),
            code="too_many_pages",
            params={"count": pages, "most": settings.EXHIBIT_MAX_PAGES},
        )
    return Facts(media_type, page_count=pages)


def draw(path: Path, media_type: str, *, width: int) -> Image.Image:
    """The first page, RGB, at most `width` pixels wide. Raises Refused."""
    size, pixels = _ask("draw", str(path), str(width), str(MAX_DRAWN_HEIGHT))
    return Image.frombytes("RGB", (size["width"], size["height"]), pixels, "raw", "BGR", size["stride"])


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES), os.SEEK_SET)
        return file.read()


def _ask(*request: str) -> tuple[dict[str, Any], bytes]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", pdf_child.__file__, *request],
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=True,
        )
        answer, _newline, pixels = done.stdout.partition(b"\n")
        return json.loads(answer), pixels
    except (subprocess.SubprocessError, ValueError) as error:
        raise _damaged() from error


def _damaged() -> Refused:
    return Refused(
        _(
            "The PDF is damaged, was cut off on its way here, or is too much to open. "
            "Look whether it opens for you, then send it again, print it to a new PDF, or take screenshots."
        ),
        code="damaged",
    )
