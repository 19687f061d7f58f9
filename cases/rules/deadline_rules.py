"""Deadline rules as data: what starts a clock, how it is counted, what stops it, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from cases.rules.clocks import Clock, Span
from cases.rules.events import Event, EventPattern
from cases.rules.situations import ALWAYS, Condition, Situation
from cases.rules.sources import Citation
from cases.rules.text import Text

CONSUMER = "consumer"
# Whom a rule may bind.
BINDS = (
    CONSUMER,
    "seller",
    "platform",
    "partner",
    "carrier",
    "telecom",
    "payment",
    "authority",
    "consumer_association",
    "court",
)


@dataclass(frozen=True, slots=True)
class Input:
    """Something a rule asks for; `default` None means that it must be told."""

    key: str
    kind: Literal["whole_number", "moment", "choice", "countdown"]
    question: Text
    default: str | None = None
    choices: tuple[tuple[str, Text], ...] = ()
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Trigger:
    """Starts a deadline: an event, the situation it must happen in, and whether only the first counts."""

    pattern: EventPattern
    when: Condition = ALWAYS
    once_per_case: bool = False

    def fires(self, event: Event, situation: Situation) -> bool:
        if not self.pattern.matches(event) or not self.when.holds(situation):
            return False
        return not self.once_per_case or not any(
            self.pattern.matches(other) and (other.name, other.at) != (event.name, event.at)
            for other in situation.events
        )


@dataclass(frozen=True, slots=True)
class MetBy:
    """Meets a deadline: an event, of the same contact, or on the same or another channel than the start."""

    pattern: EventPattern
    same_contact: bool = False
    other_channel: bool = False
    same_channel: bool = False


@dataclass(frozen=True, slots=True)
class PausedBy:
    """Time that does not count: from the first event to the second.

    The days after the one on which it begins do not count, up to and with the one on which it ends;
    `from_first_day` leaves the first day out as well.
    """

    begins: EventPattern
    ends: EventPattern
    from_first_day: bool = False


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """What starts a deadline, how it is counted, what meets it, and who says so.

    `binds` names who must act (BINDS). `supersedes` is the key of the rule that held before
    `effective_from`.
    """

    key: str
    title: Text
    action: Text
    binds: str
    counted_from: Text
    triggers: tuple[Trigger, ...]
    met_by: tuple[MetBy, ...]
    clock: Clock
    inputs: tuple[Input, ...]
    notes: tuple[Text, ...]
    citation: Citation
    effective_from: date | None = None
    effective_to: date | None = None
    supersedes: str = ""
    consequence: Text | None = None
    pauses: tuple[PausedBy, ...] = ()
    restarted_by: tuple[EventPattern, ...] = ()

    @property
    def whose(self) -> Literal["mine", "theirs"]:
        """Mine: the consumer loses something by missing it. Theirs: somebody owes it by then."""
        return "mine" if self.binds == CONSUMER else "theirs"

    def is_in_force(self, day: date) -> bool:
        """Whether the rule applies on that day of the playbook's zone; both ends are included."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )

    @property
    def needs_calendar(self) -> bool:
        """Whether counting it asks a workday calendar."""
        return isinstance(self.clock, Span) and self.clock.needs_calendar

    def input(self, key: str) -> Input:
        return next(asked for asked in self.inputs if asked.key == key)
