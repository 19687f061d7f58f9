"""Counts a deadline from the shell and shows every step of the arithmetic."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from cases.rules.calendars import WorkCalendar, work_calendar
from cases.rules.deadline_rules import DeadlineRule
from cases.rules.deadlines import CannotReckon, DueDate, compute
from cases.rules.events import MILESTONE_KINDS, Event
from cases.rules.playbooks import Playbook, load_playbooks
from cases.rules.text import Text
from cases.services.calendars import calendar_of
from tracker.accounts.models import Language


class Command(BaseCommand):
    help = "Count a deadline, as in: explain_deadline douyin.shop_message.no_reply --from 2026-09-24T20:45"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rule", metavar="PLAYBOOK.RULE")
        parser.add_argument(
            "--from",
            dest="start",
            required=True,
            metavar="ISO",
            help="when its clock starts; without an offset in the playbook's zone",
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="a fact that the rule asks for, as in usual_workdays=1; may be given several times",
        )
        parser.add_argument(
            "--event",
            action="append",
            default=[],
            metavar="MILESTONE[@CHANNEL]=ISO",
            help="what happened since and stops the clock or starts it anew, as in "
            "testing_started=2026-08-10T09:00; may be given several times",
        )
        parser.add_argument("--language", choices=Language.values, default=Language.EN.value)
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines to read")

    def handle(self, *args: Any, **options: Any) -> None:
        playbook, rule = _found(options["rule"])
        start = read_moment(options["start"], playbook)
        rule = _in_force(rule, playbook, start)
        facts = _facts(options["set"], rule, options["rule"])
        happened = [_event(told, playbook) for told in options["event"]]
        calendar = _calendar_of(playbook)
        try:
            due = compute(rule, playbook=playbook, at=start, facts=facts, calendar=calendar, events=happened)
        except CannotReckon as error:
            sentence = error.sentence.in_language(options["language"])
            asked = {wanted.key for wanted in rule.inputs}
            hint = f" (--set {error.key}=...)" if error.key in asked else ""
            raise CommandError(f"{sentence}{hint}") from error
        except OverflowError as error:
            raise CommandError(f"{options['start']} is too far away to count from.") from error
        show = _as_json if options["json"] else _as_lines
        self.stdout.write(show(due, options["language"]))


def read_moment(value: str, playbook: Playbook) -> datetime:
    """An ISO 8601 moment; without an offset it is meant in the playbook's zone. Raises CommandError."""
    try:
        at = datetime.fromisoformat(value)
        return playbook.local(at if at.tzinfo else at.replace(tzinfo=playbook.zone))
    except (ValueError, OverflowError) as error:
        raise CommandError(f"“{value}” is not a moment; write it as 2026-09-24T20:45+08:00.") from error


def _found(name: str) -> tuple[Playbook, DeadlineRule]:
    playbooks = load_playbooks()
    playbook = playbooks.get(name.partition(".")[0])
    if playbook is None:
        raise CommandError(f"No playbook knows “{name}”; there are {', '.join(sorted(playbooks))}.")
    rule = playbook.rule_named(name)
    if rule is None:
        known = ", ".join(f"{playbook.key}.{key}" for key in playbook.rules)
        raise CommandError(f"There is no rule “{name}”; there are {known}.")
    return playbook, rule


def _in_force(rule: DeadlineRule, playbook: Playbook, start: datetime) -> DeadlineRule:
    """The edition of the rule that held on the day from which it is counted."""
    found = playbook.rule_in_force(rule, start.date())
    if found is None:
        since, until = rule.effective_from or "the beginning", rule.effective_to or "today"
        raise CommandError(
            f"{playbook.key}.{rule.key} was not in force on {start.date()}: it holds from {since} to "
            f"{until}, and no other rule took its place."
        )
    return found


def _event(told: str, playbook: Playbook) -> Event:
    """A milestone told as kind=moment or kind@channel=moment. Raises CommandError."""
    name, equals, moment = told.partition("=")
    kind, _at, channel = name.partition("@")
    if not equals or kind not in MILESTONE_KINDS:
        raise CommandError(
            f"“{told}” is no event; write --event milestone=moment with one of {', '.join(MILESTONE_KINDS)}."
        )
    known = playbook.channels.get(channel) or playbook.channels.get(f"{playbook.key}.{channel}")
    if channel and known is None:
        raise CommandError(f"There is no channel “{channel}”; there are {', '.join(playbook.channels)}.")
    key, body = (known.key, known.body) if known else ("", "")
    return Event("milestone", kind, read_moment(moment, playbook), channel=key, body=body)


def _calendar_of(playbook: Playbook) -> WorkCalendar:
    """The calendar of this site, or the shipped one where there is no database yet."""
    try:
        return calendar_of(playbook.calendar)
    except DatabaseError:
        return work_calendar(playbook.calendar)


def _facts(settings: list[str], rule: DeadlineRule, name: str) -> dict[str, str]:
    facts: dict[str, str] = {}
    asked = [wanted.key for wanted in rule.inputs]
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise CommandError(f"“{setting}” sets nothing; write --set key=value.")
        if key not in asked:
            wanted = ", ".join(asked) or "nothing"
            raise CommandError(f"{name} does not ask for “{key}”; it asks for {wanted}.")
        facts[key] = value
    return facts


def _as_json(due: DueDate, language: str) -> str:
    answer = {
        "rule": due.rule,
        "title": due.title.in_language(language),
        "action": due.action.in_language(language),
        "whose": due.whose,
        "binds": due.binds,
        "consequence": due.consequence.in_language(language) if due.consequence else None,
        "due_at": due.due_at.isoformat(),
        "due_on": _iso(due.due_on),
        "window_from": _iso(due.window_from),
        "window_from_on": _iso(due.window_from_on),
        "provisional": due.is_provisional,
        "paused": due.is_paused,
        "steps": [step.text.in_language(language) for step in due.steps],
        "source": due.source,
        "playbook_edition": due.playbook_edition,
        "calendar_edition": due.calendar_edition,
    }
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _iso(moment: Any) -> str | None:
    return None if moment is None else moment.isoformat()


def _as_lines(due: DueDate, language: str) -> str:
    lines = [f"{due.rule}: {due.title.in_language(language)}"]
    if due.window_from:
        lines.append(f"from  {due.window_from.isoformat()}")
    provisional = "  (provisional)" if due.is_provisional else ""
    lines.append(f"due   {due.due_at.isoformat()}{provisional}")
    lines += [
        f"  {number}. {step.text.in_language(language)}" for number, step in enumerate(due.steps, start=1)
    ]
    if due.consequence:
        lines.append(due.consequence.in_language(language))
    source = due.source
    title, article = (Text.from_json(source[part]).in_language(language) for part in ("title", "article"))
    lines.append(
        f"{title}, {article} [{source['confidence']}, {source['checked_on']}] {source['url']}".rstrip()
    )
    return "\n".join(lines)
