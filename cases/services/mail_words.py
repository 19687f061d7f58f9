"""The words of the mails: what is to be done, and until when, in the reader's language and zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_name
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cases.models import Deadline, Reminder, Whose
from cases.rules.text import Text
from cases.services.playbooks import zone_of_deadline
from tracker.accounts.models import Language, User

SUBJECT_LENGTH = 60
# What a subject keeps of the action, however long the words before it are.
LEAST_LENGTH = 10
# What does not stand well before an ellipsis.
_LOOSE_ENDS = " ,;:.，；：、。（(「“"
LATE_AFTER = timedelta(hours=1)

# How Babel writes a day, in each language of the site.
_LOCALES = {Language.ZH_HANS: "zh_Hans", Language.EN: "en_GB"}
_DAYS = {Language.ZH_HANS: "y年M月d日EEEE", Language.EN: "EEE d MMM y"}
_SHORT_DAYS = {Language.ZH_HANS: "M月d日EEE", Language.EN: "EEE d MMM"}

# How a deadline stands when its mail is written: words for the subject, and for the line below the action.
OVERDUE = "overdue"
DUE_NOW = "due_now"
THEIRS_ENDED = "theirs_ended"
THEIRS = "theirs"
OPENS = "opens"
AHEAD = "ahead"
_SUBJECTS = {
    OVERDUE: gettext_noop("Overdue since %(when)s: %(what)s"),
    DUE_NOW: gettext_noop("Due now, %(when)s: %(what)s"),
    THEIRS_ENDED: gettext_noop("They had until %(when)s: %(what)s"),
    THEIRS: gettext_noop("They have until %(when)s: %(what)s"),
    OPENS: gettext_noop("From today until %(when)s: %(what)s"),
    AHEAD: gettext_noop("Until %(when)s: %(what)s"),
}
_SENTENCES = {
    OVERDUE: gettext_noop("This was due by %(when)s (%(zone)s)."),
    DUE_NOW: gettext_noop("This is due now: %(when)s (%(zone)s)."),
    THEIRS_ENDED: gettext_noop("They had until %(when)s (%(zone)s)."),
    THEIRS: gettext_noop("They have until %(when)s (%(zone)s)."),
    OPENS: gettext_noop("From %(start)s until %(when)s (%(zone)s)."),
    AHEAD: gettext_noop("Until %(when)s (%(zone)s)."),
}


@dataclass(frozen=True, slots=True)
class When:
    """A time in words: `short` for a subject, `full` with its year, `start` of a window, the zone's name."""

    short: str
    full: str
    start: str
    zone: str


def when_of(deadline: Deadline, reader: User) -> When:
    """Days in the zone where they are counted, moments in the reader's zone."""
    zone = zone_of_deadline(deadline) if deadline.in_days else reader.zone
    language, due_at, start = Language(reader.language), deadline.due_at, deadline.window_from
    if deadline.in_days:
        full = _("the end of %(day)s") % {"day": day(due_at, zone, language)}
        short = _day(due_at.astimezone(zone).date(), _SHORT_DAYS[language], language)
    else:
        full, short = moment(due_at, zone, language), short_moment(due_at, zone, language)
    begins = (day if deadline.in_days else moment)(start, zone, language) if start else ""
    return When(short, full, begins, zone_name(due_at, zone, language))


def day(at: datetime, zone: ZoneInfo, language: Language) -> str:
    """Tue 1 Sept 2026, on the calendar of the zone."""
    return _day(at.astimezone(zone).date(), _DAYS[language], language)


def moment(at: datetime, zone: ZoneInfo, language: Language) -> str:
    """Tue 1 Sept 2026 21:15, on the clock of the zone."""
    local = at.astimezone(zone)
    return f"{_day(local.date(), _DAYS[language], language)} {local:%H:%M}"


def short_moment(at: datetime, zone: ZoneInfo, language: Language) -> str:
    """Tue 1 Sept 21:15, for a subject."""
    local = at.astimezone(zone)
    return f"{_day(local.date(), _SHORT_DAYS[language], language)} {local:%H:%M}"


def zone_name(at: datetime, zone: ZoneInfo, language: Language) -> str:
    """The name of the zone as it holds at that moment, summer time included."""
    return _zone_name(zone, bool(at.astimezone(zone).dst()), language)


# The mails of one batch tell of few days in few zones.
@lru_cache(maxsize=4096)
def _day(day: date, form: str, language: Language) -> str:
    return str(format_date(day, form, locale=_LOCALES[language]))


@lru_cache(maxsize=1024)
def _zone_name(zone: ZoneInfo, is_summer: bool, language: Language) -> str:
    locale = _LOCALES[language]
    return str(get_timezone_name(zone, zone_variant="daylight" if is_summer else "standard", locale=locale))


def standing(deadline: Deadline, step: str, at: datetime, *, is_late: bool = False) -> str:
    """Which words fit the deadline at `at`; `step` is the reminder's, "" for none."""
    if deadline.whose == Whose.THEIRS and deadline.due_at <= at:
        return THEIRS_ENDED
    if deadline.due_at < at:
        return DUE_NOW if step == "due" and at - deadline.due_at <= LATE_AFTER else OVERDUE
    if step == "window_opens" and not is_late:
        return OPENS
    return THEIRS if deadline.whose == Whose.THEIRS else AHEAD


def sentence_of(how: str, when: When) -> str:
    """“Until Tue 1 Sept 2026 21:15 (China Standard Time).”; a window that runs is told with its start."""
    if when.start and how in {AHEAD, THEIRS}:
        how = OPENS
    return _(_SENTENCES[how]) % {"when": when.full, "start": when.start, "zone": when.zone}


def subject_of(how: str, when: str, what: str, *, is_late: bool) -> str:
    """The subject of a mail about one deadline, in 60 signs."""
    return _subject(_(_SUBJECTS[how]) % {"when": when, "what": "%(what)s"}, what, is_late=is_late)


def subject_of_own(when: str, what: str, *, is_late: bool) -> str:
    frame = _("Your reminder for %(when)s: %(what)s") % {"when": when, "what": "%(what)s"}
    return _subject(frame, what, is_late=is_late)


def subject_of_several(count: int, how: str, when: str, what: str, *, is_late: bool) -> str:
    """As `subject_of`, for several things of which this is the most pressing; `how` "" is an own reminder."""
    if how == AHEAD:
        frame = _("%(count)d things until %(when)s: %(what)s")
    elif how:
        frame = _("%(count)d things · %(subject)s").replace("%(subject)s", _(_SUBJECTS[how]))
    else:
        frame = _("%(count)d things: %(what)s")
    return _subject(frame % {"count": count, "when": when, "what": "%(what)s"}, what, is_late=is_late)


def summary_subject(frame: str, what: str, *, is_late: bool) -> str:
    """As `subject_of`; the frame has the gap %(what)s."""
    return _subject(frame, what, is_late=is_late)


def _subject(frame: str, what: str, *, is_late: bool) -> str:
    """The frame with as much of `what` in its gap %(what)s as fits; never more than one line."""
    if is_late:
        frame = _("Late: %(subject)s") % {"subject": frame}
    room = SUBJECT_LENGTH - len(frame) + len("%(what)s")
    return one_line(frame.replace("%(what)s", shortened(one_line(what), room)))


def is_late(reminder: Reminder, at: datetime) -> bool:
    """Whether it comes more than an hour after it was to be said, as after an outage.

    One that was held back on purpose, in quiet hours or to be merged with another, was to be said when
    that ended.
    """
    held = reminder.next_attempt_at if reminder.attempts == 0 else None
    return at - max(reminder.due_at, held or reminder.due_at) > LATE_AFTER


def what_of(deadline: Deadline, language: str, *, is_told: bool) -> tuple[str, str]:
    """What to do and what the deadline is called; in words of our own where its rule's may not be told."""
    if not is_told:
        own = _("A deadline by your own playbook")
        return own, own
    return told(deadline.because["action"], language), told(deadline.because["title"], language)


def told(value: Any, language: str) -> str:
    """One line of what a rule says: a Text in its stored form, or a plain string; "" for nothing."""
    if isinstance(value, dict):
        value = Text.from_json(value).in_language(language)
    return one_line(str(value or ""))


def one_line(text: str) -> str:
    """The text without line ends and unprintable signs, fit for a header and for one line of a mail."""
    line = " ".join(text.split())
    return line if line.isprintable() else "".join(sign for sign in line if sign.isprintable())


def shortened(text: str, length: int) -> str:
    """The text itself, or as much of it as fits with an ellipsis; never less than ten signs of it."""
    length = max(length, LEAST_LENGTH)
    return text if len(text) <= length else text[: length - 1].rstrip(_LOOSE_ENDS) + "…"
