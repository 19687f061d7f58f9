"""What a user's own cases measured: answer times, promises, money, ends. Reads only, never writes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, Q

from cases.models import (
    Case,
    ContactAttempt,
    ContactOutcome,
    Direction,
    Milestone,
    MilestoneKind,
    Outcome,
    Status,
)
from cases.rules.channels import Channel
from cases.rules.spread import Spread, spread_of
from cases.services import playbooks
from tracker.accounts.models import User

# Fewer than this say nothing; the screen says so instead of drawing them.
ENOUGH = 5
ANSWERS = frozenset(
    {ContactOutcome.ANSWERED, ContactOutcome.PROMISED, ContactOutcome.REFUSED, ContactOutcome.SOLVED}
)
RECOVERED = frozenset({Outcome.SOLVED, Outcome.PARTLY_SOLVED})


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
class MerchantPromises:
    merchant: str
    kept: int
    broken: int

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
    """How closed cases ended; by key, on which channel the last contact of those was that got something
    (`names` has the channels); and how long they took, from opening to closing.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    names: dict[str, Channel] = field(default_factory=dict)
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
    """Channels by tries, merchants by promises, currencies by name."""

    channels: list[ChannelMeasure]
    promises: list[MerchantPromises]
    money: list[Money]
    ends: Ends


def insights_of(user: User) -> Insights:
    """From the cases that the user sees, by three queries."""
    threads = _threads(user)
    closed = list(Case.objects.visible_to(user).filter(status=Status.CLOSED, is_example=False))
    return Insights(_channels(threads), _promises(user), _money(closed), _ends(closed, threads))


def _channels(threads: dict[tuple[int, str], list[ContactAttempt]]) -> list[ChannelMeasure]:
    """A wait runs from the first try on a channel that nobody had answered yet to the answer there: to
    the end of the contact that brought it where that is known, else to its start when it came later.
    """
    measures: dict[tuple[str, str], ChannelMeasure] = {}
    for contacts in threads.values():
        first = contacts[0]
        channel = playbooks.channels_of(first.case).get(first.channel)
        if channel is None:
            continue
        # A platform's channels have plain keys, all others name their playbook themselves.
        key = channel.key.partition(".")[0] if "." in channel.key else first.case.playbook
        measure = measures.setdefault((key, channel.key), ChannelMeasure(key, channel))
        _measure(measure, contacts)
    return sorted(measures.values(), key=lambda one: (-one.tries, one.channel.key))


def _promises(user: User) -> list[MerchantPromises]:
    rows = (
        Milestone.objects.filter(case__in=Case.objects.visible_to(user).filter(is_example=False))
        .exclude(case__merchant="")
        .values("case__merchant")
        .annotate(
            kept=Count("pk", filter=Q(kind=MilestoneKind.PROMISE_KEPT)),
            broken=Count("pk", filter=Q(kind=MilestoneKind.PROMISE_BROKEN)),
        )
        .filter(Q(kept__gt=0) | Q(broken__gt=0))
    )
    found = [MerchantPromises(row["case__merchant"], row["kept"], row["broken"]) for row in rows]
    return sorted(found, key=lambda one: (-one.total, one.merchant))


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
        if channel is not None and case.outcome in RECOVERED:
            ends.channels[channel.key] += 1
            ends.names[channel.key] = channel
    return ends


def _threads(user: User) -> dict[tuple[int, str], list[ContactAttempt]]:
    """The contacts of each case and channel, oldest first."""
    rows = (
        ContactAttempt.objects.filter(case__in=Case.objects.visible_to(user).filter(is_example=False))
        .select_related("case")
        .only(
            "case__playbook",
            "case__also_playbooks",
            "channel",
            "direction",
            "outcome",
            "started_at",
            "ended_at",
        )
        .order_by("started_at", "pk")
    )
    threads: dict[tuple[int, str], list[ContactAttempt]] = defaultdict(list)
    for contact in rows:
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
