"""Which promises nobody has told the end of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A promise of one case, by the number of the contact in which it was made."""

    contact: int
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """That a promise was kept or broken: of one contact; else on a channel, or, where it is empty, on any."""

    contact: int | None
    channel: str
    at: datetime


def unsettled(made: Sequence[Made], told: Sequence[Told]) -> frozenset[int]:
    """The contacts whose promise has no end yet.

    What names no contact settles the last promise before it that has none, as in the case file.
    """
    settled = {one.contact for one in told if one.contact is not None}
    before = sorted(made, key=lambda one: (one.at, one.contact))
    for one in sorted((one for one in told if one.contact is None), key=lambda one: one.at):
        meant = [
            promise.contact
            for promise in before
            if promise.contact not in settled
            and promise.at <= one.at
            and one.channel in ("", promise.channel)
        ]
        settled.update(meant[-1:])
    return frozenset(promise.contact for promise in made) - settled
