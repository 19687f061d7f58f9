"""Writes the mails: text and HTML, in the reader's language and zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from cases.models import MORNING_SUMMARY, WEEKLY_SUMMARY, Case, Reminder
from cases.services.mail_items import Button, Reading, item_of
from cases.services.mail_message import ReminderMail
from cases.services.mail_summary import summary_of
from cases.services.reminder_links import unsubscribe_url
from tracker.accounts.models import User


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom to write to; an address that nobody confirmed gets no text that users wrote."""

    user: User
    is_confirmed: bool


def write(rows: Sequence[Reminder], recipient: Recipient, *, at: datetime) -> EmailMessage | None:
    """The mail that tells these rows of one user, first due first, as sent at `at`; it lacks its connection.

    They are about deadlines and own reminders (with `user`, `deadline__case` and `own_reminder__case`), or
    the one row is a summary; None where a summary has nothing to tell. Its Message-ID is the first row's.
    """
    with translation.override(recipient.user.language):
        reading = Reading(recipient.user, recipient.is_confirmed, at)
        if rows[0].step in {MORNING_SUMMARY, WEEKLY_SUMMARY}:
            return _summary(rows[0], reading)
        return _reminders(rows, reading)


def _reminders(rows: Sequence[Reminder], reading: Reading) -> EmailMessage:
    # Of each deadline the last word: after an outage several steps come at once, and say the same.
    last = {(row.deadline_id, row.own_reminder_id): row for row in rows}.values()
    items = sorted((item_of(row, reading) for row in last), key=lambda item: item.urgency)
    first, count = items[0], len(items)
    is_late = any(item.is_late for item in items)
    told: dict[str, Any] = {"items": items, "is_one": count == 1}
    cases = list({item.case.pk: item.case for item in items}.values())
    if count == 1:
        told |= {"first_line": first.action, "why": first.why_this_mail}
        return _message(first.subject(is_late=is_late), "reminder", told, rows[0], cases, reading)
    several = {"count": count, "action": first.action}
    told["first_line"] = _("%(count)d things. The most pressing: %(action)s") % several
    told["why"] = _("This mail was sent because you keep these cases here.")
    subject = first.subject_of_several(count, is_late=is_late)
    return _message(subject, "reminder", told, rows[0], cases, reading)


def _summary(row: Reminder, reading: Reading) -> EmailMessage | None:
    summary = summary_of(row, reading)
    if summary is None:
        return None
    told = {
        "first_line": summary.first_line,
        "sections": summary.sections,
        "why": summary.why_this_mail,
        "go": Button(_("Open Today"), settings.SITE_URL + reverse("cases:today")),
    }
    return _message(summary.subject, "summary", told, row, [], reading)


def _message(
    subject: str, kind: str, told: dict[str, Any], row: Reminder, cases: Sequence[Case], reading: Reading
) -> EmailMessage:
    """The mail with what every mail bears; `kind` names its templates."""
    user = reading.user
    unsubscribe = unsubscribe_url(user, cases[0] if len(cases) == 1 else None, at=reading.at)
    context = {
        **told,
        "language": user.language,
        "confirm": _confirm(reading),
        "links": _footer_links(cases, unsubscribe, reading),
    }
    message = ReminderMail(
        subject=subject,
        body=_template(f"emails/{kind}.txt").render(context),
        to=[user.email],
        headers={
            "Message-ID": row.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": user.language,
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    message.attach_alternative(_template(f"emails/{kind}.html").render(context), "text/html")
    return message


@cache
def _template(name: str) -> Any:
    return get_template(name)


def _confirm(reading: Reading) -> Button | None:
    if reading.is_confirmed:
        return None
    sentence = _("Confirm your email address, and these mails name your cases and tell what you wrote.")
    return Button(sentence, settings.SITE_URL + reverse("account_email"))


def _footer_links(cases: Sequence[Case], unsubscribe: str, reading: Reading) -> list[Button]:
    """How to stop the mails, of each case told of or all; every page behind them asks once more."""
    preferences = Button(_("Your settings"), settings.SITE_URL + reverse("reminder-settings"))
    if len(cases) == 1:
        return [Button(_("Stop the reminders of this case, or all"), unsubscribe), preferences]
    frame = _("Stop the reminders of “%(case)s”")
    of_each = [Button(frame % {"case": reading.name_of(case)}, _stop_url(case)) for case in cases]
    return [*of_each, Button(_("Stop all reminders"), unsubscribe), preferences]


def _stop_url(case: Case) -> str:
    return settings.SITE_URL + reverse("cases:case-reminders", args=[case.reference])
