"""How exhibits are named on the screen: their kind, how long they last, and what a picture of them shows."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.models import Exhibit
from cases.rules.media_types import extension_for
from cases.views.exhibit_kinds import ShownKind, kind_of

register = template.Library()

HEADER_WORDS = {
    "From": _("Sender"),
    "To": _("Sent to"),
    "Cc": _("Copy to"),
    "Date": _("Date in the mail"),
    "Subject": _("Subject"),
}


@register.filter
def kind(exhibit: Exhibit) -> ShownKind:
    return kind_of(exhibit.media_type)


@register.filter
def ending(media_type: str) -> str:
    """What people call that kind of file: PNG, PDF, MP4."""
    return extension_for(media_type).upper()


@register.filter
def duration(milliseconds: int | None) -> str:
    """1:05, or 1:02:03 from an hour on, to the nearest second; nothing when it is not known."""
    if milliseconds is None:
        return ""
    seconds = max(1, (milliseconds + 500) // 1000)
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


@register.filter
def header_word(name: str) -> str:
    """What a header of an e-mail is called on the screen."""
    return str(HEADER_WORDS.get(name, name))


@register.filter
def alternative(exhibit: Exhibit) -> str:
    """In place of a picture of it: what it shows in the user's words, else its number and kind."""
    if exhibit.shows:
        return exhibit.shows
    return gettext("Exhibit %(label)s (%(kind)s)") % {
        "label": exhibit.label,
        "kind": kind_of(exhibit.media_type).word,
    }
