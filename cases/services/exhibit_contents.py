"""What a browser is given of an exhibit: the words of a text or mail, a document's pages, a recording."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cases.evidence import emails, store, texts
from cases.models import Exhibit, WorkingCopy
from cases.services import exhibit_copies

TEXT, EMAIL = "text/plain", "message/rfc822"
# Of a long text, this many bytes of UTF-8 are shown; the original has the rest.
SHOWN_BYTES = 200_000
# What browsers play as it is. The rest needs a copy, made when the exhibit came in.
PLAYED_BY_BROWSERS = frozenset(
    {
        "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav", "audio/webm",
        "video/mp4", "video/quicktime", "video/webm",
    }
)  # fmt: skip
# Signs that turn the text around them; seen as what they are, they deceive nobody.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Contents:
    """What is to be read; strangers wrote all of it. `is_cut`: the original has more."""

    text: str
    is_cut: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[str, ...] = ()


def contents_of(exhibit: Exhibit) -> Contents | None:
    """The words of a text or an e-mail, None of other kinds. Raises store.StoreTrouble, Refused."""
    if exhibit.media_type == TEXT:
        with store.as_file(exhibit.storage_key) as path:
            return _contents(texts.read(path, SHOWN_BYTES + 1))
    if exhibit.media_type == EMAIL:
        with store.as_file(exhibit.storage_key) as path:
            mail = emails.read(path)
        headers = tuple((name, _seen(value)) for name, value in mail.headers)
        return _contents(mail.text, headers, tuple(_seen(name) for name in mail.attachments))
    return None


def _contents(
    text: str, headers: tuple[tuple[str, str], ...] = (), attachments: tuple[str, ...] = ()
) -> Contents:
    data = text.encode(errors="replace")
    shown = data[:SHOWN_BYTES].decode(errors="ignore")
    return Contents(_seen(shown), len(data) > SHOWN_BYTES, headers, attachments)


def _seen(text: str) -> str:
    return _TURNING.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", text)


def recording_of(exhibit: Exhibit) -> Exhibit | WorkingCopy | None:
    """What a browser plays: the copy made for it, else the original where browsers know its type.

    None for what is no recording, and for one whose copy is not made yet. Uses prefetched working copies.
    """
    if not exhibit.media_type.startswith(("audio/", "video/")):
        return None
    copy = exhibit_copies.playable_of(exhibit)
    if copy is not None and copy.media_type in PLAYED_BY_BROWSERS:
        return copy
    return exhibit if exhibit.media_type in PLAYED_BY_BROWSERS else None


def pages_of(exhibit: Exhibit) -> list[WorkingCopy]:
    """The drawn pages of a document, from the first without a gap. Uses prefetched working copies.

    Before its pages are drawn, the preview stands for the first.
    """
    page = exhibit_copies.page_of(exhibit, 1) or exhibit_copies.preview_of(exhibit)
    pages: list[WorkingCopy] = []
    while page is not None:
        pages.append(page)
        page = exhibit_copies.page_of(exhibit, len(pages) + 1)
    return pages
