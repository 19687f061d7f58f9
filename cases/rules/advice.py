"""Which step next: the situations of all playbooks of a case applied to it, at a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cases.rules import bars
from cases.rules.channels import Channel, Figure, Preparation
from cases.rules.openings import can_be_reached
from cases.rules.playbooks import Playbook, SituationRow
from cases.rules.situations import ALWAYS, Condition, Situation
from cases.rules.text import Text

__all__ = ["CONFIRMED", "Advice", "Condition", "Half", "Situation", "advise"]

UNANSWERED = frozenset({"no_answer", "refused"})
# What counts as the other side's word that a matter is in hand; the bot's does not.
CONFIRMED = frozenset({"answered", "promised", "solved"})
# Who may be left aside when only official channels are of use; an authority or a bank never is.
IN_THE_TRADE = frozenset({"seller", "platform", "partner"})


@dataclass(frozen=True, slots=True)
class Half:
    """One channel of a step that several have to confirm; fields as in Advice."""

    channel: Channel
    has_confirmed: bool
    is_open: bool | None
    opens_at: datetime | None
    closes_at: datetime | None
    last_call: datetime | None


@dataclass(frozen=True, slots=True)
class Advice:
    """One step to take: where, what exactly, why, whether it can be taken now, and what it leads to.

    `is_open` is None when nobody knows; `opens_at` is given when it cannot be reached now, and
    `last_call` then belongs to that opening. `missing` is what the step needs and the case lacks,
    `barred` says why the route is closed, `closes` what it would close in its turn once they take the
    matter up. `answer_time` is the usual one, of this kind of merchant where the source tells it
    apart. `together_with` names the channels to use beside it; with `confirm_all` each of them has to
    confirm, `halves` says which has, and `channel` is the one to go to now. `tried` counts all
    attempts, `unanswered` those that led nowhere. `situations` names the rows behind it, the one that
    ranks it first.
    """

    channel: Channel
    playbook: Playbook
    reason: Text
    is_open: bool | None
    opens_at: datetime | None
    closes_at: datetime | None
    last_call: datetime | None
    prepare: tuple[tuple[Preparation, bool], ...]
    tried: int
    together_with: tuple[str, ...]
    action: Text | None = None
    confirm_all: bool = False
    unanswered: int = 0
    situations: tuple[str, ...] = ()
    answer_time: Figure | None = None
    missing: tuple[Preparation, ...] = ()
    closes: tuple[Text, ...] = ()
    barred: tuple[Text, ...] = ()
    halves: tuple[Half, ...] = ()
    rung: int = 0

    @property
    def is_possible(self) -> bool:
        """Whether nothing closes the route and all that it asks for is there."""
        return not self.barred and not self.missing


@dataclass(frozen=True, slots=True)
class _Held:
    """A row that holds, the file it stands in, and what the whole case allows it to use."""

    row: SituationRow
    playbook: Playbook
    number: tuple[int, int]
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """A channel's place in the ranking: the row that brought it in, and how it sorts."""

    channel: str
    held: _Held
    position: tuple[int, ...]


@dataclass(slots=True)
class _Step:
    """A place that ranks, and the rows that say the same."""

    place: _Place
    rows: list[SituationRow] = field(default_factory=list)

    def takes_in(self, place: _Place) -> bool:
        """Whether the place is this step over again: the same channel, and nothing else to do there."""
        lead, row = self.place.held.row, place.held.row
        same_channel = place.channel == self.place.channel
        if lead.confirm_all:
            same_channel = place.channel in self.place.held.channels
        return same_channel and row.action in (None, lead.action)


@dataclass(frozen=True, slots=True)
class _Case:
    """All that the ranking looks at."""

    playbooks: Sequence[Playbook]
    situation: Situation
    at: datetime
    channels: Mapping[str, Channel]
    closed: Mapping[str, tuple[Text, ...]]

    def missing(self, key: str) -> tuple[Preparation, ...]:
        """What the channel asks for and the case lacks; once they have a complaint it was given."""
        if any(event.name in bars.TAKES_IT_UP and event.channel == key for event in self.situation.events):
            return ()
        return tuple(
            item
            for item in self.channels[key].prepare
            if item.is_required and item.key not in self.situation.has
        )


def advise(playbooks: Sequence[Playbook], situation: Situation, *, at: datetime) -> tuple[Advice, ...]:
    """The steps to take, best first; the same situation at the same moment gives the same answer.

    `playbooks` are those of the case, the platform's own first; `at` is aware. The order, told at
    length in docs/advice.md: the highest rung of the ladder; before a step that lacks something, the
    one that brings it; then the playbooks and their rows in order. On its rung a channel that was tried
    without an answer sinks below those not tried yet, unless every channel has to confirm. Routes that
    are closed come last.
    """
    channels = {key: channel for playbook in playbooks for key, channel in playbook.channels.items()}
    case = _Case(playbooks, situation, at, channels, bars.why_closed(playbooks, situation))
    rows = _rows_that_hold(case)
    brought = _rungs_of_what_is_missing(rows, case)
    steps: list[_Step] = []
    for place in sorted((one for held in rows for one in _places_of(held, case, brought)), key=_position):
        step = next((step for step in steps if step.takes_in(place)), None)
        if step is None:
            step = _Step(place)
            steps.append(step)
        if place.held.row not in step.rows:
            step.rows.append(place.held.row)
    return tuple(_advice(step, case) for step in steps)


def _position(place: _Place) -> tuple[int, ...]:
    return place.position


def _rows_that_hold(case: _Case) -> list[_Held]:
    found = [
        (row, playbook, (file, number))
        for file, playbook in enumerate(case.playbooks)
        for number, row in enumerate(playbook.situations)
        if row.when.holds(case.situation)
    ]
    official_only = any(row.official_only for row, _playbook, _number in found)
    held = []
    for row, playbook, number in found:
        only = official_only and playbook.kind == "platform"
        used = tuple(key for key in row.channels if not only or _is_of_use(playbook.channels[key]))
        if row.confirm_all and all(_has_confirmed(key, case.situation) for key in used):
            used = ()
        held.append(_Held(row, playbook, number, used))
    return held


def _is_of_use(channel: Channel) -> bool:
    return channel.is_official or channel.body not in IN_THE_TRADE


def _rungs_of_what_is_missing(rows: Sequence[_Held], case: _Case) -> Mapping[str, int]:
    """For what an open route asks for and the case lacks: the highest rung that waits for it."""
    rungs: dict[str, int] = {}
    for held in rows:
        for key in held.channels:
            for item in case.missing(key) if key not in case.closed else ():
                rungs[item.key] = max(held.row.rung, rungs.get(item.key, 0))
    return rungs


def _places_of(held: _Held, case: _Case, brought: Mapping[str, int]) -> list[_Place]:
    """Where the row's channels rank; a row that all have to confirm has one place."""
    row = held.row
    # A row for whoever lacks something brings it: it goes before the step that waits for it.
    waiting = max((brought.get(key, 0) for key in row.when.lacks), default=0)
    brings = 0 < waiting >= row.rung
    places = []
    for order, key in enumerate(held.channels):
        unanswered = _unanswered(key, case.situation)
        out_of_reach = row.open_first and not can_be_reached(case.channels[key], case.at)
        sunk = 0 if row.confirm_all else unanswered
        position = (
            int(key in case.closed),
            -max(row.rung, waiting),
            int(not brings),
            sunk,
            *held.number,
            int(out_of_reach),
            unanswered * 100 + order,
        )
        places.append(_Place(key, held, position))
    if row.confirm_all and places:
        return [_half_to_go_to(places, case)]
    return places


def _half_to_go_to(places: list[_Place], case: _Case) -> _Place:
    """The first half that has not confirmed and can be reached now, else the first that has not."""
    asked = [place for place in places if not _has_confirmed(place.channel, case.situation)]
    open_now = [place for place in asked if can_be_reached(case.channels[place.channel], case.at)]
    return next(iter(open_now or asked))


def _advice(step: _Step, case: _Case) -> Advice:
    lead, key = step.place.held, step.place.channel
    channel = case.channels[key]
    names = {name: known.name for name, known in case.channels.items()}
    half = _half(key, case)
    behind = _rows_behind(step)
    together = lead.row.confirm_all or lead.row.side_by_side
    return Advice(
        channel=channel,
        playbook=lead.playbook,
        action=lead.row.action,
        reason=Text.joined(row.reason for row in behind),
        is_open=half.is_open,
        opens_at=half.opens_at,
        closes_at=half.closes_at,
        last_call=half.last_call,
        prepare=tuple((item, item.key in case.situation.has) for item in channel.prepare),
        missing=case.missing(key),
        closes=bars.would_close(
            channel, case.playbooks, names=names, closed=case.closed.keys() | bars.in_hand(case.situation)
        ),
        barred=case.closed.get(key, ()),
        tried=sum(contact.name == key for contact in case.situation.contacts),
        unanswered=_unanswered(key, case.situation),
        together_with=tuple(other for other in lead.channels if other != key) if together else (),
        confirm_all=lead.row.confirm_all,
        halves=tuple(_half(one, case) for one in lead.channels) if lead.row.confirm_all else (),
        situations=tuple(row.key for row in behind),
        answer_time=channel.answer_time(case.situation.merchant_kind),
        rung=lead.row.rung,
    )


def _rows_behind(step: _Step) -> list[SituationRow]:
    """The rows whose reason is told: those of the step's own rung, and what limits the whole case.

    What always applies is a fallback: it speaks only when no other row named the channel.
    """
    lead = step.place.held.row
    told = [row for row in step.rows if row.rung == lead.rung or row.official_only]
    return [row for row in told if row.when != ALWAYS] or [lead]


def _half(key: str, case: _Case) -> Half:
    """How the channel can be reached; what is open but too late is spoken of as it next opens."""
    channel, hours = case.channels[key], case.channels[key].hours
    opens_at = None if can_be_reached(channel, case.at) else hours.opens_at(case.at)
    return Half(
        channel=channel,
        has_confirmed=_has_confirmed(key, case.situation),
        is_open=hours.is_open(case.at),
        opens_at=opens_at,
        closes_at=hours.closes_at(case.at),
        last_call=hours.last_call(opens_at or case.at, wait=channel.usual_wait, margin=channel.margin),
    )


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
