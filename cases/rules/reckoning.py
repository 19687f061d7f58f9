"""Runs a rule's clock: which arithmetic belongs to which kind of clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from cases.rules.clocks import AtOnce, Countdown, LastCall, Moment, NextHours, Span
from cases.rules.counts import Count, Reckoned, step
from cases.rules.phrases import length_text, moment_text
from cases.rules.reckoning_dialling import last_call, next_hours
from cases.rules.reckoning_hours import hours
from cases.rules.reckoning_spans import whole_days
from cases.rules.spans import later
from cases.rules.text import Text


def reckon(count: Count) -> Reckoned:
    """Run the rule's clock. Raises CannotReckon (see facts.py) when something is missing or unreadable."""
    match count.rule.clock:
        case Span() as clock:
            return whole_days(clock, count) if clock.in_days else hours(clock, count)
        case AtOnce():
            text = Text("立即：{moment}。", "At once: {moment}.")
            return Reckoned(count.start, (step("due", text, moment=moment_text(count.start)),))
        case Moment() as clock:
            return _moment(clock, count)
        case Countdown() as clock:
            return _countdown(clock, count)
        case LastCall() as clock:
            return last_call(count.playbook.channels[clock.channel], count)
        case NextHours() as clock:
            return next_hours(count.playbook.channels[clock.channel], count)


def _moment(clock: Moment, count: Count) -> Reckoned:
    due: datetime = count.fact(clock.fact)
    return Reckoned(
        due,
        (step("due", Text("承诺的时间：{moment}。", "Promised for {moment}."), moment=moment_text(due)),),
    )


def _countdown(clock: Countdown, count: Count) -> Reckoned:
    left: timedelta = count.fact(clock.fact)
    due = later(count.start, left)
    text = Text("当时显示还剩 {left}：到 {moment}。", "It showed {left} left: until {moment}.")
    return Reckoned(due, (step("due", text, left=length_text(left), moment=moment_text(due)),))
