"""The words of a summary: what is overdue, due, owed and set by the user, in lines that name their case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cases.models import WEEKLY_SUMMARY, Deadline, OwnReminder, Reminder
from cases.services import mail_words as words
from cases.services.mail_items import Reading, text_of_own, until_of_own
from cases.services.summaries import Contents, contents

# So many of each part; the rest is counted and stands on the page.
MOST = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of a summary: what to do, until when, and its case with the address."""

    action: str
    until: str
    case: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: Sequence[Line]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    subject: str
    first_line: str
    sections: Sequence[Section]
    why_this_mail: str


def summary_of(row: Reminder, reading: Reading) -> Summary | None:
    """What that row says at `reading.at`, in the language that is active; None where there is nothing."""
    told = contents(reading.user, row.step, reading.at)
    if told is None:
        return None
    weekly = row.step == WEEKLY_SUMMARY
    sections = [section for section in _sections(told, weekly, reading) if section.lines]
    frame = _("This week: %(what)s") if weekly else _("Today: %(what)s")
    late = words.is_late(row, reading.at)
    return Summary(
        subject=words.summary_subject(frame, _counts(told), is_late=late),
        first_line=_first_line(told, sections),
        sections=sections,
        why_this_mail=_("This mail was sent because you asked for a summary every Monday.")
        if weekly
        else _("This mail was sent because you asked for a summary every morning."),
    )


def _counts(told: Contents) -> str:
    parts = (
        (_("%(count)d overdue"), told.overdue),
        (_("%(count)d due"), told.due),
        (_("%(count)d owed to you"), told.owed),
        (_("%(count)d set by you"), told.own),
    )
    return pgettext("list", ", ").join(frame % {"count": len(found)} for frame, found in parts if found)


def _first_line(told: Contents, sections: Sequence[Section]) -> str:
    """How many things, and what presses most: what is due before what is missed already."""
    first = sections[1] if told.overdue and told.due else sections[0]
    if told.count == 1:
        return first.lines[0].action
    several = {"count": told.count, "action": first.lines[0].action}
    return _("%(count)d things. The most pressing: %(action)s") % several


def _sections(told: Contents, weekly: bool, reading: Reading) -> list[Section]:
    return [
        _section(_("Overdue"), told.overdue, reading),
        _section(_("Due this week") if weekly else _("Due today"), told.due, reading),
        _section(_("What they owe you"), told.owed, reading),
        _section(_("Your own reminders"), told.own, reading),
    ]


def _section(title: str, found: Sequence[Deadline] | Sequence[OwnReminder], reading: Reading) -> Section:
    lines = [
        _of_deadline(one, reading) if isinstance(one, Deadline) else _of_own(one, reading)
        for one in found[:MOST]
    ]
    rest = len(found) - len(lines)
    return Section(title, lines, _("and %(count)d more") % {"count": rest} if rest else "")


def _of_deadline(deadline: Deadline, reading: Reading) -> Line:
    is_told = reading.may_tell(deadline)
    action, _title = words.what_of(deadline, reading.language, is_told=is_told)
    how = words.standing(deadline, "", reading.at)
    until = words.sentence_of(how, words.when_of(deadline, reading.user))
    return Line(action, until, *_case(deadline, reading))


def _of_own(own: OwnReminder, reading: Reading) -> Line:
    return Line(text_of_own(own, reading), until_of_own(own, reading), *_case(own, reading))


def _case(about: Deadline | OwnReminder, reading: Reading) -> tuple[str, str]:
    return reading.name_of(about.case), settings.SITE_URL + about.case.get_absolute_url()
