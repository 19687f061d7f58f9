"""Takes over, by one tap, what a machine read: into an order, the case, the exhibit or a contact."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import Case, ContactAttempt, Exhibit, MilestoneKind, Order, OrderNumber, OrderNumberKind
from cases.rules.readings import (
    AFTER_SALES,
    AMOUNT,
    MOMENT,
    ORDER,
    ORDERED_AT,
    PAID_AT,
    PARCEL,
    PAYMENT,
    SHOP,
    TICKET,
    Proposal,
)
from cases.services import cases, contacts, milestones, orders, recognitions
from cases.services.exhibits import describe_exhibit
from tracker.accounts.models import User

NUMBER_KINDS: dict[str, str] = {
    ORDER: OrderNumberKind.ORDER,
    PAYMENT: OrderNumberKind.PAYMENT,
    PARCEL: OrderNumberKind.PARCEL,
    AFTER_SALES: OrderNumberKind.AFTER_SALES,
}
NEW_ORDER, THE_CASE, THE_PICTURE, THE_PAYMENT = "new", "case", "picture", "paid"


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal and where it can go: (key, words) each, the likeliest first. Taken over already, or without
    a place, it has none; then `note` may say what is missing.
    """

    proposal: Proposal
    is_taken: bool = False
    places: list[tuple[str, str]] = field(default_factory=list)
    note: str = ""
    elsewhere: list[Case] = field(default_factory=list)


def offers(*, exhibit: Exhibit, proposals: Iterable[Proposal], by: User, zone: tzinfo) -> list[Offer]:
    """What can be taken over from the exhibit; moments are read as of `zone`.

    A shop is offered only while the case names none. Other cases of the user that hold the same number are
    named, never those of anybody else.
    """
    weigh: dict[str, Callable[[Exhibit, Proposal, tzinfo], Offer | None]] = {
        **dict.fromkeys(NUMBER_KINDS, _number),
        AMOUNT: _amount,
        MOMENT: _moment,
        SHOP: _shop,
        TICKET: _ticket,
    }
    found = []
    for proposal in proposals:
        offer = weigh[proposal.kind](exhibit, proposal, zone)
        if offer is not None:
            offer.elsewhere.extend(_elsewhere(exhibit.case, proposal, by))
            found.append(offer)
    return found


@transaction.atomic
def take_over(
    *,
    exhibit: Exhibit,
    by: User,
    at: datetime,
    zone: tzinfo,
    kind: str,
    value: str,
    place: str,
    platform: str,
) -> None:
    """Put the value where `place` says (a key of the offer's places); `platform` is for a new order.

    Raises ValidationError when the exhibit does not offer that, and where the service behind it refuses.
    """
    cases.lock(exhibit.case)
    exhibit.refresh_from_db(fields=["shows", "claimed_at"])
    read = recognitions.proposals_of(exhibit, recognitions.of_exhibit(exhibit))
    asked = [one for one in read if one.kind == kind and one.value == value]
    offered = offers(exhibit=exhibit, proposals=asked, by=by, zone=zone)
    if not offered:
        raise ValidationError(_("This is not among what was read on the exhibit. Reload the page."))
    if offered[0].is_taken:
        raise ValidationError(_("It stands in the case already; nothing was changed."))
    if place not in dict(offered[0].places):
        raise ValidationError(_("It cannot go there any more. Reload the page and choose again."))
    _put(exhibit, asked[0], place, by=by, at=at, zone=zone, platform=platform)


def _put(
    exhibit: Exhibit, proposal: Proposal, place: str, *, by: User, at: datetime, zone: tzinfo, platform: str
) -> None:
    case, value = exhibit.case, proposal.value
    row = int(place.partition(":")[2] or 0)
    if proposal.kind in NUMBER_KINDS:
        kind = NUMBER_KINDS[proposal.kind]
        if place == NEW_ORDER:
            orders.add_order(case=case, by=by, at=at, platform=platform, numbers=[(kind, value)])
        else:
            orders.add_number(order=case.orders.get(pk=row), by=by, at=at, kind=kind, number=value)
    elif proposal.kind == AMOUNT:
        amount, currency = sum_of(value)
        if place == THE_CASE:
            cases.describe_case(case=case, by=by, at=at, amount=amount, currency=currency)
        else:
            order = case.orders.get(pk=row)
            orders.say_amount(order=order, by=by, at=at, amount=amount, currency=currency)
    elif proposal.kind == MOMENT and place == THE_PAYMENT:
        paid = moment_of(value, zone)
        kind = MilestoneKind.PAID
        milestones.log_milestone(case=case, by=by, at=at, kind=kind, happened_at=paid, must_count=False)
    elif proposal.kind == MOMENT:
        moment = moment_of(value, zone)
        describe_exhibit(exhibit=exhibit, by=by, at=at, shows=exhibit.shows, claimed_at=moment)
    elif proposal.kind == SHOP:
        cases.describe_case(case=case, by=by, at=at, merchant=value)
    else:
        contact = case.contacts.get(pk=row)
        contacts.say_ticket_number(contact=contact, by=by, at=at, ticket_number=value)


def sum_of(value: str) -> tuple[Decimal, str]:
    """Amount and currency of "128.00 CNY"."""
    amount, currency = value.split(" ")
    return Decimal(amount), currency


def moment_of(value: str, zone: tzinfo) -> datetime:
    """The moment that a clock of that zone showed."""
    return datetime.fromisoformat(value).replace(tzinfo=zone)


def _number(exhibit: Exhibit, proposal: Proposal, zone: tzinfo) -> Offer:
    if OrderNumber.objects.filter(order__case=exhibit.case_id, number=proposal.value).exists():
        return Offer(proposal, is_taken=True)
    kind = NUMBER_KINDS[proposal.kind]
    rows = list(exhibit.case.orders.prefetch_related("numbers"))
    lacking = [row for row in rows if kind not in {number.kind for number in row.numbers.all()}]
    others = [row for row in rows if row not in lacking]
    new = (NEW_ORDER, _("A new order"))
    places = [*map(_place, lacking), new, *map(_place, others)]
    if kind != OrderNumberKind.ORDER and rows:
        places = [*map(_place, [*lacking, *others]), new]
    return Offer(proposal, places=places)


def _place(order: Order) -> tuple[str, str]:
    numbers = [number.number for number in order.numbers.all()]
    name = f"{order} · {numbers[0]}" if numbers else str(order)
    return f"order:{order.pk}", _("To the order %(name)s") % {"name": name}


def _amount(exhibit: Exhibit, proposal: Proposal, zone: tzinfo) -> Offer | None:
    case, value = exhibit.case, sum_of(proposal.value)
    rows = list(case.orders.prefetch_related("numbers"))
    known = [(row.amount, row.currency) for row in rows] + [(case.amount, case.currency)]
    if value in known:
        return Offer(proposal, is_taken=True)
    places = [_place(row) for row in rows if row.amount is None]
    if case.amount is not None and not proposal.label:
        # A sum from the middle of a chat is no better than the one that was typed.
        return Offer(proposal, places=places) if places else None
    words = (
        _("Amount in dispute") if case.amount is None else _("Amount in dispute, instead of the one there")
    )
    return Offer(proposal, places=[*places, (THE_CASE, words)])


def _moment(exhibit: Exhibit, proposal: Proposal, zone: tzinfo) -> Offer:
    moment = moment_of(proposal.value, zone)
    paid = exhibit.case.milestones.filter(kind=MilestoneKind.PAID, happened_at=moment)
    if exhibit.claimed_at == moment or paid.exists():
        return Offer(proposal, is_taken=True)
    picture = (THE_PICTURE, _("Time of the picture"))
    payment = (THE_PAYMENT, _("Milestone: ordered and paid"))
    is_of_order = proposal.label in (*PAID_AT, *ORDERED_AT)
    places = [payment, picture] if is_of_order else [picture, payment]
    if exhibit.case.is_closed or (proposal.label and not is_of_order):
        # Asked for, sent or given back at that time: nobody paid then.
        places = [picture]
    return Offer(proposal, places=places)


def _shop(exhibit: Exhibit, proposal: Proposal, zone: tzinfo) -> Offer | None:
    merchant = exhibit.case.merchant
    if not merchant:
        return Offer(proposal, places=[(THE_CASE, _("The merchant of the case"))])
    return Offer(proposal, is_taken=True) if merchant == proposal.value else None


def _ticket(exhibit: Exhibit, proposal: Proposal, zone: tzinfo) -> Offer:
    if exhibit.case.contacts.filter(ticket_number=proposal.value).exists():
        return Offer(proposal, is_taken=True)
    words = _("To the contact that this exhibit proves")
    without = exhibit.contacts.filter(ticket_number="").order_by("started_at")
    places = [(f"contact:{contact.pk}", words) for contact in without]
    note = _("Say which contact this exhibit proves; then the number can go there.")
    return Offer(proposal, places=places, note="" if places else note)


def _elsewhere(case: Case, proposal: Proposal, by: User) -> list[Case]:
    """The user's other cases that hold this number."""
    others = Case.objects.visible_to(by).exclude(pk=case.pk)
    if proposal.kind in NUMBER_KINDS:
        numbers = OrderNumber.objects.filter(number=proposal.value)
        return list(others.filter(pk__in=numbers.values("order__case"))[:5])
    if proposal.kind == TICKET:
        logged = ContactAttempt.objects.filter(ticket_number=proposal.value)
        return list(others.filter(pk__in=logged.values("case"))[:5])
    return []
