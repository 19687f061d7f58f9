"""The arithmetic of a call: the last moment to dial, and the next opening hours."""

from __future__ import annotations

from datetime import datetime

from cases.rules.channels import Channel, Wait
from cases.rules.counts import Count, Reckoned, Step, due_step, step
from cases.rules.phrases import minutes_text, moment_text
from cases.rules.text import Text


def last_call(channel: Channel, count: Count) -> Reckoned:
    wait, last = _wait_and_last_call(channel, count)
    steps = _dialling_steps(channel, wait, last)
    opens = channel.hours.opens_at(count.start)
    if channel.hours.is_open(count.start) and count.start <= last:
        return Reckoned(last, (*steps, due_step(last)))
    if opens is None:
        raise AssertionError(f"{channel.key} has frames, so it opens again")
    if not channel.hours.is_open(count.start) and opens.date() == count.start.date():
        return Reckoned(last, (*steps, _opens(channel, opens), due_step(last)), window_from=opens)
    too_late = step(
        "too_late",
        Text("{moment}拨打已来不及接通。", "{moment} is too late to get through."),
        moment=moment_text(count.start),
    )
    return Reckoned(opens, (*steps, too_late, _opens(channel, opens), due_step(opens)))


def next_hours(channel: Channel, count: Count) -> Reckoned:
    wait, last = _wait_and_last_call(channel, count)
    if channel.hours.is_open(count.start) and count.start <= last:
        return Reckoned(last, (*_dialling_steps(channel, wait, last), due_step(last)))
    opens = channel.hours.opens_at(count.start)
    if opens is None:
        raise AssertionError(f"{channel.key} has frames, so it opens again")
    last = channel.hours.last_call(opens, wait=wait.wait, margin=channel.margin) or opens
    steps = (_opens(channel, opens), *_dialling_steps(channel, wait, last), due_step(last))
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
        step(
            "opening",
            Text("{name}：{opening}。", "{name}: {opening}."),
            name=channel.name,
            opening=channel.opening,
        ),
        step(
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
    return step("opens", text, name=channel.name, moment=moment_text(opens))
