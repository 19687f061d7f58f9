"""Days, moments and the shipped playbook, as the tests of the rules say them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cases.rules.calendars import china_calendar, work_calendar
from cases.rules.channels import Channel
from cases.rules.deadlines import DueDate, compute
from cases.rules.events import Event
from cases.rules.playbooks import Playbook, load_playbooks

SHANGHAI = ZoneInfo("Asia/Shanghai")


def shanghai(moment: str) -> datetime:
    """As in shanghai("2026-09-24 20:45")."""
    return datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)


def douyin() -> Playbook:
    return load_playbooks()["douyin"]


def due(rule: str, at: datetime, **facts: Any) -> DueDate:
    """A deadline of Douyin's, counted from `at`."""
    playbook = douyin()
    return compute(playbook.rules[rule], playbook=playbook, at=at, facts=facts, calendar=china_calendar())


def contact(
    channel: str, outcome: str, at: str = "2026-09-24 10:00", *, number: int | None = None, **facts: Any
) -> Event:
    return Event("contact", channel, shanghai(at), outcome=outcome, facts=facts, contact_id=number)


def milestone(kind: str, at: str = "2026-09-24 10:00", *, of: int | None = None, **facts: Any) -> Event:
    return Event("milestone", kind, shanghai(at), facts=facts, contact_id=of)


def due_of(name: str, at: str, *, events: Sequence[Event] = (), **facts: Any) -> DueDate:
    """A deadline by the full name of its rule, or of the one before it that held on that day."""
    playbook = load_playbooks()[name.partition(".")[0]]
    named = playbook.rule_named(name)
    start = datetime.fromisoformat(at).replace(tzinfo=playbook.zone)
    rule = named and playbook.rule_in_force(named, start.date())
    assert rule is not None, f"{name} was not in force on {start.date()}"
    calendar = work_calendar(playbook.calendar)
    return compute(rule, playbook=playbook, at=start, facts=facts, calendar=calendar, events=events)


def happened_with(channel: str, kind: str, at: str = "2026-09-24 10:00", **facts: Any) -> Event:
    """A milestone that belongs to a shipped channel; the body behind it comes with it."""
    body = _channels()[channel].body
    return Event("milestone", kind, shanghai(at), facts=facts, channel=channel, body=body)


def contact_with(channel: str, outcome: str, at: str = "2026-09-24 09:00") -> Event:
    """A contact on a shipped channel; the body behind it comes with it."""
    body = _channels()[channel].body
    return Event("contact", channel, shanghai(at), outcome=outcome, channel=channel, body=body)


def _channels() -> dict[str, Channel]:
    return {key: channel for one in load_playbooks().values() for key, channel in one.channels.items()}
