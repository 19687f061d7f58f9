"""Reads the facts a rule asks for, from forms, stored JSON or the command line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cases.rules.playbooks import DeadlineRule, Input
from cases.rules.text import Text


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


def outside_calendar(rule: DeadlineRule, asked: Input) -> UnreadableFact:
    """The count leaves the years that the workday calendar covers."""
    sentence = Text(
        "日期超出工作日历的范围，请检查起算日期和“{key}”。",
        "The dates lie outside the workday calendar; check the date it counts from, and “{key}”.",
    )
    return UnreadableFact(rule, asked.key, asked.question, sentence.fill(key=asked.key))


def _as_kind(asked: Input, value: Any, zone: ZoneInfo) -> Any:
    if asked.kind == "whole_number":
        if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
            raise ValueError(value)
        number = int(value)
        if not asked.low <= number <= asked.high:
            raise ValueError(value)
        return number
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
    listed = ", ".join(choice for choice, _label in asked.choices)
    return Text(f"可选：{listed}", f"choose one of {listed}")
