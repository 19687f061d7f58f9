"""Which channel next: the playbook's situations applied to a case, at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cases.rules.playbooks import Channel, Figure, Playbook, Preparation, SituationRow
from cases.rules.situations import ALWAYS, Condition, Situation
from cases.rules.text import Text

__all__ = ["Advice", "Condition", "Situation", "advise"]

UNANSWERED = frozenset({"no_answer", "refused"})
# What counts as the other side's word that a matter is in hand; the bot's does not.
CONFIRMED = frozenset({"answered", "promised", "solved"})


@dataclass(frozen=True, slots=True)
class Advice:
    """One channel to try, why, whether it can be reached, and what to have ready.

    `is_open` is None when nobody knows; `opens_at` is given when it cannot be reached now, and
    `last_call` then belongs to that opening. `answer_time` is the usual one, of this kind of
    merchant where the source tells it apart. `together_with` names the channels to use beside it: with
    `confirm_all` it is done only when each of them has confirmed. `tried` counts all attempts,
    `unanswered` those that led nowhere. `situations` names the rows of the playbook behind it.
    """

    channel: Channel
    reason: Text
    is_open: bool | None
    opens_at: datetime | None
    closes_at: datetime | None
    last_call: datetime | None
    prepare: tuple[tuple[Preparation, bool], ...]
    tried: int
    together_with: tuple[str, ...]
    confirm_all: bool = False
    unanswered: int = 0
    situations: tuple[str, ...] = ()
    answer_time: Figure | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """A channel's place in the ranking: the row that brought it in, and how it sorts."""

    channel: str
    row: SituationRow
    position: tuple[int, int, int, int]


def advise(playbook: Playbook, situation: Situation, *, at: datetime) -> tuple[Advice, ...]:
    """The channels to try, best first; the same situation at the same moment gives the same answer.

    Rows of the playbook come in order of weight. A channel that was tried without an answer sinks
    below those not tried yet; where every channel has to confirm, it stays and the one that has
    confirmed is done. `at` is aware.
    """
    rows = [row for row in playbook.situations if row.when.holds(situation)]
    official_only = any(row.official_only for row in rows)
    places: dict[str, list[_Place]] = {}
    for number, row in enumerate(rows):
        for place in _places_of(row, number, playbook, situation, at):
            if playbook.channels[place.channel].is_official or not official_only:
                places.setdefault(place.channel, []).append(place)
    ranked = sorted(places.values(), key=lambda found: found[0].position)
    return tuple(_advice(found, playbook, situation, at) for found in ranked)


def _places_of(
    row: SituationRow, number: int, playbook: Playbook, situation: Situation, at: datetime
) -> list[_Place]:
    channels = row.channels
    if row.confirm_all:
        channels = tuple(key for key in channels if not _has_confirmed(key, situation))
    places = []
    for order, key in enumerate(channels):
        unanswered = _unanswered(key, situation)
        closed = row.open_first and not _can_be_reached(playbook.channels[key], at)
        # A row that asks for every channel keeps its place; elsewhere an unanswered channel sinks
        # below all others, so that it leads to the next one.
        sunk = 0 if row.confirm_all else unanswered
        places.append(_Place(key, row, (sunk, number, int(closed), unanswered * 100 + order)))
    return places


def _advice(places: list[_Place], playbook: Playbook, situation: Situation, at: datetime) -> Advice:
    """The advice of one channel; the first of its places is the one that ranks it."""
    place = places[0]
    channel = playbook.channels[place.channel]
    # A channel that is open but too late to get through is spoken of as it next opens.
    opens_at = None if _can_be_reached(channel, at) else channel.hours.opens_at(at)
    # What always applies is a fallback: it speaks only when no other row named the channel.
    behind = [found.row for found in places if found.row.when != ALWAYS] or [place.row]
    together = place.row.confirm_all or place.row.side_by_side
    return Advice(
        channel=channel,
        reason=Text.joined(row.reason for row in behind),
        is_open=channel.hours.is_open(at),
        opens_at=opens_at,
        closes_at=channel.hours.closes_at(at),
        last_call=channel.hours.last_call(opens_at or at, wait=channel.usual_wait, margin=channel.margin),
        prepare=tuple((item, item.key in situation.has) for item in channel.prepare),
        tried=sum(contact.name == place.channel for contact in situation.contacts),
        together_with=tuple(key for key in place.row.channels if key != place.channel) if together else (),
        confirm_all=place.row.confirm_all,
        unanswered=_unanswered(place.channel, situation),
        situations=tuple(row.key for row in behind),
        answer_time=channel.answer_time(situation.merchant_kind),
    )


def _can_be_reached(channel: Channel, at: datetime) -> bool:
    """Open, and with time left to get through; what nobody knows counts as reachable."""
    if channel.hours.is_open(at) is False:
        return False
    last = channel.hours.last_call(at, wait=channel.usual_wait, margin=channel.margin)
    return last is None or at <= last


def _unanswered(channel: str, situation: Situation) -> int:
    """How often the channel led nowhere since it last answered."""
    count = 0
    for contact in situation.contacts:
        if contact.name == channel:
            if contact.outcome in CONFIRMED:
                count = 0
            elif contact.outcome in UNANSWERED:
                count += 1
    return count


def _has_confirmed(channel: str, situation: Situation) -> bool:
    return any(contact.name == channel and contact.outcome in CONFIRMED for contact in situation.contacts)
