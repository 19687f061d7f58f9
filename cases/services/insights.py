"""What a user's own cases measured: answer times, promises, money. Reads only, never writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from statistics import median

from django.db.models import Count, Q, Sum

from cases.models import Case, ContactAttempt, ContactOutcome, Direction, Milestone, MilestoneKind, Status
from cases.rules.channels import Channel
from cases.services import playbooks
from tracker.accounts.models import User

# Fewer than this say nothing; the screen says so instead of drawing them.
ENOUGH = 5
ANSWERS = frozenset(
    {ContactOutcome.ANSWERED, ContactOutcome.PROMISED, ContactOutcome.REFUSED, ContactOutcome.SOLVED}
)


@dataclass(slots=True)
class ChannelMeasure:
    """One channel as this user met it. `waits` are the times from a try to the answer."""

    playbook: str
    channel: Channel
    tries: int = 0
    answered: int = 0
    waits: list[timedelta] = field(default_factory=list)

    @property
    def is_enough(self) -> bool:
        return len(self.waits) >= ENOUGH

    @property
    def median_wait(self) -> timedelta | None:
        return median(self.waits) if self.waits else None  # type: ignore[type-var]


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


@dataclass(frozen=True, slots=True)
class Money:
    """Sums of closed cases in one currency."""

    currency: str
    cases: int
    asked: Decimal
    recovered: Decimal

    @property
    def is_enough(self) -> bool:
        return self.cases >= ENOUGH


def channels_of(user: User) -> list[ChannelMeasure]:
    """Each channel the user tried, the most used first.

    A wait runs from the first try on a channel that nobody had answered yet to the answer there: to
    the end of the contact that brought it where that is known, else to its start when it came later.
    """
    measures: dict[tuple[str, str], ChannelMeasure] = {}
    for contacts in _threads(user).values():
        first = contacts[0]
        channel = playbooks.channels_of(first.case).get(first.channel)
        if channel is None:
            continue
        # A platform's channels have plain keys, all others name their playbook themselves.
        key = channel.key.partition(".")[0] if "." in channel.key else first.case.playbook
        measure = measures.setdefault((key, channel.key), ChannelMeasure(key, channel))
        _measure(measure, contacts)
    return sorted(measures.values(), key=lambda one: (-one.tries, one.channel.key))


def promises_of(user: User) -> list[MerchantPromises]:
    """Promises kept and broken for each named merchant, the most promises first."""
    rows = (
        Milestone.objects.filter(case__in=Case.objects.visible_to(user))
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


def money_of(user: User) -> list[Money]:
    """What closed cases asked for and got back, by currency."""
    rows = (
        Case.objects.visible_to(user)
        .filter(status=Status.CLOSED, amount__isnull=False)
        .values("currency")
        .annotate(cases=Count("pk"), asked=Sum("amount"), recovered=Sum("recovered_amount"))
        .order_by("currency")
    )
    return [
        Money(row["currency"], row["cases"], row["asked"], row["recovered"] or Decimal(0)) for row in rows
    ]


def _threads(user: User) -> dict[tuple[int, str], list[ContactAttempt]]:
    """The contacts of each case and channel, oldest first."""
    rows = (
        ContactAttempt.objects.filter(case__in=Case.objects.visible_to(user))
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
