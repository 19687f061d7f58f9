"""Deadlines: what starts one, when it is due and why, and what meets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.rules.calendars import WorkCalendar
from cases.rules.counts import Count, Step, step
from cases.rules.deadline_rules import DeadlineRule
from cases.rules.events import Event
from cases.rules.facts import CannotReckon, MissingFact, UnreadableFact
from cases.rules.pauses import pauses_of, restart_of
from cases.rules.phrases import moment_text
from cases.rules.playbooks import Playbook
from cases.rules.reckoning import reckon
from cases.rules.situations import Situation
from cases.rules.text import Text

__all__ = [
    "CannotReckon",
    "DueDate",
    "MissingFact",
    "Step",
    "UnreadableFact",
    "compute",
    "meets",
    "started_by",
]

STARTED_ANEW = Text("重新起算", "Counted anew from")
STANDS_STILL = Text(
    "自{since}起暂停计时；恢复后日期会顺延，以上是最早的日期。",
    "The clock stands still since {since}: the date moves on when it runs again, and is the "
    "earliest till then.",
)


@dataclass(frozen=True, slots=True)
class DueDate:
    """When a deadline is due, and everything that is to be shown about the reason.

    Moments are in the playbook's zone. `due_on` and `window_from_on` are given when days are
    counted; such a deadline ends with the day. While `is_paused`, its clock stands still and `due_at` is
    the earliest it can be.
    """

    rule: str
    title: Text
    action: Text
    whose: str
    binds: str
    consequence: Text | None
    due_at: datetime
    due_on: date | None
    window_from: datetime | None
    window_from_on: date | None
    in_days: bool
    is_provisional: bool
    is_paused: bool
    steps: tuple[Step, ...]
    source: Mapping[str, Any]
    playbook_edition: str
    calendar_edition: str

    def because(self) -> dict[str, Any]:
        """The reason as JSON, whole: it is shown and printed without looking anything up."""
        return {
            "rule": self.rule,
            "title": self.title.as_json(),
            "action": self.action.as_json(),
            "binds": self.binds,
            **({"consequence": self.consequence.as_json()} if self.consequence else {}),
            "steps": [{"key": step.key, "text": step.text.as_json()} for step in self.steps],
            "source": dict(self.source),
            "playbook_edition": self.playbook_edition,
            "calendar_edition": self.calendar_edition,
        }


def started_by(playbook: Playbook, event: Event, situation: Situation) -> tuple[DeadlineRule, ...]:
    """The rules in force on the day of the event whose clock it starts, in the playbook's order."""
    day = playbook.local(event.at).date()
    return tuple(
        rule
        for rule in playbook.rules.values()
        if rule.is_in_force(day) and any(trigger.fires(event, situation) for trigger in rule.triggers)
    )


def meets(
    rule: DeadlineRule, event: Event, *, since: datetime, contact_id: int | None, started_on: str = ""
) -> bool:
    """Whether the event meets a deadline that started at `since`.

    `contact_id` names the contact that the deadline belongs to, where there is one, and `started_on` the
    channel of the contact or milestone that started it; a contact never meets its own deadline.
    """
    own = contact_id is not None and event.contact_id == contact_id
    if event.at < since or (own and event.is_contact):
        return False
    return any(
        met.pattern.matches(event)
        and (own or contact_id is None or not met.same_contact)
        and not (met.other_channel and event.on_channel == started_on)
        and not (met.same_channel and event.on_channel != started_on)
        for met in rule.met_by
    )


def compute(
    rule: DeadlineRule,
    *,
    playbook: Playbook,
    at: datetime,
    facts: Mapping[str, Any],
    calendar: WorkCalendar,
    events: Sequence[Event] = (),
) -> DueDate:
    """When the rule's deadline is due if its clock starts at `at` (aware).

    `events` is what happened in the case: some of it may pause the clock or start it anew. Raises
    MissingFact when the rule asks for a fact that is not in `facts`, and UnreadableFact when it makes
    no sense; both are CannotReckon and bear a sentence in both languages.
    """
    if at.tzinfo is None:
        raise ValueError("The start of a deadline needs a time zone.")
    start = playbook.local(at)
    steps = [_start_step("start", rule.counted_from, start, playbook)]
    if (restart := restart_of(rule, events, start)) is not None:
        start = playbook.local(restart)
        steps.append(_start_step("restarted", STARTED_ANEW, start, playbook))
    over, running = pauses_of(rule, events, start)
    reckoned = reckon(Count(rule, playbook, start, facts, calendar, over))
    is_paused = running is not None and running.since <= reckoned.due_at
    steps += reckoned.steps
    if running is not None and is_paused:
        steps.append(step("standing_still", STANDS_STILL, since=moment_text(running.since)))
    notes = (Step("note", note) for note in rule.notes)
    return DueDate(
        rule=f"{playbook.key}.{rule.key}",
        title=rule.title,
        action=rule.action,
        whose=rule.whose,
        binds=rule.binds,
        consequence=rule.consequence,
        due_at=reckoned.due_at,
        due_on=reckoned.due_on,
        window_from=reckoned.window_from,
        window_from_on=reckoned.window_from_on,
        in_days=reckoned.due_on is not None,
        is_provisional=reckoned.is_provisional,
        is_paused=is_paused,
        steps=(*steps, *notes),
        source=rule.citation.as_json(),
        playbook_edition=playbook.edition,
        calendar_edition=calendar.edition,
    )


def _start_step(key: str, what: Text, start: datetime, playbook: Playbook) -> Step:
    text = Text("{what}：{moment}（{zone}）。", "{what}: {moment} ({zone}).")
    return step(key, text, what=what, moment=moment_text(start), zone=playbook.zone_name)
