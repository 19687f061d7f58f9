"""How one exhibit is shown on its page: a picture, pages, words, or a player."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from cases.evidence.refused import Refused
from cases.evidence.store import StoreTrouble
from cases.models import Exhibit, WorkingCopy
from cases.services import exhibit_contents, exhibit_copies
from cases.services.exhibit_contents import Contents
from cases.views.exhibit_kinds import ShownKind, kind_of

# Working copies come within seconds; after this a page stops asking for them.
WAIT_FOR_COPIES = timedelta(minutes=2)
READ, PLAYED = {"text", "email"}, {"sound", "video"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What _exhibit_shown.html draws. `picture` is the preview, or of documents the page that is open."""

    kind: ShownKind
    picture: WorkingCopy | None = None
    page: int = 1
    pages: list[WorkingCopy] = field(default_factory=list)
    contents: Contents | None = None
    recording: Exhibit | WorkingCopy | None = None
    is_large: bool = False
    is_drawable: bool = True
    is_awaited: bool = False
    seen: str = ""

    @property
    def before(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def after(self) -> int | None:
        return self.page + 1 if self.page < len(self.pages) else None


def show_exhibit(request: HttpRequest, exhibit: Exhibit) -> Shown:
    """Uses the prefetched working copies; `page` and `large` of the address choose what is open."""
    kind = kind_of(exhibit.media_type)
    pages = exhibit_contents.pages_of(exhibit) if kind.name == "pdf" else []
    page = _page(request, len(pages))
    preview = exhibit_copies.preview_of(exhibit)
    recording = exhibit_contents.recording_of(exhibit)
    ready = bool({"sound": recording, "video": recording}.get(kind.name, preview)) or kind.name in READ
    is_drawable = ready or exhibit_copies.is_drawable(exhibit)
    return Shown(
        kind=kind,
        picture=pages[page - 1] if pages else preview,
        page=page,
        pages=pages,
        contents=_contents(exhibit) if kind.name in READ else None,
        recording=recording,
        is_large="large" in request.GET,
        is_drawable=is_drawable,
        is_awaited=not ready and is_drawable and _came_just_now(exhibit),
        seen=f"{len(exhibit.working_copies.all())}",
    )


def _page(request: HttpRequest, count: int) -> int:
    typed = request.GET.get("page", "1")
    return min(max(1, int(typed)), max(1, count)) if typed.isdecimal() and len(typed) < 6 else 1


def _contents(exhibit: Exhibit) -> Contents | None:
    """None where its words cannot be had now: the page then says so, and the rest of it stands."""
    try:
        return exhibit_contents.contents_of(exhibit)
    except (StoreTrouble, Refused):
        return None


def _came_just_now(exhibit: Exhibit) -> bool:
    return timezone.now() - exhibit.received_at < WAIT_FOR_COPIES
