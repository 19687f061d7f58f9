"""Writes the text to send through a channel, from what is stored of a case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import translation

from cases.models import Case, ContactAttempt, Deadline, Milestone, MilestoneKind, Order, ProblemKind
from cases.models.deadline import Whose
from cases.rules.channels import Channel
from cases.rules.deadline_rules import DeadlineRule
from cases.rules.draft_facts import (
    Amount,
    CitedRule,
    ContactFacts,
    DatedFact,
    DraftFacts,
    Due,
    ExhibitFacts,
    OrderFacts,
)
from cases.rules.drafts import Draft, draft
from cases.rules.playbooks import Playbook
from cases.rules.text import Text
from cases.services.playbooks import channels_of, playbooks_of, rule_of

# A matter of these kinds need not be about an order.
WITHOUT_ORDER = frozenset(
    {ProblemKind.ACCOUNT_FROZEN, ProblemKind.MONEY_ANOMALY, ProblemKind.QUESTION, ProblemKind.OTHER}
)
# Told with the contact they belong to, or of no use to whoever reads the draft.
NOT_TOLD = frozenset({MilestoneKind.PROMISE_KEPT, MilestoneKind.PROMISE_BROKEN, MilestoneKind.COUNTDOWN_SEEN})
# Only what was read in the law's own words, or in several sources that agree, is quoted to others.
QUOTED = frozenset({"V", "V-", "S+", "own"})
# A longer time of the consumer's own, as for going to court or for keeping records, is nobody's business.
SHORT = timedelta(days=60)
# Of these a case has one, whichever playbook speaks of it.
ONE_OF_A_KIND = frozenset({"seller", "platform", "partner"})


def draft_for(*, case: Case, channel: str, language: str, at: datetime) -> Draft | None:
    """The draft for one channel of the case in "zh-hans" or "en"; None for a key that it does not have.

    Nothing is stored: copying a text is no event of the case.
    """
    facts = facts_for(case=case, channel=channel, language=language, at=at)
    return draft(facts) if facts else None


def facts_for(*, case: Case, channel: str, language: str, at: datetime) -> DraftFacts | None:
    """What a draft may say: six queries. None for a channel that the case does not have."""
    playbook = next((one for one in playbooks_of(case) if channel in one.channels), None)
    if playbook is None:
        return None
    chosen = playbook.channels[channel]
    channels = channels_of(case)
    milestones = list(case.milestones.all())
    orders = list(case.orders.prefetch_related("numbers"))
    deadlines = list(_counting(case))
    return DraftFacts(
        language=language,
        at=at,
        zone=playbook.zone,
        zone_name=playbook.zone_name,
        body=chosen.body,
        style=chosen.draft.style,
        max_length=chosen.draft.max_length,
        merchant=case.merchant,
        merchant_address=case.merchant_address,
        partner_platform=case.partner_platform,
        problem_statement=case.problem_statement,
        demand=case.demand,
        amount=_amount(case.amount, case.currency),
        needs_order=case.problem_kind not in WITHOUT_ORDER,
        orders=tuple(_order(order) for order in orders),
        contacts=tuple(_contacts(case, milestones, channels)),
        happened=tuple(_happened(milestones, orders, channels)),
        exhibits=tuple(ExhibitFacts(exhibit.label, exhibit.shows) for exhibit in case.exhibits.all()),
        rules=tuple(_rules(deadlines, at=at)),
        answer_by=_answer_by(_owed_by(chosen, playbook, deadlines, channels), at=at),
    )


def _amount(value: Decimal | None, currency: str) -> Amount | None:
    return None if value is None else Amount(value, currency)


def _order(order: Order) -> OrderFacts:
    return OrderFacts(
        platform=order.platform,
        item=order.item,
        numbers=tuple((number.kind, number.number) for number in order.numbers.all()),
        amount=_amount(order.amount, order.currency),
        paid_at=order.paid_at,
        received_at=order.received_at,
    )


def _contacts(
    case: Case, milestones: Iterable[Milestone], channels: Mapping[str, Channel]
) -> Iterator[ContactFacts]:
    settled = {
        one.contact_id: one.kind == MilestoneKind.PROMISE_KEPT
        for one in milestones
        if one.kind in {MilestoneKind.PROMISE_KEPT, MilestoneKind.PROMISE_BROKEN}
    }
    for contact in case.contacts.all():
        yield ContactFacts(
            at=contact.started_at,
            channel=_name_of(contact.channel, channels),
            outcome=contact.outcome,
            is_incoming=contact.direction == "incoming",
            ticket_number=contact.ticket_number,
            promise=contact.promise,
            promised_by=contact.promised_by,
            is_kept=settled.get(contact.pk),
        )


def _happened(
    milestones: Iterable[Milestone], orders: Iterable[Order], channels: Mapping[str, Channel]
) -> Iterator[DatedFact]:
    """What is not told with an order or a contact already."""
    of_orders = {(MilestoneKind.PAID.value, order.paid_at) for order in orders}
    of_orders |= {(MilestoneKind.GOODS_RECEIVED.value, order.received_at) for order in orders}
    for milestone in milestones:
        if milestone.kind not in NOT_TOLD and (milestone.kind, milestone.happened_at) not in of_orders:
            whom = _name_of(milestone.channel, channels) if milestone.channel else None
            yield DatedFact(milestone.happened_at, _what(milestone), whom, milestone.note)


def _what(milestone: Milestone) -> Text:
    with translation.override("zh-hans"):
        zh_hans = str(milestone.get_kind_display())
    with translation.override("en"):
        return Text(zh_hans, str(milestone.get_kind_display()))


def _name_of(key: str, channels: Mapping[str, Channel]) -> Text:
    return channels[key].name if key in channels else Text(key, key)


def _counting(case: Case) -> Iterator[tuple[Deadline, Playbook, DeadlineRule]]:
    """Every deadline that is open, late ones too, with the rule that counts it."""
    if case.is_closed:
        return
    for deadline in case.deadlines.open().select_related("contact"):
        deadline.case = case
        found = rule_of(deadline)
        if found is not None:
            yield deadline, *found


def _rules(
    deadlines: Iterable[tuple[Deadline, Playbook, DeadlineRule]], *, at: datetime
) -> Iterator[CitedRule]:
    """The rules of law that the case counts by, each place once, by the date."""
    told: set[tuple[str, str]] = set()
    for deadline, playbook, rule in deadlines:
        is_missed = deadline.is_missed(at)
        place = (rule.citation.source.key, rule.citation.article.en)
        if playbook.kind != "law" or place in told or rule.citation.confidence not in QUOTED:
            continue
        if deadline.whose == Whose.MINE and (is_missed or deadline.due_at - deadline.triggered_at > SHORT):
            continue
        told.add(place)
        yield CitedRule(
            source=rule.citation.source.title,
            article=rule.citation.article,
            title=rule.title,
            due=_due(deadline, playbook),
            is_missed=is_missed,
        )


def _answer_by(owed: Iterable[tuple[Deadline, Playbook]], *, at: datetime) -> Due | None:
    """The first of these dates that is still to come, where it is certain."""
    coming = [
        (deadline.due_at, _due(deadline, playbook))
        for deadline, playbook in owed
        if deadline.due_at > at and not deadline.is_provisional and not deadline.is_paused
    ]
    return min(coming, key=lambda one: one[0])[1] if coming else None


def _owed_by(
    chosen: Channel,
    playbook: Playbook,
    deadlines: Iterable[tuple[Deadline, Playbook, DeadlineRule]],
    channels: Mapping[str, Channel],
) -> Iterator[tuple[Deadline, Playbook]]:
    """What whoever is behind the channel owes. A case has one seller, but may have many authorities."""
    for deadline, counted_by, rule in deadlines:
        is_theirs = deadline.whose == Whose.THEIRS and _bound_by(deadline, rule, channels) == chosen.body
        if is_theirs and (chosen.body in ONE_OF_A_KIND or counted_by.key == playbook.key):
            yield deadline, counted_by


def _bound_by(deadline: Deadline, rule: DeadlineRule, channels: Mapping[str, Channel]) -> str:
    """Who owes it: a promise binds whoever gave it, whatever the rule says of the usual case."""
    contact: ContactAttempt | None = deadline.contact
    if contact is not None and contact.promised_by is not None and contact.channel in channels:
        return channels[contact.channel].body
    return rule.binds


def _due(deadline: Deadline, playbook: Playbook) -> Due:
    return Due(playbook.local(deadline.due_at), deadline.in_days)
