"""What happened in a case that stops a clock, lets it run again or starts it anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter

from cases.rules.deadline_rules import DeadlineRule, PausedBy
from cases.rules.events import Event
from cases.rules.spans import Pause


def restart_of(rule: DeadlineRule, events: Iterable[Event], start: datetime) -> datetime | None:
    """The last moment later than `start` from which the rule is counted anew; None when there is none."""
    return max(
        (
            event.at
            for event in events
            if event.at > start and any(pattern.matches(event) for pattern in rule.restarted_by)
        ),
        default=None,
    )


def pauses_of(
    rule: DeadlineRule, events: Sequence[Event], start: datetime
) -> tuple[tuple[Pause, ...], Pause | None]:
    """The pauses after `start` that are over, in order and apart from each other, and the one still on.

    Moments are in the zone of `start`, in which days are told apart.
    """
    if not rule.pauses:
        return (), None
    in_order = sorted((event for event in events if event.at >= start), key=attrgetter("at"))
    found = [pause for paused_by in rule.pauses for pause in _pauses_by(paused_by, in_order, start)]
    running = min((pause for pause in found if pause.until is None), key=attrgetter("since"), default=None)
    over = (pause for pause in found if pause.until is not None)
    return tuple(_apart(sorted(over, key=attrgetter("since")))), running


def _pauses_by(paused_by: PausedBy, in_order: Sequence[Event], start: datetime) -> list[Pause]:
    pauses: list[Pause] = []
    since: datetime | None = None
    for event in in_order:
        at = event.at.astimezone(start.tzinfo)
        if since is None and paused_by.begins.matches(event):
            since = at
        elif since is not None and paused_by.ends.matches(event):
            pauses.append(Pause(since, at, paused_by.from_first_day))
            since = None
    return [*pauses, Pause(since, None, paused_by.from_first_day)] if since is not None else pauses


def _apart(pauses: Iterable[Pause]) -> list[Pause]:
    """Pauses that overlap made one, so that no day and no hour is left out twice."""
    joined: list[Pause] = []
    for pause in pauses:
        before = joined[-1] if joined else None
        if before and before.until and pause.until and pause.since <= before.until:
            until = max(before.until, pause.until)
            joined[-1] = Pause(before.since, until, before.from_first_day)
        else:
            joined.append(pause)
    return joined
