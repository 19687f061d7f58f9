"""Opening hours in words: “open now, closes in 40 min”, “closed, opens tomorrow 9:00”."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.rules.channels import Channel
from cases.rules.openings import Opening, opening_of
from cases.templatetags.display import day_words, text

register = template.Library()

# Monday to Sunday, as date.weekday() counts.
OPENS_ON = (
    gettext_lazy("opens Monday %(time)s"),
    gettext_lazy("opens Tuesday %(time)s"),
    gettext_lazy("opens Wednesday %(time)s"),
    gettext_lazy("opens Thursday %(time)s"),
    gettext_lazy("opens Friday %(time)s"),
    gettext_lazy("opens Saturday %(time)s"),
    gettext_lazy("opens Sunday %(time)s"),
)


@dataclass(frozen=True, slots=True)
class OpeningWords:
    """What to show: the state, its colour (met, soon or none), and until when to try."""

    words: str
    tone: str
    last_call: str


@register.simple_tag
def opening(channel: Channel, at: datetime | None = None) -> OpeningWords:
    """How the channel stands at that moment (now by default), in the reader's language and zone."""
    at = at or timezone.now()
    found = opening_of(channel, at, zone=timezone.get_current_timezone())
    if found.state == "unknown":
        return OpeningWords(text(channel.opening), "", "")
    return OpeningWords(
        opening_words(found, timezone.localdate(at)), _tone(found), last_call_words(channel, found)
    )


def opening_words(found: Opening, today: date) -> str:
    """The state in one phrase; empty where nobody knows. `today` is the reader's."""
    match found.state:
        case "always":
            return _("open now")
        case "open":
            return _("open now, until %(time)s") % {"time": _clock(found.closes_at)}
        case "closing":
            return _closes_in(found.minutes_left or 0)
        case "too_late":
            return _("open, but too late to get through; %(opens)s") % {"opens": _opens(found, today)}
        case "closed":
            return _("closed, %(opens)s") % {"opens": _opens(found, today)}
        case "never":
            return _("closed")
    return ""


def last_call_words(channel: Channel, found: Opening) -> str:
    """Until when to try, in the opening that can be used now or next; empty without a wait to reckon with."""
    if found.last_call is None:
        return ""
    if channel.draft.style == "call":
        return _("dial by %(time)s") % {"time": _clock(found.last_call)}
    return _("get in touch by %(time)s") % {"time": _clock(found.last_call)}


def _closes_in(minutes: int) -> str:
    if minutes < 1:
        return _("open now, closes in less than a minute")
    return ngettext("open now, closes in %(minutes)s min", "open now, closes in %(minutes)s min", minutes) % {
        "minutes": minutes
    }


def _opens(found: Opening, today: date) -> str:
    opens_at = found.opens_at
    if opens_at is None:
        return ""
    time = {"time": _clock(opens_at)}
    match found.opens_on:
        case "today":
            return _("opens today %(time)s") % time
        case "tomorrow":
            return _("opens tomorrow %(time)s") % time
        case "weekday":
            return str(OPENS_ON[opens_at.weekday()]) % time
    return _("opens %(day)s %(time)s") % {**time, "day": day_words(opens_at.date(), today)}


def _clock(value: datetime | None) -> str:
    """9:00, as one says it; the moment is in the reader's zone already."""
    return f"{value.hour}:{value:%M}" if value else ""


def _tone(found: Opening) -> str:
    return "met" if found.state in {"always", "open", "closing"} else "soon"
