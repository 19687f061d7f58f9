"""Says from the shell what to do next in a case."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.management.commands.explain_deadline import read_moment
from cases.models import Case
from cases.rules.advice import Advice, Half
from cases.services.advice import advice_for
from cases.services.playbooks import playbook_of
from tracker.accounts.models import Language


class Command(BaseCommand):
    help = "Say which channel to try next in a case, best first, and why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", metavar="REF")
        parser.add_argument("--at", metavar="ISO", help="at that moment instead of now")
        parser.add_argument("--language", choices=Language.values, default=Language.EN.value)
        parser.add_argument("--json", action="store_true", help="a JSON list instead of lines to read")

    def handle(self, *args: Any, **options: Any) -> None:
        case = Case.objects.filter(reference=options["reference"]).first()
        if case is None:
            raise CommandError(f"There is no case “{options['reference']}”; its reference is in its address.")
        playbook = playbook_of(case)
        if playbook is None:
            raise CommandError(f"The playbook of this case, “{case.playbook}”, is not shipped any more.")
        at = read_moment(options["at"], playbook) if options["at"] else timezone.now()
        advised = advice_for(case, at)
        if options["json"]:
            answer = [_as_json(one, options["language"]) for one in advised]
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        elif not advised:
            self.stdout.write("Nothing is left to do: the case is closed.")
        for number, one in enumerate(advised if not options["json"] else (), start=1):
            self.stdout.write(_as_lines(number, one, options["language"]))


def _as_json(one: Advice, language: str) -> dict[str, Any]:
    return {
        "channel": one.channel.key,
        "playbook": one.playbook.key,
        "name": one.channel.name.in_language(language),
        "action": one.action.in_language(language) if one.action else None,
        "reason": one.reason.in_language(language),
        "way": [step.in_language(language) for step in one.channel.way],
        "is_open": one.is_open,
        "opens_at": _iso(one.opens_at),
        "closes_at": _iso(one.closes_at),
        "last_call": _iso(one.last_call),
        "prepare": [
            {"key": item.key, "text": item.text.in_language(language), "ready": ready}
            for item, ready in one.prepare
        ],
        "missing": [item.key for item in one.missing],
        "closes": [text.in_language(language) for text in one.closes],
        "barred": [text.in_language(language) for text in one.barred],
        "halves": [_half_as_json(half) for half in one.halves],
        "rung": one.rung,
        "tried": one.tried,
        "unanswered": one.unanswered,
        "together_with": list(one.together_with),
        "confirm_all": one.confirm_all,
        "situations": list(one.situations),
    }


def _half_as_json(half: Half) -> dict[str, Any]:
    return {
        "channel": half.channel.key,
        "has_confirmed": half.has_confirmed,
        "is_open": half.is_open,
        "opens_at": _iso(half.opens_at),
        "last_call": _iso(half.last_call),
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _as_lines(number: int, one: Advice, language: str) -> str:
    lines = [f"{number}. {one.channel.name.in_language(language)} ({one.channel.key})"]
    lines += [f"   closed: {reason.in_language(language)}" for reason in one.barred]
    if one.action:
        lines.append(f"   {one.action.in_language(language)}")
    lines += [f"   {one.reason.in_language(language)}", f"   {one.channel.opening.in_language(language)}"]
    if one.opens_at:
        lines.append(f"   opens {one.opens_at:%Y-%m-%d %H:%M}")
    elif one.last_call:
        lines.append(f"   dial by {one.last_call:%Y-%m-%d %H:%M}")
    if one.together_with:
        lines.append(f"   together with {', '.join(one.together_with)}")
    for half in one.halves:
        lines.append(
            f"   {half.channel.key}: {'has confirmed' if half.has_confirmed else 'not confirmed yet'}"
        )
    needed = {item.key for item in one.missing}
    for item, ready in one.prepare:
        tail = " (not possible without it)" if item.key in needed else ""
        lines.append(f"   [{'x' if ready else ' '}] {item.text.in_language(language)}{tail}")
    lines += [f"   once they take it up, this closes: {text.in_language(language)}" for text in one.closes]
    return "\n".join(lines)
