"""A user's open deadlines and own reminders as a calendar that other programs subscribe to."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from cases.models import CalendarToken, Deadline, OwnReminder
from cases.rules.text import Text
from cases.services import deadlines, own_reminders
from cases.services.playbooks import zone_of_deadline
from tracker.accounts.models import User

# Before a moment; and counted from the midnight at which a day begins: 9:00 the day before, 9:00 that day.
MOMENT_ALARMS = (timedelta(days=-1), timedelta(hours=-2))
DAY_ALARMS = (timedelta(hours=-15), timedelta(hours=9))
# A calendar shows a moment as a short block that ends when it is due.
MOMENT_LENGTH = timedelta(minutes=15)


@transaction.atomic
def token_for_new(user: User, *, at: datetime | None = None) -> str:
    """A new token, shown this once; the one before opens nothing any more."""
    token = secrets.token_urlsafe(24)
    CalendarToken.objects.update_or_create(
        user=user, defaults={"token_sha256": _sha256(token), "made_at": at or timezone.now()}
    )
    return token


def user_of(token: str) -> User | None:
    """Whose feed the token opens; None for one that is wrong, renewed or of a closed account."""
    return User.objects.filter(calendar_token__token_sha256=_sha256(token), is_active=True).first()


def feed(user: User) -> bytes:
    """The iCalendar (RFC 5545) of the user's open deadlines and own reminders, in their language.

    The same bytes as long as nothing changes. It shows titles, what the user wrote for an own reminder,
    and dates, and nothing else of the cases: calendars are copied to many devices.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//dispute case tracker//deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    with translation.override(user.language):
        calendar.add("x-wr-calname", _("Deadlines of my cases"))
        for deadline in deadlines.open_for(user).filter(case__is_example=False):
            calendar.add_component(_deadline_event(deadline, user))
        for own in own_reminders.open_for(user).filter(case__is_example=False):
            calendar.add_component(_own_event(own))
    return calendar.to_ical()


def _deadline_event(deadline: Deadline, user: User) -> Event:
    title = Text.from_json(deadline.because["title"]).in_language(user.language)
    event = _event(deadline, f"deadline-{deadline.pk}", title, changed_at=deadline.computed_at)
    if deadline.in_days:
        zone = zone_of_deadline(deadline)
        first = (deadline.window_from or deadline.due_at).astimezone(zone).date()
        event.add("dtstart", first)
        event.add("dtend", deadline.due_at.astimezone(zone).date() + timedelta(days=1))
    else:
        event.add("dtstart", _utc(deadline.window_from or deadline.due_at - MOMENT_LENGTH))
        event.add("dtend", _utc(deadline.due_at))
    for alarm in _alarms(deadline, title):
        event.add_component(alarm)
    return event


def _own_event(own: OwnReminder) -> Event:
    event = _event(own, f"own-reminder-{own.pk}", own.text, changed_at=own.changed_at)
    event.add("class", "PRIVATE")
    event.add("dtstart", _utc(own.remind_at))
    event.add("dtend", _utc(own.remind_at + MOMENT_LENGTH))
    event.add_component(_alarm(own.text, timedelta(0)))
    return event


def _event(row: Deadline | OwnReminder, name: str, title: str, *, changed_at: datetime) -> Event:
    """What every event has; programs know it by its UID, and a new state of it by SEQUENCE and DTSTAMP."""
    event = Event()
    event.add("uid", f"{name}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", row.version - 1)
    event.add("dtstamp", _utc(changed_at))
    event.add("last-modified", _utc(changed_at))
    event.add("summary", f"{title} · {row.case.title}")
    event.add("url", settings.SITE_URL + row.case.get_absolute_url())
    event.add("transp", "TRANSPARENT")
    return event


def _alarms(deadline: Deadline, title: str) -> Iterator[Alarm]:
    if deadline.is_paused:
        return  # its date moves on when the clock runs again
    for trigger in DAY_ALARMS if deadline.in_days else MOMENT_ALARMS:
        yield _alarm(title, trigger, from_end=not deadline.in_days)


def _alarm(words: str, trigger: timedelta, *, from_end: bool = False) -> Alarm:
    """A notice on the screen, so long after the event begins, or ends; before it where negative."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", trigger, parameters={"RELATED": "END"} if from_end else {})
    return alarm


def _utc(moment: datetime) -> datetime:
    """Written with a Z, to the second: so no program needs a time zone from us."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
