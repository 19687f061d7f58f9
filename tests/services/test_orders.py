"""Orders and their numbers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from cases.models import Case, Order, OrderNumberKind
from cases.services import cases, custody, orders
from tests.services.when import shanghai
from tracker.accounts.models import User

AT = shanghai("2026-09-01 10:00")


def add(case: Case, by: User, **fields: object) -> Order:
    return orders.add_order(case=case, by=by, at=AT, **{"platform": "抖音商城", **fields})


def numbers_of(order: Order) -> list[tuple[str, str]]:
    return list(order.numbers.values_list("kind", "number"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("6920 2609\t1133", "692026091133", id="blanks are removed"),
        pytest.param("６９２０１３３", "6920133", id="full-width digits become plain"),
        pytest.param("ＳＦ－１４８８", "SF-1488", id="full-width letters and hyphens become plain"),
        pytest.param("\u200b6920\ufeff", "6920", id="invisible signs are removed"),
        pytest.param("000123", "000123", id="leading zeros stay"),
        pytest.param(" \u3000", "", id="nothing is left of blanks"),
    ],
)
def test_a_number_is_kept_as_text_without_what_typing_adds(typed: str, kept: str):
    assert orders.clean_number(typed) == kept


def test_a_number_with_control_characters_is_refused():
    with pytest.raises(ValidationError, match="control characters"):
        orders.clean_number("6920\x0033")


def test_a_number_of_more_than_64_signs_is_refused():
    with pytest.raises(ValidationError, match="more than 64 signs"):
        orders.clean_number("1" * 65)


def test_an_order_keeps_several_numbers_and_each_once(case: Case, alice: User):
    order = add(
        case,
        alice,
        numbers=[
            (OrderNumberKind.ORDER, "6920 1"),
            (OrderNumberKind.ORDER, "69201"),
            (OrderNumberKind.PARCEL, "SF1488"),
            (OrderNumberKind.PAYMENT, "  "),
        ],
    )

    assert numbers_of(order) == [("order", "69201"), ("parcel", "SF1488")]


def test_adding_an_order_writes_a_custody_entry(case: Case, alice: User):
    order = add(
        case, alice, item="茶具", amount=Decimal("368.00"), numbers=[(OrderNumberKind.ORDER, "69201")]
    )

    entry = case.custody_entries.get(action="order_added")
    assert entry.actor == f"user:{alice.pk}"
    assert entry.details == {
        "order": order.pk,
        "platform": "抖音商城",
        "item": "茶具",
        "amount": "368.00 CNY",
        "numbers": [["order", "69201"]],
    }
    assert custody.verify(case) == []


def test_a_number_can_be_added_later_and_is_recorded(case: Case, alice: User):
    order = add(case, alice)

    orders.add_number(order=order, by=alice, at=AT, kind="partner", number="XC 3312")

    assert numbers_of(order) == [("partner", "XC3312")]
    details = case.custody_entries.get(action="order_number_added").details
    assert details == {"order": order.pk, "kind": "partner", "number": "XC3312"}


@pytest.mark.parametrize(
    ("kind", "number", "sentence"),
    [
        pytest.param("order", " ", "Type the number", id="empty"),
        pytest.param("order", "69 201", "already has that number", id="there already"),
        pytest.param("colour", "1", "which kind of number", id="unknown kind"),
    ],
)
def test_a_number_that_cannot_be_added_is_refused_with_a_sentence(
    case: Case, alice: User, kind: str, number: str, sentence: str
):
    order = add(case, alice, numbers=[("order", "69201")])

    with pytest.raises(ValidationError, match=sentence):
        orders.add_number(order=order, by=alice, at=AT, kind=kind, number=number)

    assert numbers_of(order) == [("order", "69201")]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"platform": " "}, "platform", id="no platform"),
        pytest.param({"amount": Decimal("-1")}, "amount", id="negative amount"),
        pytest.param({"currency": "y"}, "currency", id="no currency"),
        pytest.param({"paid_at": shanghai("2026-09-01 10:06")}, "paid_at", id="paid in the future"),
        pytest.param({"received_at": shanghai("1926-09-01 10:00")}, "received_at", id="long ago"),
        pytest.param(
            {"paid_at": shanghai("2026-08-20 10:00"), "received_at": shanghai("2026-08-19 10:00")},
            "received_at",
            id="received before it was paid",
        ),
    ],
)
def test_what_cannot_be_an_order_is_refused_and_nothing_is_stored(
    case: Case, alice: User, fields: dict[str, object], field: str
):
    with pytest.raises(ValidationError) as refused:
        add(case, alice, **fields)

    assert field in refused.value.message_dict
    assert not case.orders.exists()
    assert not case.custody_entries.filter(action="order_added").exists()


class TestTheTimesOfAnOrder:
    PAID, RECEIVED = shanghai("2026-08-20 10:00"), shanghai("2026-08-25 18:00")

    def kinds(self, case: Case) -> list[tuple[str, datetime]]:
        return list(case.milestones.order_by("happened_at").values_list("kind", "happened_at"))

    def test_are_milestones_typed_once(self, case: Case, alice: User):
        add(case, alice, paid_at=self.PAID, received_at=self.RECEIVED)

        assert self.kinds(case) == [("paid", self.PAID), ("goods_received", self.RECEIVED)]

    def test_start_the_seven_days_for_sending_it_back(self, case: Case, alice: User):
        add(case, alice, received_at=self.RECEIVED)

        # Received on 25 August: the seventh day after it is 1 September.
        deadline = case.deadlines.get(rule="cn_consumer_law.return_notice")
        assert deadline.due_at == shanghai("2026-09-01 23:59:59")

    def test_of_two_orders_at_once_are_one_milestone(self, case: Case, alice: User):
        add(case, alice, received_at=self.RECEIVED)
        add(case, alice, received_at=self.RECEIVED)

        assert self.kinds(case) == [("goods_received", self.RECEIVED)]

    def test_that_are_not_told_are_none(self, case: Case, alice: User):
        add(case, alice)

        assert self.kinds(case) == []

    def test_of_a_closed_case_start_nothing(self, case: Case, alice: User):
        cases.close_case(case=case, by=alice, at=AT, outcome="solved")

        add(case, alice, received_at=self.RECEIVED)

        assert self.kinds(case) == []
