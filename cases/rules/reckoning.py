"""The arithmetic of each clock, with every step of it written down in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cases.rules import facts as reading
from cases.rules.calendars import WorkCalendar
from cases.rules.clocks import AtOnce, LastCall, Minutes, Moment, NextHours, Workdays
from cases.rules.phrases import (
    END_OF_DAY,
    counted_text,
    day_text,
    minutes_text,
    moment_text,
    skipped_text,
    workdays_text,
)
from cases.rules.playbooks import Channel, DeadlineRule, Playbook, Wait
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
    """Everything a count needs: the rule, its playbook, the start in the playbook's zone, facts, days."""

    rule: DeadlineRule
    playbook: Playbook
    start: datetime
    facts: Mapping[str, Any]
    calendar: WorkCalendar

    def fact(self, key: str) -> Any:
        return reading.read(self.rule, self.rule.input(key), self.facts, self.playbook.zone)


def reckon(count: Count) -> Reckoned:
    """Run the rule's clock. Raises CannotReckon (see facts.py) when something is missing or unreadable."""
    match count.rule.clock:
        case Minutes() as clock:
            return _minutes(clock, count)
        case AtOnce():
            text = Text("立即：{moment}。", "At once: {moment}.")
            return Reckoned(count.start, (_step("due", text, moment=moment_text(count.start)),))
        case Moment() as clock:
            return _moment(clock, count)
        case Workdays() as clock:
            return _workdays(clock, count)
        case LastCall() as clock:
            return _last_call(count.playbook.channels[clock.channel], count)
        case NextHours() as clock:
            return _next_hours(count.playbook.channels[clock.channel], count)


def _minutes(clock: Minutes, count: Count) -> Reckoned:
    length = timedelta(minutes=clock.minutes)
    due = later(count.start, length)
    plus = _step(
        "plus",
        Text("加 {length} = {moment}。", "Plus {length} = {moment}."),
        length=minutes_text(length),
        moment=moment_text(due),
    )
    if not clock.to_end_of_day:
        return Reckoned(due, (plus,))
    end = end_of_day(due.date(), due)
    until = _step(
        "until", Text("最迟等到：{moment}。", "Look again until {moment}."), moment=moment_text(end)
    )
    return Reckoned(end, (plus, until), window_from=due)


def _moment(clock: Moment, count: Count) -> Reckoned:
    due: datetime = count.fact(clock.fact)
    return Reckoned(
        due,
        (_step("due", Text("承诺的时间：{moment}。", "Promised for {moment}."), moment=moment_text(due)),),
    )


def _workdays(clock: Workdays, count: Count) -> Reckoned:
    usual: int = count.fact(clock.fact)
    start = count.start.date()
    try:
        first = count.calendar.add_workdays(start, usual + clock.ask_after)
        last = count.calendar.add_workdays(start, usual + clock.due_after)
    except ValueError as error:
        raise reading.outside_calendar(count.rule, count.rule.input(clock.fact)) from error
    steps = [
        _step(
            "excluded",
            Text("起算当天 {day}不计入。", "The day it starts on, {day}, does not count."),
            day=day_text(start),
        ),
        _step(
            "length",
            Text(
                "通常 {usual}：加 {ask} 个 = 第 {first} 个工作日，加 {due} 个 = 第 {last} 个工作日。",
                "Usually {usual}: plus {ask} = workday {first}, plus {due} = workday {last}.",
            ),
            usual=workdays_text(usual),
            ask=str(clock.ask_after),
            due=str(clock.due_after),
            first=str(usual + clock.ask_after),
            last=str(usual + clock.due_after),
        ),
    ]
    if last.skipped:
        skipped = Text("跳过：{days}。", "Skipped: {days}.")
        steps.append(_step("skipped", skipped, days=skipped_text(last.skipped)))
    counted = Text("计入：{days}。", "Counted: {days}.")
    steps.append(_step("counted", counted, days=counted_text(last.counted, count.calendar)))
    window_from, due = end_of_day(first.on, count.start), end_of_day(last.on, count.start)
    opens = Text("询问进展：{moment}。", "Ask how it stands from {moment}.")
    closes = Text("升级处理：{moment}。", "Escalate from {moment}.")
    steps += [
        _step("from", opens, moment=moment_text(window_from)),
        _step("due", closes, moment=moment_text(due)),
    ]
    if last.provisional:
        steps.append(_provisional(last.on, count.calendar, start))
    return Reckoned(due, tuple(steps), last.on, window_from, first.on, last.provisional)


def _last_call(channel: Channel, count: Count) -> Reckoned:
    wait, last = _wait_and_last_call(channel, count)
    steps = _dialling_steps(channel, wait, last)
    opens = channel.hours.opens_at(count.start)
    if channel.hours.is_open(count.start) and count.start <= last:
        return Reckoned(last, (*steps, _due(last)))
    if opens is None:
        raise AssertionError(f"{channel.key} has frames, so it opens again")
    if not channel.hours.is_open(count.start) and opens.date() == count.start.date():
        return Reckoned(last, (*steps, _opens(channel, opens), _due(last)), window_from=opens)
    too_late = _step(
        "too_late",
        Text("{moment}拨打已来不及接通。", "{moment} is too late to get through."),
        moment=moment_text(count.start),
    )
    return Reckoned(opens, (*steps, too_late, _opens(channel, opens), _due(opens)))


def _next_hours(channel: Channel, count: Count) -> Reckoned:
    wait, last = _wait_and_last_call(channel, count)
    if channel.hours.is_open(count.start) and count.start <= last:
        return Reckoned(last, (*_dialling_steps(channel, wait, last), _due(last)))
    opens = channel.hours.opens_at(count.start)
    if opens is None:
        raise AssertionError(f"{channel.key} has frames, so it opens again")
    last = channel.hours.last_call(opens, wait=wait.wait, margin=channel.margin) or opens
    steps = (_opens(channel, opens), *_dialling_steps(channel, wait, last), _due(last))
    return Reckoned(last, steps, window_from=opens)


def _wait_and_last_call(channel: Channel, count: Count) -> tuple[Wait, datetime]:
    wait = channel.wait_for(count.fact("subject"))
    if wait is not None:
        last = channel.hours.last_call(count.start, wait=wait.wait, margin=channel.margin)
        if last is not None:
            return wait, last
    raise AssertionError(f"{channel.key} has no waits or no closing: the playbook was not checked")


def _dialling_steps(channel: Channel, wait: Wait, last: datetime) -> tuple[Step, ...]:
    closes = channel.hours.closes_at(last)
    sum_text = Text(
        "{closes}关闭，减去{subject}通常约 {wait}的等待，再留 {margin}余量 = 最迟 {last}拨打。",
        "It closes at {closes}; minus the usual wait of about {wait} for {subject} and a margin of {margin} "
        "= dial by {last}.",
    )
    return (
        _step(
            "opening",
            Text("{name}：{opening}。", "{name}: {opening}."),
            name=channel.name,
            opening=channel.opening,
        ),
        _step(
            "last_call",
            sum_text,
            closes=moment_text(closes) if closes else "",
            wait=minutes_text(wait.wait),
            subject=wait.label,
            margin=minutes_text(channel.margin),
            last=moment_text(last),
        ),
    )


def _opens(channel: Channel, opens: datetime) -> Step:
    text = Text("{name}下次开放：{moment}。", "{name} next opens: {moment}.")
    return _step("opens", text, name=channel.name, moment=moment_text(opens))


def _due(due: datetime) -> Step:
    return _step("due", Text("截止：{moment}。", "Due: {moment}."), moment=moment_text(due))


def _provisional(last: date, calendar: WorkCalendar, start: date) -> Step:
    years = [str(year) for year in range(start.year, last.year + 1) if not calendar.is_published(year)]
    return _step(
        "provisional",
        Text(
            "{years} 年的放假安排尚未公布，此日期为暂定，公布后会重新计算。",
            "The workday calendar of {years} is not published yet: this date is provisional and is counted "
            "again when it is.",
        ),
        years=", ".join(years),
    )


def _step(key: str, text: Text, **values: Text | str) -> Step:
    return Step(key, text.fill(**values))


def later(start: datetime, length: timedelta) -> datetime:
    """`length` of real time after `start`, in the zone of `start`, also across a change of clocks."""
    return (start.astimezone(UTC) + length).astimezone(start.tzinfo)


def end_of_day(day: date, like: datetime) -> datetime:
    """23:59:59 of that day in the zone of `like`."""
    return datetime.combine(day, END_OF_DAY, like.tzinfo)
