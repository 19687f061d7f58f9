"""Days, moments and the shipped playbook, as the tests of the rules say them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cases.rules.calendars import china_calendar
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
