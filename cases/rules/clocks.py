"""The ways in which a deadline may be counted. A new way is one class here and one branch in reckoning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cases.rules.hours import OpeningHours

Unit = Literal["minutes", "hours", "desk_hours", "days", "workdays", "weeks", "months", "years"]
Roll = Literal["none", "statutory", "next_workday"]
UNITS_OF_TIME = ("minutes", "hours", "desk_hours", "days", "workdays", "weeks", "months", "years")
# Counted by the clock; all others by whole days, which end at midnight.
UNITS_BY_THE_CLOCK = frozenset({"minutes", "hours", "desk_hours"})
ROLLS = ("none", "statutory", "next_workday")


@dataclass(frozen=True, slots=True)
class Span:
    """So many units after the start; with `at_most`, a window from `amount` to that many.

    `plus` names a fact, a whole number, that is added to both ends; `origin` names a fact, a moment,
    from which it is counted instead. `to_end_of_day` makes minutes and hours a window up to the end
    of that day. `roll` says where a last day goes that is a day off.
    """

    amount: int
    unit: Unit
    at_most: int | None = None
    plus: str = ""
    origin: str = ""
    include_first_day: bool = False
    roll: Roll = "none"
    desk_hours: OpeningHours | None = None
    to_end_of_day: bool = False

    @property
    def in_days(self) -> bool:
        return self.unit not in UNITS_BY_THE_CLOCK

    @property
    def needs_calendar(self) -> bool:
        """Whether workdays or days off matter to it."""
        return self.unit == "workdays" or self.roll != "none"


@dataclass(frozen=True, slots=True)
class AtOnce:
    """Due when it starts."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Due at a moment that is known as a fact, such as a promised time."""

    fact: str


@dataclass(frozen=True, slots=True)
class Countdown:
    """Due when a countdown runs out that somebody read off a screen: so long after the start."""

    fact: str


@dataclass(frozen=True, slots=True)
class LastCall:
    """The last moment to dial that leaves time to wait; after it, the channel's next opening."""

    channel: str


@dataclass(frozen=True, slots=True)
class NextHours:
    """Within the channel's present or next opening hours, up to the last moment to dial."""

    channel: str


Clock = Span | AtOnce | Moment | Countdown | LastCall | NextHours
