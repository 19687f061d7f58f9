"""Says what to do next in a case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cases.models import Case, ContactOutcome, MilestoneKind, OrderNumberKind
from cases.rules.advice import CONFIRMED, Advice, advise
from cases.rules.events import Event
from cases.rules.playbooks import Playbook
from cases.rules.situations import Situation
from cases.services import events
from cases.services.playbooks import playbook_of

# After these the other side's word counts for nothing: a contact's outcome, a milestone's kind.
SETBACKS = frozenset(
    {
        ContactOutcome.NO_ANSWER,
        ContactOutcome.BOT_ONLY,
        ContactOutcome.REFUSED,
        MilestoneKind.PROMISE_BROKEN,
        MilestoneKind.COMPLAINT_REFUSED,
    }
)


def advice_for(case: Case, at: datetime) -> tuple[Advice, ...]:
    """Which channel next, best first; empty for a closed case or one whose playbook is not shipped."""
    playbook = playbook_of(case)
    if playbook is None or case.is_closed:
        return ()
    return advise(playbook, situation_of(case), at=at)


def next_channels(playbook: Playbook, situation: Situation, *, at: datetime) -> tuple[str, ...]:
    """The channels of the next step alone: the best one, those to use beside it, and the one that
    would be best if it were not closed just now. Empty when the last contact solved the matter.
    """
    advised = advise(playbook, situation, at=at)
    if not advised or situation.last_outcome == ContactOutcome.SOLVED:
        return ()
    best = advised[0]
    closed = {row.channels[0] for row in playbook.situations if row.key in best.situations and row.open_first}
    wanted = {best.channel.key, *best.together_with}
    wanted |= {one.channel.key for one in advised if one.channel.key in closed and not one.unanswered}
    return tuple(
        one.channel.key
        for one in advised
        if one.channel.key in wanted and not _is_in_hand(one.channel.key, situation)
    )


def is_setback(event: Event) -> bool:
    """Whether the event takes back what had been reached."""
    return event.outcome in SETBACKS or event.name in SETBACKS


def situation_of(case: Case, *, with_preparations: bool = True) -> Situation:
    """The case as the rules see it, from what is stored now.

    What it `has` ready ticks preparation lists and nothing else; clocks do without asking for it.
    """
    return Situation(
        problem_kind=case.problem_kind,
        risk=case.risk,
        urgency=case.urgency,
        complexity=case.complexity,
        during_big_sale=case.during_big_sale,
        partner_platform=case.partner_platform,
        money_in_dispute=bool(case.amount),
        events=events.of(case),
        has=frozenset(_held_by(case)) if with_preparations else frozenset(),
        merchant_kind=case.merchant_kind,
    )


def _held_by(case: Case) -> Iterator[str]:
    kinds = set(case.orders.values_list("numbers__kind", flat=True))
    if OrderNumberKind.ORDER in kinds:
        yield "order_number"
    if OrderNumberKind.PAYMENT in kinds:
        yield "proof_of_payment"
    if case.problem_statement:
        yield "problem_statement"
    if case.demand:
        yield "demand"
    if case.exhibits.exists():
        yield "screenshots"


def _is_in_hand(channel: str, situation: Situation) -> bool:
    """Whether the channel gave its word, and nothing has gone wrong since: then it is not asked again."""
    word = max(
        (one.at for one in situation.contacts if one.name == channel and one.outcome in CONFIRMED),
        default=None,
    )
    return word is not None and not any(one.at > word and is_setback(one) for one in situation.events)
