"""Reads the facts a rule asks for, from forms, stored JSON or the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cases.rules.deadline_rules import DeadlineRule, Input
from cases.rules.text import Text

# As an app shows it: 1 day 4 hours, 1天4小时, 28:15:00; or a plain number of minutes.
COUNTDOWN = re.compile(
    r"(?:(?P<days>\d{1,3})\s*(?:d|days?|天|日))?[\s,，]*"
    r"(?:(?P<hours>\d{1,4})\s*(?:h|hrs?|hours?|小时|个小时|时))?[\s,，]*"
    r"(?:(?P<minutes>\d{1,5})\s*(?:m|mins?|minutes?|分钟|分))?[\s,，]*"
    r"(?:(?P<seconds>\d{1,5})\s*(?:s|secs?|seconds?|秒))?",
    re.IGNORECASE,
)
CLOCK_FACE = re.compile(r"(?P<hours>\d{1,4}):(?P<minutes>[0-5]\d)(?::(?P<seconds>[0-5]\d))?")
LONGEST_COUNTDOWN = timedelta(days=366)
# What the error belongs to when it is the start itself that cannot be counted from.
START = "happened_at"


class CannotReckon(ValueError):
    """A deadline that cannot be counted: by which rule, for want of which fact, and a sentence about it."""

    def __init__(self, rule: DeadlineRule, key: str, question: Text, sentence: Text) -> None:
        self.rule, self.key, self.question, self.sentence = rule, key, question, sentence
        super().__init__(sentence.en)


class MissingFact(CannotReckon):
    """The rule asks for something that nobody has told yet."""


class UnreadableFact(CannotReckon):
    """What was told is not what the rule asks for."""


def read(rule: DeadlineRule, asked: Input, facts: Mapping[str, Any], zone: ZoneInfo) -> Any:
    """The fact as int, aware datetime in `zone`, or one of the choices.

    Raises MissingFact when it is not there and has no default, UnreadableFact when it makes no sense.
    """
    value = facts.get(asked.key)
    if value is None or value == "":
        value = asked.default
    if value is None:
        sentence = Text("请补充“{key}”：{question}", "This needs “{key}”: {question}")
        raise MissingFact(
            rule, asked.key, asked.question, sentence.fill(key=asked.key, question=asked.question)
        )
    try:
        return _as_kind(asked, value, zone)
    except (ValueError, TypeError, OverflowError) as error:
        sentence = Text(
            "“{key}”不能是“{value}”：{wanted}。{question}",
            "“{key}” cannot be “{value}”: {wanted}. {question}",
        )
        filled = sentence.fill(
            key=asked.key, value=str(value), wanted=_wanted(asked), question=asked.question
        )
        raise UnreadableFact(rule, asked.key, asked.question, filled) from error


def outside_calendar(rule: DeadlineRule) -> UnreadableFact:
    """The count leaves the years that can be counted."""
    sentence = Text(
        "日期超出可以计算的范围（2001 至 2060 年），请检查起算的日期和填写的数字。",
        "The dates lie outside the years that can be counted, 2001 to 2060; check the day it counts from and "
        "the numbers you gave.",
    )
    key = rule.inputs[0].key if rule.inputs else START
    return UnreadableFact(rule, key, rule.counted_from, sentence)


def read_countdown(value: str) -> timedelta:
    """A countdown as an app shows it. Raises ValueError for what is none, is nothing, or is over a year."""
    text = value.strip()
    match = CLOCK_FACE.fullmatch(text) or COUNTDOWN.fullmatch(text)
    if text.isdecimal() and len(text) < 7:
        left = timedelta(minutes=int(text))
    elif match:
        left = timedelta(**{unit: int(number) for unit, number in match.groupdict().items() if number})
    else:
        raise ValueError(value)
    if not timedelta(0) < left <= LONGEST_COUNTDOWN:
        raise ValueError(value)
    return left


def _as_kind(asked: Input, value: Any, zone: ZoneInfo) -> Any:
    if asked.kind == "whole_number":
        if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
            raise ValueError(value)
        number = int(value)
        if not asked.low <= number <= asked.high:
            raise ValueError(value)
        return number
    if asked.kind == "countdown":
        return read_countdown(str(value))
    if asked.kind == "moment":
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)
    if value not in {choice for choice, _label in asked.choices}:
        raise ValueError(value)
    return value


def _wanted(asked: Input) -> Text:
    if asked.kind == "whole_number":
        return Text(
            f"需要 {asked.low} 到 {asked.high} 的整数",
            f"a whole number from {asked.low} to {asked.high} is wanted",
        )
    if asked.kind == "moment":
        return Text(
            "需要日期和时间，例如 2026-09-24T10:00", "a date and time is wanted, as in 2026-09-24T10:00"
        )
    if asked.kind == "countdown":
        return Text(
            "请照应用里显示的写，例如 1天4小时 或 28:15:00",
            "write it as the app shows it, as in 1 day 4 hours or 28:15:00",
        )
    listed = ", ".join(choice for choice, _label in asked.choices)
    return Text(f"可选：{listed}", f"choose one of {listed}")
