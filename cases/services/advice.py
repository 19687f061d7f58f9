"""Says what to do next in a case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Value

from cases.models import (
    Case,
    ContactAttempt,
    ContactOutcome,
    Deadline,
    Exhibit,
    Milestone,
    MilestoneKind,
    OrderNumber,
    OrderNumberKind,
)
from cases.rules.advice import CONFIRMED, Advice, advise
from cases.rules.events import Event
from cases.rules.playbooks import Playbook
from cases.rules.situations import Situation
from cases.services import events
from cases.services.playbooks import playbook_of, playbooks_of

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
# In these the other side has taken a stand that can be shown to the next one up.
ANSWERS = frozenset(
    {
        ContactOutcome.ANSWERED,
        ContactOutcome.PROMISED,
        ContactOutcome.REFUSED,
        MilestoneKind.REQUEST_REFUSED,
        MilestoneKind.PARTNER_DECIDED,
        MilestoneKind.COMPLAINT_REFUSED,
        MilestoneKind.DECISION_RECEIVED,
    }
)
READY_BY_NUMBER = {
    OrderNumberKind.ORDER: "order_number",
    OrderNumberKind.PAYMENT: "proof_of_payment",
    OrderNumberKind.PARCEL: "tracking_number",
}
SCREENSHOTS = "screenshots"
READY_BY_FIELD = ("problem_statement", "demand", "merchant_address")


@dataclass(frozen=True, slots=True)
class Loaded:
    """All rows of a case that advice looks at, where a screen shows them anyway.

    `numbers` are the kinds of its order numbers. `received` says by the contact's key when its exhibits came
    in; without it, `contacts` have them prefetched.
    """

    deadlines: Collection[Deadline]
    contacts: Collection[ContactAttempt]
    milestones: Collection[Milestone]
    numbers: Collection[str]
    has_exhibits: bool
    received: Mapping[int, Collection[datetime]] | None = None


def advice_for(
    case: Case,
    at: datetime,
    *,
    deadlines: Iterable[Deadline] | None = None,
    loaded: Loaded | None = None,
) -> tuple[Advice, ...]:
    """Which step next, best first; empty for a closed case or one whose platform is not known any more.

    Five queries at most; one less where the case's `deadlines` are at hand, none where all is `loaded`.
    """
    if case.is_closed or playbook_of(case) is None:
        return ()
    if loaded is None:
        situation = situation_of(case, at=at, deadlines=deadlines)
    else:
        happened = events.of_rows(case, loaded.contacts, loaded.milestones, loaded.received)
        shown = {*loaded.numbers, SCREENSHOTS} if loaded.has_exhibits else set(loaded.numbers)
        situation = replace(
            _without_preparations(case, happened, _missed_in(case, loaded.deadlines, at)),
            has=frozenset(_held_by(case, happened, shown)),
        )
    return advise(playbooks_of(case), situation, at=at)


def next_channels(playbooks: Sequence[Playbook], situation: Situation, *, at: datetime) -> tuple[str, ...]:
    """The channels of the next step alone: the best one, those to use beside it, and the one that
    would be best if it were not closed just now. Empty when the last contact solved the matter.
    """
    advised = [one for one in advise(playbooks, situation, at=at) if not one.barred]
    if not advised or situation.last_outcome == ContactOutcome.SOLVED:
        return ()
    best = advised[0]
    rows = [row for row in best.playbook.situations if row.key in best.situations and row.open_first]
    closed = {row.channels[0] for row in rows}
    waiting = [one.channel.key for one in advised[1:] if one.channel.key in closed and not one.unanswered]
    wanted = dict.fromkeys((best.channel.key, *best.together_with, *waiting))
    return tuple(key for key in wanted if not _is_in_hand(key, situation))


def is_setback(event: Event) -> bool:
    """Whether the event takes back what had been reached."""
    return event.outcome in SETBACKS or event.name in SETBACKS


def situation_of(
    case: Case,
    *,
    at: datetime | None = None,
    deadlines: Iterable[Deadline] | None = None,
    with_preparations: bool = True,
) -> Situation:
    """The case as the rules see it, from what is stored now.

    `at` is the moment at which a deadline is overdue; without it none is. `deadlines` are those of the
    case where they are loaded already. What it `has` ready may be left out, by `with_preparations`:
    clocks do without it.
    """
    missed = _missed_in(case, deadlines, at) if at is not None else frozenset()
    situation = _without_preparations(case, events.of(case), missed)
    return with_what_is_ready(situation, case) if with_preparations else situation


def _without_preparations(case: Case, happened: tuple[Event, ...], missed: frozenset[str]) -> Situation:
    return Situation(
        problem_kind=case.problem_kind,
        risk=case.risk,
        urgency=case.urgency,
        complexity=case.complexity,
        during_big_sale=case.during_big_sale,
        partner_platform=case.partner_platform,
        money_in_dispute=bool(case.amount),
        events=happened,
        merchant_kind=case.merchant_kind,
        payment_method=case.payment_method,
        missed=missed,
    )


def with_what_is_ready(
    situation: Situation,
    case: Case,
    *,
    at: datetime | None = None,
    deadlines: Iterable[Deadline] | None = None,
) -> Situation:
    """The situation with what the case `has` to show and, given `at`, with what was `missed` by then."""
    missed = _missed_in(case, deadlines, at) if at is not None else situation.missed
    has = frozenset(_held_by(case, situation.events, _shown_by(case)))
    return replace(situation, has=has, missed=missed)


def _shown_by(case: Case) -> set[str]:
    """The kinds of its numbers, and SCREENSHOTS where there is any exhibit; one query."""
    numbers = OrderNumber.objects.filter(order__case=case).order_by().values_list("kind")
    exhibits = Exhibit.objects.filter(case=case).order_by().values_list(Value(SCREENSHOTS))
    return {kind for (kind,) in numbers.union(exhibits)}


def _held_by(case: Case, happened: tuple[Event, ...], held: set[str]) -> Iterator[str]:
    yield from (key for kind, key in READY_BY_NUMBER.items() if kind in held)
    yield from (field for field in READY_BY_FIELD if getattr(case, field).strip())
    if case.merchant.strip():
        yield "merchant_name"
    if SCREENSHOTS in held:
        yield SCREENSHOTS
    if any(event.outcome in ANSWERS or event.name in ANSWERS for event in happened):
        yield "their_answer"


def _missed_in(case: Case, deadlines: Iterable[Deadline] | None, at: datetime) -> frozenset[str]:
    """The rules of which a deadline is open and overdue; a clock that stands still is not."""
    rows = Deadline.objects.open().filter(case=case, due_at__lt=at) if deadlines is None else deadlines
    return frozenset(row.rule for row in rows if row.is_open and row.due_at < at and not row.is_paused)


def _is_in_hand(channel: str, situation: Situation) -> bool:
    """Whether the channel gave its word, and nothing has gone wrong since: then it is not asked again."""
    word = max(
        (one.at for one in situation.contacts if one.name == channel and one.outcome in CONFIRMED),
        default=None,
    )
    return word is not None and not any(one.at > word and is_setback(one) for one in situation.events)
