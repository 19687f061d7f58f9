"""Adds what was bought, and the numbers under which others know it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.models import Case, MilestoneKind, Order, OrderNumber, OrderNumberKind
from cases.services import custody, milestones
from cases.services.moments import as_text, refuse_future
from tracker.accounts.models import User

NUMBER_LENGTH = 64


def clean_number(number: str) -> str:
    """The number without blanks and invisible signs, full-width signs made plain; "" when nothing is left.

    It stays text: leading zeros count, and some platforms put letters and hyphens in. Raises
    ValidationError for control characters and for more than 64 signs.
    """
    plain = unicodedata.normalize("NFKC", number)
    kept = "".join(sign for sign in plain if not sign.isspace() and unicodedata.category(sign) != "Cf")
    if not kept.isprintable():
        raise ValidationError(
            _("A number cannot hold control characters; type it anew."), code="not_printable"
        )
    if len(kept) > NUMBER_LENGTH:
        raise ValidationError(
            _("This number has more than %(limit)d signs; check that only one number was pasted."),
            code="too_long",
            params={"limit": NUMBER_LENGTH},
        )
    return kept


@transaction.atomic
def add_order(
    *,
    case: Case,
    by: User,
    at: datetime,
    platform: str,
    item: str = "",
    amount: Decimal | None = None,
    currency: str = "CNY",
    paid_at: datetime | None = None,
    received_at: datetime | None = None,
    numbers: Sequence[tuple[str, str]] = (),
) -> Order:
    """A new order with its numbers, each (kind, number as typed); empty ones are left out.

    That it was paid and received also becomes a milestone each, unless the case is closed or holds it
    already: clocks start from what was typed once. Raises ValidationError, by argument, for what cannot
    be an order.
    """
    refuse_future("paid_at", paid_at, at=at)
    refuse_future("received_at", received_at, at=at)
    if paid_at and received_at and received_at < paid_at:
        raise ValidationError(
            {"received_at": _("It cannot have arrived before it was paid; check both times.")}
        )
    _refuse_amount(amount, currency)
    order = Order(
        case=case,
        platform=platform.strip(),
        item=item.strip(),
        amount=amount,
        currency=currency,
        paid_at=paid_at,
        received_at=received_at,
        created_at=at,
    )
    order.full_clean(exclude=["case"])
    order.save()
    kept = _clean_numbers(numbers)
    for kind, number in kept:
        OrderNumber.objects.create(order=order, kind=kind, number=number)
    custody.record(case=case, action="order_added", at=at, by=by, details=_described(order, kept))
    _log_times(order, by=by, at=at)
    return order


@transaction.atomic
def add_number(*, order: Order, by: User, at: datetime, kind: str, number: str) -> OrderNumber:
    """One more number of the order. Raises ValidationError for an empty one or one it already has."""
    kept = _clean_numbers([(kind, number)])
    if not kept:
        raise ValidationError({"number": _("Type the number as the platform shows it.")})
    ((kind, number),) = kept
    if order.numbers.filter(kind=kind, number=number).exists():
        raise ValidationError({"number": _("This order already has that number.")}, code="duplicate")
    added = OrderNumber.objects.create(order=order, kind=kind, number=number)
    details = {"order": order.pk, "kind": kind, "number": number}
    custody.record(case=order.case, action="order_number_added", at=at, by=by, details=details)
    return added


@transaction.atomic
def say_amount(*, order: Order, by: User, at: datetime, amount: Decimal, currency: str) -> Order:
    """What an order without an amount cost. Raises ValidationError where it has one, or it cannot be one."""
    stored = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if stored.amount is not None:
        raise ValidationError({"amount": _("This order has an amount already.")}, code="duplicate")
    _refuse_amount(amount, currency)
    stored.amount, stored.currency = amount, currency
    stored.full_clean(exclude=["case"])
    stored.save(update_fields=["amount", "currency"])
    details = {"order": stored.pk, "amount": f"{amount} {currency}"}
    custody.record(case=order.case, action="order_amount_added", at=at, by=by, details=details)
    return stored


def _refuse_amount(amount: Decimal | None, currency: str) -> None:
    if amount is not None and amount < 0:
        raise ValidationError({"amount": _("An amount cannot be less than nothing; leave out the minus.")})
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise ValidationError({"currency": _("Write the currency as three capital letters, as in CNY.")})


def _log_times(order: Order, *, by: User, at: datetime) -> None:
    """The times of the order as milestones; what a rule would ask besides can be told there later."""
    times = ((MilestoneKind.PAID, order.paid_at), (MilestoneKind.GOODS_RECEIVED, order.received_at))
    for kind, happened_at in times:
        if happened_at is None or order.case.is_closed:
            continue
        if not order.case.milestones.filter(kind=kind, happened_at=happened_at).exists():
            milestones.log_milestone(
                case=order.case,
                by=by,
                at=at,
                kind=kind,
                happened_at=happened_at,
                note=order.item,
                must_count=False,
            )


def _clean_numbers(numbers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    kept: dict[tuple[str, str], None] = {}
    for kind, typed in numbers:
        if kind not in OrderNumberKind.values:
            raise ValidationError({"numbers": _("Choose which kind of number this is.")}, code="unknown_kind")
        try:
            number = clean_number(typed)
        except ValidationError as error:
            raise ValidationError({"numbers": error}) from error
        if number:
            kept[kind, number] = None
    return list(kept)


def _described(order: Order, numbers: Iterable[tuple[str, str]]) -> dict[str, object]:
    known = {
        "platform": order.platform,
        "item": order.item,
        "amount": "" if order.amount is None else f"{order.amount} {order.currency}",
        "paid_at": as_text(order.paid_at),
        "received_at": as_text(order.received_at),
    }
    described: dict[str, object] = {name: value for name, value in known.items() if value}
    return {"order": order.pk, **described, "numbers": [[kind, number] for kind, number in numbers]}
