"""Says in a sentence when a reminder comes."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.templatetags.display import day_words


def said_when(said_at: datetime, *, asked_for: datetime) -> str:
    """When a user is reminded, on the reader's clock, and why not when it was asked for."""
    if said_at < asked_for:
        words = _("You are reminded on %(time)s already: later would be too late for this deadline.")
    elif said_at > asked_for:
        words = _("You are reminded on %(time)s, when your quiet hours end.")
    else:
        words = _("You are reminded on %(time)s.")
    return words % {"time": written(said_at)}


def written(moment: datetime) -> str:
    """Tue 1 Sep 10:00, on the reader's clock, as plain text."""
    local = timezone.localtime(moment)
    return f"{day_words(local.date(), timezone.localdate())} {local:%H:%M}"
