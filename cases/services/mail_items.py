"""One thing that a mail tells of: a deadline or an own reminder, with its reason and its links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from cases.models import Case, Deadline, OwnReminder, Reminder, Whose
from cases.services import mail_words as words
from cases.services.own_playbooks import PREFIX
from cases.services.playbooks import rule_of
from cases.services.reminder_links import url_of
from tracker.accounts.models import Language, User

# How pressing: what the user can still lose, has missed, is waited for with, and what others have time for.
MINE_RUNS, MISSED, WAITS_FOR_ME, THEY_HAVE_TIME = range(4)


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads the mail and when; an address that nobody confirmed is told no text that users wrote."""

    user: User
    is_confirmed: bool
    at: datetime

    @property
    def language(self) -> Language:
        return Language(self.user.language)

    def name_of(self, case: Case) -> str:
        """The case in words: its title and reference, or the reference alone."""
        if not self.is_confirmed:
            return _("Your case %(reference)s") % {"reference": case.reference}
        told = {"title": words.one_line(case.title), "reference": case.reference}
        return _("%(title)s (%(reference)s)") % told

    def may_tell(self, deadline: Deadline) -> bool:
        """Whether the texts of its rule may be told: those of an own playbook are a user's."""
        return self.is_confirmed or not deadline.rule.startswith(PREFIX)


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    """What is told of one row; `until` is the line below the action, `how` its standing ("" for an own
    reminder), `what` and `when` go into the subject.
    """

    case: Case
    action: str
    until: str
    notes: Sequence[str]
    facts: Sequence[str]
    reason: str
    steps: Sequence[str]
    source: str
    buttons: Sequence[Button]
    how: str
    what: str
    when: str
    is_late: bool
    urgency: tuple[int, datetime]

    @property
    def main_button(self) -> Button:
        return self.buttons[0]

    @property
    def other_buttons(self) -> Sequence[Button]:
        return self.buttons[1:]

    @property
    def why_this_mail(self) -> str:
        if self.how:
            return _("This mail was sent because you keep this case here.")
        return _("This mail was sent because you set this reminder yourself.")

    def subject(self, *, is_late: bool) -> str:
        if self.how:
            return words.subject_of(self.how, self.when, self.what, is_late=is_late)
        return words.subject_of_own(self.when, self.what, is_late=is_late)

    def subject_of_several(self, count: int, *, is_late: bool) -> str:
        return words.subject_of_several(count, self.how, self.when, self.what, is_late=is_late)


def item_of(row: Reminder, reading: Reading) -> Item:
    """What to tell of the row, in the language that is active."""
    if row.deadline is not None:
        return _of_deadline(row, row.deadline, reading)
    if row.own_reminder is not None:
        return _of_own(row, row.own_reminder, reading)
    raise ValueError("A summary is told as a whole, not with other rows.")


def _of_deadline(row: Reminder, deadline: Deadline, reading: Reading) -> Item:
    language, because = reading.language, deadline.because
    is_told, is_late = reading.may_tell(deadline), words.is_late(row, reading.at)
    when = words.when_of(deadline, reading.user)
    how = words.standing(deadline, row.step, reading.at, is_late=is_late)
    action, title = words.what_of(deadline, language, is_told=is_told)
    return Item(
        case=deadline.case,
        action=action,
        until=words.sentence_of(how, when),
        notes=_notes(row, is_late, reading, is_provisional=deadline.is_provisional),
        facts=_facts(deadline, is_told, reading),
        reason=_("Why this date: %(title)s") % {"title": title},
        steps=[words.told(step["text"], language) for step in because["steps"]] if is_told else (),
        source=_source(because.get("source") or {}, language) if is_told else "",
        buttons=_buttons(row, deadline.case, reading, is_log_first=_is_answered(deadline)),
        how=how,
        # Of what others still owe, the name says more than what to do when it does not come.
        what=title if how == words.THEIRS and not when.start else action,
        when=when.short,
        is_late=is_late,
        urgency=_urgency(how, deadline),
    )


def _of_own(row: Reminder, own: OwnReminder, reading: Reading) -> Item:
    language, zone = reading.language, reading.user.zone
    is_late, remind_at = words.is_late(row, reading.at), own.remind_at
    text = text_of_own(own, reading)
    made_on = words.day(own.made_at, zone, language)
    return Item(
        case=own.case,
        action=text,
        until=until_of_own(own, reading),
        notes=_notes(row, is_late, reading),
        facts=[_about(own.case, reading)],
        reason=_("Why this date: you set it yourself on %(day)s.") % {"day": made_on},
        steps=(),
        source="",
        buttons=_buttons(row, own.case, reading, is_log_first=False),
        how="",
        what=text,
        when=words.short_moment(remind_at, zone, language),
        is_late=is_late,
        urgency=(WAITS_FOR_ME, own.remind_at),
    )


def text_of_own(own: OwnReminder, reading: Reading) -> str:
    return words.one_line(own.text) if reading.is_confirmed else _("What you wanted to be reminded of")


def until_of_own(own: OwnReminder, reading: Reading) -> str:
    zone, language = reading.user.zone, reading.language
    when = words.moment(own.remind_at, zone, language)
    told = {"when": when, "zone": words.zone_name(own.remind_at, zone, language)}
    return _("Your own reminder for %(when)s (%(zone)s).") % told


_URGENCIES = {words.OVERDUE: MISSED, words.THEIRS_ENDED: WAITS_FOR_ME, words.THEIRS: THEY_HAVE_TIME}


def _urgency(how: str, deadline: Deadline) -> tuple[int, datetime]:
    """A window of theirs that opens asks for a word of the user's."""
    is_theirs_to_ask = how == words.OPENS and deadline.whose == Whose.THEIRS
    return WAITS_FOR_ME if is_theirs_to_ask else _URGENCIES.get(how, MINE_RUNS), deadline.due_at


def _notes(row: Reminder, is_late: bool, reading: Reading, *, is_provisional: bool = False) -> list[str]:
    notes = []
    if is_provisional:
        notes.append(
            _("This date is provisional: it reaches into a year whose public holidays are not published yet.")
        )
    if is_late:
        was_due = words.moment(row.due_at, reading.user.zone, reading.language)
        notes.append(
            _("This reminder is late: it should have reached you on %(was_due)s.") % {"was_due": was_due}
        )
    return notes


def _facts(deadline: Deadline, is_told: bool, reading: Reading) -> list[str]:
    facts = [_about(deadline.case, reading)]
    if binds := deadline.binds:
        facts.append(_("Who must act: %(binds)s") % {"binds": binds})
    consequence = words.told(deadline.because.get("consequence"), reading.language)
    if consequence and is_told:
        facts.append(_("When the time is over: %(consequence)s") % {"consequence": consequence})
    return facts


def _about(case: Case, reading: Reading) -> str:
    name = reading.name_of(case)
    return _("Case: %(case)s") % {"case": name} if reading.is_confirmed else name


def _source(source: dict[str, Any], language: Language) -> str:
    parts = [words.told(source.get(part), language) for part in ("title", "article")]
    told = " · ".join(part for part in parts if part)
    return _("Source: %(source)s") % {"source": told} if told else ""


def _is_answered(deadline: Deadline) -> bool:
    """Whether something that happens meets it, so that logging that is the way to end it."""
    found = rule_of(deadline)
    return found is not None and bool(found[1].met_by)


def _buttons(row: Reminder, case: Case, reading: Reading, *, is_log_first: bool) -> list[Button]:
    """The main one first; nothing can be logged in a closed case, nor by every user who set a reminder."""
    log = Button(_("Log what happened"), url_of(row, "log", at=reading.at))
    done = Button(_("Done"), url_of(row, "done", at=reading.at))
    can_log = row.own_reminder is None and not case.is_closed
    acts = [done] if not can_log else [log, done] if is_log_first else [done, log]
    return [
        *acts,
        Button(_("Remind me tomorrow"), url_of(row, "tomorrow", at=reading.at)),
        Button(_("Go to the case"), settings.SITE_URL + case.get_absolute_url()),
    ]
