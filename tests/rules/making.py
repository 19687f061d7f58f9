"""Playbooks of one test: a law with the rules that the test writes down."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cases.rules.calendars import work_calendar
from cases.rules.deadlines import DueDate, compute
from cases.rules.events import Event
from cases.rules.playbooks import Playbook
from cases.rules.schema import read_playbook

HEAD = """
kind = "law"
name = {{ zh-hans = "试验", en = "Trial" }}
edition = "1"
zone = "{zone}"
zone_name = {{ zh-hans = "当地时间", en = "local time" }}
calendar = "{calendar}"
[cited]
source = "book"
article = {{ zh-hans = "第一条", en = "Article 1" }}
confidence = "V"
checked_on = 2026-11-22
[[sources]]
key = "book"
title = {{ zh-hans = "书", en = "Book" }}
"""
RULE = """
[rules.{key}]
title = {{ zh-hans = "期限", en = "Deadline" }}
action = {{ zh-hans = "核实。", en = "Check." }}
counted_from = {{ zh-hans = "受理", en = "Accepted" }}
binds = "authority"
starts = [{{ on = "milestone", kinds = ["complaint_accepted"] }}]
met_by = []
"""


def law(*rules: str, zone: str = "Asia/Shanghai", calendar: str = "CN") -> Playbook:
    """A law whose rules are called a, b, c, ...; each is what its TOML says besides the usual."""
    text = HEAD.format(zone=zone, calendar=calendar)
    for key, rule in zip("abcdefgh", rules, strict=False):
        text += RULE.format(key=key) + rule
    playbook, mistakes = read_playbook("trial.toml", "trial", tomllib.loads(text))
    assert mistakes == ()
    return playbook


def counted(
    clock: str,
    start: str,
    *,
    more: str = "",
    zone: str = "Asia/Shanghai",
    calendar: str = "CN",
    events: Sequence[tuple[str, str]] = (),
    **facts: Any,
) -> DueDate:
    """What a clock shows that starts at `start`, a moment in `zone`; `events` are (milestone, moment)."""
    playbook = law(f"clock = {{ {clock} }}\n{more}", zone=zone, calendar=calendar)

    def local(moment: str) -> datetime:
        return datetime.fromisoformat(moment).replace(tzinfo=playbook.zone)

    return compute(
        playbook.rules["a"],
        playbook=playbook,
        at=local(start),
        facts=facts,
        calendar=work_calendar(calendar),
        events=[Event("milestone", kind, local(at)) for kind, at in events],
    )


def told(due: DueDate, *keys: str) -> list[str]:
    """The English sentences of the steps, all of them or those with the given keys."""
    return [step.text.en for step in due.steps if not keys or step.key in keys]
