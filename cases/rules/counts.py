"""What goes into the arithmetic of a deadline, and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.rules import facts as reading
from cases.rules.calendars import WorkCalendar
from cases.rules.clocks import Span
from cases.rules.deadline_rules import DeadlineRule
from cases.rules.phrases import END_OF_DAY, moment_text
from cases.rules.playbooks import Playbook
from cases.rules.spans import Pause
from cases.rules.text import Text


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the arithmetic: what kind of step, and the sentence about it."""

    key: str
    text: Text


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a clock shows. Moments are in the playbook's zone; the days are given when days are counted."""

    due_at: datetime
    steps: tuple[Step, ...]
    due_on: date | None = None
    window_from: datetime | None = None
    window_from_on: date | None = None
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """Everything a count needs: the rule, its playbook, the start in the playbook's zone, facts, days.

    `pauses` are over, and in order of time.
    """

    rule: DeadlineRule
    playbook: Playbook
    start: datetime
    facts: Mapping[str, Any]
    calendar: WorkCalendar
    pauses: tuple[Pause, ...] = ()

    def fact(self, key: str) -> Any:
        return reading.read(self.rule, self.rule.input(key), self.facts, self.playbook.zone)


def step(key: str, text: Text, **values: Text | str) -> Step:
    return Step(key, text.fill(**values))


def due_step(due: datetime) -> Step:
    return step("due", Text("截止：{moment}。", "Due: {moment}."), moment=moment_text(due))


def end_of_day(day: date, like: datetime) -> datetime:
    """23:59:59 of that day in the zone of `like`."""
    return datetime.combine(day, END_OF_DAY, like.tzinfo)


def origin_of(clock: Span, count: Count) -> datetime:
    """The event's moment, or the one that the rule asks for."""
    if not clock.origin:
        return count.start
    told: datetime = count.fact(clock.origin)
    return told


def amounts_of(clock: Span, count: Count) -> tuple[int, int]:
    """How many units to the window's first end and to its last; the same twice when it is no window."""
    plus: int = count.fact(clock.plus) if clock.plus else 0
    high = clock.amount if clock.at_most is None else clock.at_most
    return plus + clock.amount, plus + high


def origin_steps(clock: Span, start: datetime) -> list[Step]:
    """The sentence about another origin than the event; none when it is counted from the event."""
    if not clock.origin:
        return []
    return [step("origin", Text("从{moment}起算。", "Counted from {moment}."), moment=moment_text(start))]
