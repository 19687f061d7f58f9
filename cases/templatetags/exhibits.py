"""How exhibits are named on the screen: their kind, how long they last, and what a picture of them shows."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from cases.models import Exhibit
from cases.views.exhibit_kinds import ShownKind, kind_of

register = template.Library()


@register.filter
def kind(exhibit: Exhibit) -> ShownKind:
    return kind_of(exhibit.media_type)


@register.filter
def duration(milliseconds: int | None) -> str:
    """1:05, or 1:02:03 from an hour on; a part of a second counts as begun. Nothing when it is not known."""
    if milliseconds is None:
        return ""
    seconds = -(-milliseconds // 1000)
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


@register.filter
def alternative(exhibit: Exhibit) -> str:
    """In place of a picture of it: what it shows in the user's words, else its number and kind."""
    if exhibit.shows:
        return exhibit.shows
    return _("Exhibit %(label)s (%(kind)s)") % {
        "label": exhibit.label,
        "kind": kind_of(exhibit.media_type).word,
    }
