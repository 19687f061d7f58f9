"""Deadlines, rows and bars of any shipped playbook, as the tests of single playbooks ask for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from cases.rules.bars import why_closed
from cases.rules.calendars import work_calendar
from cases.rules.deadlines import DueDate, compute, started_by
from cases.rules.events import Event
from cases.rules.playbooks import Playbook, load_playbooks
from cases.rules.situations import Situation


class Vector(NamedTuple):
    """A deadline counted by hand: the rule, when its clock starts, when it is due, and how sure that is."""

    rule: str
    start: str
    due: str
    confidence: str
    facts: dict[str, Any] = {}


def shipped(key: str) -> Playbook:
    return load_playbooks()[key]


def moment(playbook: Playbook, at: str) -> datetime:
    """As in moment(playbook, "2026-03-02 10:00"), in the playbook's zone."""
    return datetime.fromisoformat(at).replace(tzinfo=playbook.zone)


def due(playbook: Playbook, rule: str, start: str, *events: Event, **facts: Any) -> DueDate:
    return compute(
        playbook.rules[rule],
        playbook=playbook,
        at=moment(playbook, start),
        facts=facts,
        calendar=work_calendar(playbook.calendar),
        events=events,
    )


def happened(
    playbook: Playbook, kind: str, at: str = "2026-09-24 10:00", *, channel: str = "", **facts: Any
) -> Event:
    """A milestone; `channel` is the key as the playbook stores it."""
    body = playbook.channels[channel].body if channel in playbook.channels else ""
    return Event("milestone", kind, moment(playbook, at), facts=facts, channel=channel, body=body)


def contacted(
    playbook: Playbook, outcome: str, at: str = "2026-09-24 10:00", *, channel: str, body: str = "seller"
) -> Event:
    return Event("contact", channel, moment(playbook, at), outcome=outcome, body=body)


def taken_up(playbook: Playbook, kind: str, body: str) -> Event:
    """A milestone with somebody outside the playbook, such as an authority."""
    return Event("milestone", kind, moment(playbook, "2026-09-24 10:00"), channel=f"other.{body}", body=body)


def started(playbook: Playbook, event: Event, **situation: Any) -> list[str]:
    found = Situation(**{"events": (event,), **situation})
    return [rule.key for rule in started_by(playbook, event, found)]


def rows(playbook: Playbook, **situation: Any) -> list[str]:
    """The rows that hold and climb the ladder, the highest rung first."""
    found = Situation(**situation)
    holding = [row for row in playbook.situations if row.rung > 10 and row.when.holds(found)]
    return [row.key for row in sorted(holding, key=lambda row: -row.rung)]


def closed(playbook: Playbook, *events: Event) -> set[str]:
    return set(why_closed([playbook], Situation(events=events)))
