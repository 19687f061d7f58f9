"""Makes a copy of an exhibit in which what lies under boxes is gone for good; the original is only read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cases.evidence import pdf, pictures
from cases.evidence.refused import Refused

SCALE = 10_000
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"}
MEDIA_TYPES = pictures.MEDIA_TYPES | pdf.MEDIA_TYPES
# Above what the child may compute, so that its own limit comes first.
TIMEOUT_SECONDS, TIMEOUT_SECONDS_A_PAGE = 150, 5


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """What is blacked out: a page from 1, the rest in ten-thousandths of the upright page."""

    page: int
    x: int
    y: int
    width: int
    height: int

    def as_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Redacted:
    """What was made: its type, pixels of a picture (None for a PDF), pages."""

    media_type: str
    width: int | None
    height: int | None
    page_count: int


def can_redact(media_type: str) -> bool:
    """Pictures and PDF; what has no picture cannot have a box drawn on it."""
    return media_type in MEDIA_TYPES


def note_of(label: str, original_sha256: str) -> str:
    """What stands in the file itself, for whoever meets it alone; English and ASCII for every program."""
    return f"Redacted copy of {label}, original SHA-256 {original_sha256}"


def redact(
    path: Path,
    media_type: str,
    boxes: Sequence[Box],
    *,
    note: str,
    target: Path,
    page_count: int = 1,
    alive: Callable[[], None] = lambda: None,
) -> Redacted:
    """Write the redacted copy to `target`; the same input gives the same bytes.

    A PNG, or a JPEG where the original is one, of the upright picture in full size; of a PDF a PDF of
    pictures at 200 dots an inch. Nothing of the original's metadata, text or thumbnails goes along.
    `alive` is called now and then and may raise to stop it. Raises Refused for what cannot be drawn.
    """
    job = {
        "path": str(path.resolve()),
        "media_type": media_type,
        "boxes": [box.as_json() for box in boxes],
        "note": note,
        "target": str(target.resolve()),
        "most_pixels": settings.EXHIBIT_MAX_PIXELS,
        "most_pages": settings.EXHIBIT_MAX_PAGES,
    }
    line = _run(job, TIMEOUT_SECONDS + TIMEOUT_SECONDS_A_PAGE * page_count, alive)
    try:
        return Redacted(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise _not_drawn() from error


def _run(job: dict[str, object], seconds: int, alive: Callable[[], None]) -> bytes:
    """The last line that the child says; it sees nothing of our environment but what Python needs."""
    root = Path(__file__).resolve().parents[2]
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "cases.evidence.redacting_child", json.dumps(job)],
        cwd=root,
        env={**kept, "PYTHONPATH": str(root), "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    watch = threading.Timer(seconds, process.kill)
    watch.start()
    answer = b""
    try:
        for line in process.stdout or ():
            answer = line
            alive()
        code = process.wait()
    finally:
        watch.cancel()
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
    if code != 0:
        raise _not_drawn()
    return answer


def _not_drawn() -> Refused:
    return Refused(
        _(
            "It could not be drawn in full, so no redacted copy was made. "
            "Take screenshots of what matters, send them as exhibits of their own and redact those."
        ),
        code="not_redacted",
    )
