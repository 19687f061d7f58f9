"""The ways in which a deadline may be counted. A new way is one class here and one branch in reckoning."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Minutes:
    """So many minutes after the start; `to_end_of_day` makes it a window up to the end of that day."""

    minutes: int
    to_end_of_day: bool = False


@dataclass(frozen=True, slots=True)
class AtOnce:
    """Due when it starts."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Due at a moment that is known as a fact, such as a promised time."""

    fact: str


@dataclass(frozen=True, slots=True)
class Workdays:
    """A usual time in workdays (a fact) plus `ask_after` to plus `due_after` more; days end at midnight."""

    fact: str
    ask_after: int
    due_after: int


@dataclass(frozen=True, slots=True)
class LastCall:
    """The last moment to dial that leaves time to wait; after it, the channel's next opening."""

    channel: str


@dataclass(frozen=True, slots=True)
class NextHours:
    """Within the channel's present or next opening hours, up to the last moment to dial."""

    channel: str


Clock = Minutes | AtOnce | Moment | Workdays | LastCall | NextHours
