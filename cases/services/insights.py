"""What a user's own cases measured: answer times, promises, money, ends. Reads only, never writes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from cases.models import (
    Case,
    ContactAttempt,
    ContactOutcome,
    Direction,
    Milestone,
    MilestoneKind,
    Outcome,
)
from cases.models.case import CaseQuerySet
from cases.rules.channels import Channel
from cases.rules.promises import Made, Told, unsettled
from cases.rules.spread import Spread, spread_of
from cases.services import playbooks
from tracker.accounts.models import User

# Fewer than this say nothing; the screen says so instead of drawing them.
ENOUGH = 5
ANSWERS = frozenset(
    {ContactOutcome.ANSWERED, ContactOutcome.PROMISED, ContactOutcome.REFUSED, ContactOutcome.SOLVED}
)
RECOVERED = frozenset({Outcome.SOLVED, Outcome.PARTLY_SOLVED})
# How long ago a case was opened at most, by what the address says; without it, ever.
SPANS = {"month": timedelta(days=30), "quarter": timedelta(days=90), "year": timedelta(days=365)}
Place = tuple[str, str]  # the keys of a playbook and of a channel in it
NOWHERE: Place = ("", "")


@dataclass(slots=True)
class ChannelMeasure:
    """One channel as this user met it. `waits` are the times from a try to the answer; `unanswered` counts
    those who still wait for one: their time is not known, and so not among the waits.
    """

    playbook: str
    channel: Channel
    tries: int = 0
    answered: int = 0
    unanswered: int = 0
    waits: list[timedelta] = field(default_factory=list)

    @property
    def is_enough(self) -> bool:
        return len(self.waits) >= ENOUGH

    @property
    def spread(self) -> Spread | None:
        return spread_of(self.waits)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases to measure: opened within `span`, of one platform; empty is every. `unknown` is whether
    something in the address was not known and was left out.
    """

    span: str = ""
    playbook: str = ""
    unknown: bool = False

    @property
    def is_narrow(self) -> bool:
        return bool(self.span or self.playbook)


@dataclass(slots=True)
class MerchantPromises:
    """`open` is what nobody has told the end of, in cases that go on; `total` what is settled."""

    merchant: str
    kept: int = 0
    broken: int = 0
    open: int = 0

    @property
    def total(self) -> int:
        return self.kept + self.broken

    @property
    def is_enough(self) -> bool:
        return self.total >= ENOUGH


@dataclass(slots=True)
class Money:
    """Sums of closed cases in one currency; currencies are never added up."""

    currency: str
    cases: int = 0
    asked: Decimal = Decimal(0)
    recovered: Decimal = Decimal(0)

    @property
    def is_enough(self) -> bool:
        return self.cases >= ENOUGH


@dataclass(slots=True)
class Ends:
    """How closed cases ended; on which channel of which playbook their last contact was (`names` has the
    channels, NOWHERE is none), and how many of those got something; how long they took until closing.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    channels: Counter[Place] = field(default_factory=Counter)
    recovered: Counter[Place] = field(default_factory=Counter)
    names: dict[Place, Channel] = field(default_factory=dict)
    took: list[timedelta] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.outcomes.total()

    @property
    def is_enough(self) -> bool:
        return self.total >= ENOUGH

    @property
    def spread(self) -> Spread | None:
        return spread_of(self.took)


@dataclass(frozen=True, slots=True)
class Insights:
    """Channels by tries, merchants by promises, currencies by name. `playbooks` are those of all cases that
    the user sees, `count` is how many were asked for.
    """

    asked: Asked
    playbooks: frozenset[str]
    count: int
    channels: list[ChannelMeasure]
    promises: list[MerchantPromises]
    money: list[Money]
    ends: Ends


def insights_of(user: User, *, query: Mapping[str, str], at: datetime) -> Insights:
    """From the cases that the user sees and `query` (span, playbook) asks for, by four queries, and one more
    for each playbook of one's own that they name.
    """
    visible = Case.objects.visible_to(user).filter(is_example=False)
    keys = frozenset(visible.order_by().values_list("playbook", flat=True).distinct())
    asked = _read(query, keys)
    narrowed = _narrowed(visible, asked, at)
    cases = {case.pk: case for case in narrowed}
    playbooks.share_playbooks(cases.values())
    threads = _threads(narrowed, cases)
    closed = [case for case in cases.values() if case.is_closed]
    return Insights(
        asked=asked,
        playbooks=keys,
        count=len(cases),
        channels=_channels(threads),
        promises=_promises(narrowed, cases, threads),
        money=_money(closed),
        ends=_ends(closed, threads),
    )


def _read(query: Mapping[str, str], keys: frozenset[str]) -> Asked:
    span, playbook = query.get("span", ""), query.get("playbook", "")
    known = Asked(span if span in SPANS else "", playbook if playbook in keys else "")
    return Asked(known.span, known.playbook, unknown=(known.span, known.playbook) != (span, playbook))


def _narrowed(cases: CaseQuerySet, asked: Asked, at: datetime) -> CaseQuerySet:
    if asked.span:
        cases = cases.filter(created_at__gte=at - SPANS[asked.span])
    return cases.filter(playbook=asked.playbook) if asked.playbook else cases


def _channels(threads: dict[tuple[int, str], list[ContactAttempt]]) -> list[ChannelMeasure]:
    """A wait runs from the first try on a channel that nobody had answered yet to the answer there: to
    the end of the contact that brought it where that is known, else to its start when it came later.
    """
    measures: dict[Place, ChannelMeasure] = {}
    for contacts in threads.values():
        first = contacts[0]
        channel = playbooks.channels_of(first.case).get(first.channel)
        if channel is None:
            continue
        place = _place(first.case, channel)
        measure = measures.setdefault(place, ChannelMeasure(place[0], channel))
        _measure(measure, contacts)
    return sorted(measures.values(), key=lambda one: (-one.tries, one.channel.key))


def _promises(
    narrowed: CaseQuerySet, cases: Mapping[int, Case], threads: dict[tuple[int, str], list[ContactAttempt]]
) -> list[MerchantPromises]:
    told: dict[int, list[Told]] = defaultdict(list)
    found: dict[str, MerchantPromises] = {}
    kinds = (MilestoneKind.PROMISE_KEPT, MilestoneKind.PROMISE_BROKEN)
    rows = Milestone.objects.filter(case__in=narrowed, kind__in=kinds)
    for row in rows.order_by("happened_at", "pk"):
        case = cases.get(row.case_id)
        if case is None or not case.merchant:
            continue
        one = found.setdefault(case.merchant, MerchantPromises(case.merchant))
        one.kept += row.kind == MilestoneKind.PROMISE_KEPT
        one.broken += row.kind == MilestoneKind.PROMISE_BROKEN
        told[case.pk].append(Told(row.contact_id, row.channel, row.happened_at))
    for case_id, made in _made(threads).items():
        case = cases[case_id]
        left = 0 if case.is_closed else len(unsettled(made, told[case_id]))
        if case.merchant and left:
            found.setdefault(case.merchant, MerchantPromises(case.merchant)).open += left
    return sorted(found.values(), key=lambda one: (-one.total, -one.open, one.merchant))


def _made(threads: dict[tuple[int, str], list[ContactAttempt]]) -> dict[int, list[Made]]:
    made: dict[int, list[Made]] = defaultdict(list)
    for (case_id, channel), contacts in threads.items():
        for contact in contacts:
            if contact.outcome == ContactOutcome.PROMISED:
                made[case_id].append(Made(contact.pk, channel, contact.started_at))
    return made


def _money(closed: Iterable[Case]) -> list[Money]:
    sums: dict[str, Money] = {}
    for case in closed:
        if case.amount is not None:
            one = sums.setdefault(case.currency, Money(case.currency))
            one.cases += 1
            one.asked += case.amount
            one.recovered += case.recovered_amount or 0
    return [sums[currency] for currency in sorted(sums)]


def _ends(closed: Iterable[Case], threads: dict[tuple[int, str], list[ContactAttempt]]) -> Ends:
    ends = Ends()
    last: dict[int, ContactAttempt] = {}
    for contacts in threads.values():
        newest = contacts[-1]
        if newest.case_id not in last or newest.started_at > last[newest.case_id].started_at:
            last[newest.case_id] = newest
    for case in closed:
        ends.outcomes[case.outcome] += 1
        if case.closed_at is not None:
            ends.took.append(case.closed_at - case.created_at)
        contact = last.get(case.pk)
        channel = playbooks.channels_of(case).get(contact.channel) if contact else None
        place = _place(case, channel) if channel else NOWHERE
        ends.channels[place] += 1
        ends.recovered[place] += case.outcome in RECOVERED
        if channel:
            ends.names[place] = channel
    return ends


def _place(case: Case, channel: Channel) -> Place:
    """A platform's channels have plain keys, all others name their playbook themselves."""
    return channel.key.partition(".")[0] if "." in channel.key else case.playbook, channel.key


def _threads(
    narrowed: CaseQuerySet, cases: Mapping[int, Case]
) -> dict[tuple[int, str], list[ContactAttempt]]:
    """The contacts of each case and channel, oldest first; each with its case of `cases`."""
    rows = (
        ContactAttempt.objects.filter(case__in=narrowed)
        .only("case_id", "channel", "direction", "outcome", "started_at", "ended_at")
        .order_by("started_at", "pk")
    )
    threads: dict[tuple[int, str], list[ContactAttempt]] = defaultdict(list)
    for contact in rows:
        # A case opened between the two queries is left to the next look.
        if case := cases.get(contact.case_id):
            contact.case = case
            threads[contact.case_id, contact.channel].append(contact)
    return threads


def _measure(measure: ChannelMeasure, contacts: Iterable[ContactAttempt]) -> None:
    asked_at = None
    for contact in contacts:
        if contact.direction == Direction.OUTGOING:
            measure.tries += 1
            asked_at = asked_at or contact.started_at
        if contact.outcome not in ANSWERS:
            continue
        measure.answered += contact.direction == Direction.OUTGOING
        answered_at = contact.ended_at or contact.started_at
        if asked_at is not None and answered_at > asked_at:
            measure.waits.append(answered_at - asked_at)
        asked_at = None
    measure.unanswered += asked_at is not None
