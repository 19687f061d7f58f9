"""Writes the mails: text and HTML, in the reader's language and zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_timezone_name
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from cases.models import Deadline, Reminder
from cases.rules.text import Text
from cases.services.playbooks import zone_of_deadline
from tracker.accounts.models import Language, User

SUBJECT_LENGTH = 60
LATE_AFTER = timedelta(hours=1)

# How Babel writes a day and a moment, in each language of the site.
_LOCALES = {Language.ZH_HANS: "zh_Hans", Language.EN: "en_GB"}
_DAYS = {Language.ZH_HANS: "y年M月d日EEEE", Language.EN: "EEE d MMM y"}
_SHORT_DAYS = {Language.ZH_HANS: "M月d日EEE", Language.EN: "EEE d MMM"}


@dataclass(frozen=True, slots=True)
class When:
    """The time of a deadline in words: `short` for a subject, `full` with the zone, `start` of a window."""

    short: str
    full: str
    start: str
    zone: str


def reminder_mail(*, reminder: Reminder, recipient: User, at: datetime) -> EmailMultiAlternatives:
    """The mail of that reminder as sent at `at`, ready but for its connection."""
    deadline = reminder.deadline
    with translation.override(recipient.language):
        when = when_of(deadline, recipient)
        context = _context(reminder, recipient, when, at)
        message = EmailMultiAlternatives(
            subject=subject_of(reminder, recipient, when, at),
            body=render_to_string("emails/reminder.txt", context),
            to=[recipient.email],
            headers={
                "Message-ID": reminder.message_id,
                "Auto-Submitted": "auto-generated",
                "Content-Language": recipient.language,
            },
        )
        message.attach_alternative(render_to_string("emails/reminder.html", context), "text/html")
    return message


def subject_of(reminder: Reminder, recipient: User, when: When, at: datetime) -> str:
    """What and until when, in one line of 60 signs; what was written by users never adds a header."""
    deadline = reminder.deadline
    if deadline.due_at < at:
        frame = _("Overdue since %(when)s: %(what)s")
    elif reminder.step == "window_opens" and not is_late(reminder, at):
        frame = _("From today until %(when)s: %(what)s")
    else:
        frame = _("Until %(when)s: %(what)s")
    if is_late(reminder, at):
        frame = _("Late: %(subject)s") % {"subject": frame}
    what = one_line(Text.from_json(deadline.because["action"]).in_language(recipient.language))
    room = SUBJECT_LENGTH - len(frame % {"when": when.short, "what": ""})
    return frame % {"when": when.short, "what": shortened(what, room)}


def is_late(reminder: Reminder, at: datetime) -> bool:
    """Whether it comes more than an hour after it was due, as after an outage."""
    return at - reminder.due_at > LATE_AFTER


def when_of(deadline: Deadline, reader: User) -> When:
    """Days in the zone where they are counted, moments in the reader's zone."""
    language = Language(reader.language)
    zone = zone_of_deadline(deadline) if deadline.in_days else reader.zone
    start = deadline.window_from
    if deadline.in_days:
        full = _("the end of %(day)s") % {"day": _written(deadline.due_at, zone, _DAYS[language], language)}
        short = _written(deadline.due_at, zone, _SHORT_DAYS[language], language)
        start_form = _DAYS[language]
    else:
        full = _written(deadline.due_at, zone, f"{_DAYS[language]} HH:mm", language)
        short = _written(deadline.due_at, zone, f"{_SHORT_DAYS[language]} HH:mm", language)
        start_form = f"{_DAYS[language]} HH:mm"
    return When(
        short=short,
        full=full,
        start=_written(start, zone, start_form, language) if start else "",
        zone=get_timezone_name(deadline.due_at.astimezone(zone), locale=_LOCALES[language]),
    )


def one_line(text: str) -> str:
    """The text without line ends and unprintable signs, fit for a header."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def shortened(text: str, length: int) -> str:
    """The text itself, or as much of it as fits with an ellipsis; never less than ten signs of it."""
    length = max(length, 10)
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _written(moment: datetime, zone: ZoneInfo, form: str, language: Language) -> str:
    return format_datetime(moment.astimezone(zone), form, locale=_LOCALES[language])


def _context(reminder: Reminder, recipient: User, when: When, at: datetime) -> dict[str, Any]:
    deadline, case, because = reminder.deadline, reminder.deadline.case, reminder.deadline.because
    language = Language(recipient.language)
    source = because.get("source") or {}

    def told(value: Any) -> str:
        if isinstance(value, dict):
            return Text.from_json(value).in_language(recipient.language)
        return str(value or "")

    return {
        "language": language.value,
        "action": told(because["action"]),
        "title": told(because["title"]),
        "consequence": told(because.get("consequence")),
        "binds": deadline.binds,
        "steps": [told(step["text"]) for step in because["steps"]],
        "source": " · ".join(filter(None, (told(source.get("title")), told(source.get("article"))))),
        "case_title": one_line(case.title),
        "case_reference": case.reference,
        "when": when,
        "is_overdue": deadline.due_at < at,
        "is_late": is_late(reminder, at),
        "was_due": _written(reminder.due_at, recipient.zone, f"{_DAYS[language]} HH:mm", language),
        "is_provisional": deadline.is_provisional,
        "is_mine": deadline.whose == "mine",
        "case_url": settings.SITE_URL + case.get_absolute_url(),
        "settings_url": settings.SITE_URL + reverse("settings"),
    }
