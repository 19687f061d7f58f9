"""Counts a deadline from the shell and shows every step of the arithmetic."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.rules.calendars import work_calendar
from cases.rules.deadline_rules import DeadlineRule
from cases.rules.deadlines import CannotReckon, DueDate, compute
from cases.rules.playbooks import Playbook, load_playbooks
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
        parser.add_argument("--language", choices=Language.values, default=Language.EN.value)
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines to read")

    def handle(self, *args: Any, **options: Any) -> None:
        playbook, rule = _found(options["rule"])
        start = read_moment(options["start"], playbook)
        rule = _in_force(rule, playbook, start)
        facts = _facts(options["set"], rule, options["rule"])
        calendar = work_calendar(playbook.calendar)
        try:
            due = compute(rule, playbook=playbook, at=start, facts=facts, calendar=calendar)
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
            f"{until}, and no earlier rule is known."
        )
    return found


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
    title = due.source["title"]["zh-hans" if language == Language.ZH_HANS else "en"]
    lines.append(f"{title} [{due.source['confidence']}, {due.source['checked_on']}]")
    return "\n".join(lines)
