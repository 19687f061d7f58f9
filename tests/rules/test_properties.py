"""What holds for every rule of every playbook, whatever the start and the facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.rules.calendars import CODES, work_calendar
from cases.rules.deadline_rules import DeadlineRule, Input
from cases.rules.deadlines import DueDate, compute
from cases.rules.playbooks import Playbook, load_playbooks
from tests.rules.making import counted
from tests.rules.retelling import recompute

RULES = [(playbook, rule) for playbook in load_playbooks().values() for rule in playbook.rules.values()]
ZONES = ("Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe")
# Each example goes through every rule, every calendar or every zone.
EXAMPLES = settings(max_examples=8, deadline=None)

starts = st.builds(
    lambda day, seconds: datetime.combine(day, time()) + timedelta(seconds=seconds),
    st.dates(date(2015, 1, 1), date(2039, 12, 31)),
    st.integers(0, 24 * 60 * 60 - 1),
)
days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
counts = st.integers(0, 90)


@dataclass(frozen=True)
class Answers:
    """What a user may tell when a rule asks: a number, a time from now in minutes, one of the choices."""

    number: int
    minutes: int
    choice: int

    def to(self, rule: DeadlineRule, start: datetime) -> dict[str, Any]:
        return {asked.key: self._to(asked, start) for asked in rule.inputs}

    def _to(self, asked: Input, start: datetime) -> Any:
        if asked.kind == "choice":
            return asked.choices[self.choice % len(asked.choices)][0]
        later = start.astimezone(UTC) + timedelta(minutes=self.minutes)
        told = {"whole_number": self.number, "countdown": str(self.minutes), "moment": later.isoformat()}
        return told[asked.kind]


answers = st.builds(
    Answers, number=st.integers(0, 60), minutes=st.integers(1, 60 * 24 * 60), choice=st.integers(0, 9)
)


def due_of(playbook: Playbook, rule: DeadlineRule, at: datetime, facts: dict[str, Any]) -> DueDate:
    calendar = work_calendar(playbook.calendar)
    return compute(rule, playbook=playbook, at=at, facts=facts, calendar=calendar)


def told_again(due: DueDate, zone: ZoneInfo) -> datetime:
    return recompute([(step.key, step.text.en) for step in due.steps], zone)


@EXAMPLES
@given(start=days, first=counts, second=counts)
def test_adding_workdays_twice_is_adding_them_at_once(start, first, second):
    for calendar in map(work_calendar, CODES):
        in_two = calendar.add(calendar.add(start, first), second)

        assert in_two == calendar.add(start, first + second), calendar.edition


@EXAMPLES
@given(start=days, count=st.integers(1, 90))
def test_the_nth_workday_is_a_workday_and_the_nth_one_there_is(start, count):
    for calendar in map(work_calendar, CODES):
        end = calendar.add(start, count)

        walked = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        assert [day for day in walked if calendar.is_workday(day)][count - 1 :] == [end], calendar.edition


@EXAMPLES
@given(start=starts, answered=answers)
def test_the_sentences_lead_to_the_same_date_and_none_lies_before_its_start(start, answered):
    for playbook, rule in RULES:
        at = start.replace(tzinfo=playbook.zone)
        due = due_of(playbook, rule, at, answered.to(rule, at))

        assert due.due_at.astimezone(UTC) >= at.astimezone(UTC), due.rule
        assert due.window_from is None or due.window_from <= due.due_at, due.rule
        # When clocks are put back they show an hour twice, and a sentence does not tell the two apart.
        told = told_again(due, playbook.zone).replace(fold=0)
        assert told == due.due_at.replace(fold=0, microsecond=0), due.rule


@EXAMPLES
@given(start=starts, minutes=st.integers(0, 60 * 24 * 40), answered=answers)
def test_a_later_start_never_makes_it_earlier(start, minutes, answered):
    for playbook, rule in RULES:
        early = start.replace(tzinfo=playbook.zone)
        late = (early.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(playbook.zone)
        facts = answered.to(rule, late)

        first, second = (due_of(playbook, rule, at, facts).due_at for at in (early, late))

        assert first.astimezone(UTC) <= second.astimezone(UTC), f"{playbook.key}.{rule.key}"


@pytest.mark.parametrize("unit", ["minutes", "hours", "days", "weeks", "months", "workdays"])
@settings(max_examples=8, deadline=None)
@given(start=starts, amount=st.integers(1, 50))
def test_in_every_zone_the_sentences_lead_to_the_same_date(unit, start, amount):
    for zone in ZONES:
        due = counted(
            f'kind="span", amount={amount}, unit="{unit}"', start.isoformat(), zone=zone, calendar="GB"
        )

        assert told_again(due, ZoneInfo(zone)).replace(fold=0) == due.due_at.replace(fold=0), zone
