"""Advice as it follows from what is stored."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cases.models import Case
from cases.services import advice, cases, contacts, milestones, orders
from tests import factories
from tests.services.when import shanghai
from tracker.accounts.models import User

AT = shanghai("2026-09-01 10:00")


def test_a_case_is_described_to_the_rules_as_it_is_stored(alice: User):
    case = factories.make_case(
        owner=alice,
        urgency="urgent",
        risk="high",
        partner_platform="携程",
        amount=Decimal("10"),
        during_big_sale=True,
        merchant_kind="small_shop",
    )

    situation = advice.situation_of(case)

    assert (situation.problem_kind, situation.urgency, situation.risk) == ("parcel_lost", "urgent", "high")
    assert (situation.partner_platform, situation.merchant_kind) == ("携程", "small_shop")
    assert situation.during_big_sale
    assert situation.money_in_dispute


def test_contacts_and_milestones_are_events_in_order_of_time(case: Case, alice: User):
    contact = contacts.log_contact(
        case=case, by=alice, at=AT, channel="hotline", outcome="promised",
        promised_by=shanghai("2026-09-02 18:00"),
    )  # fmt: skip
    milestones.log_milestone(
        case=case, by=alice, at=AT, kind="goods_received", happened_at=shanghai("2026-08-30 12:00")
    )

    first, second = advice.situation_of(case).events

    assert (first.kind, first.name) == ("milestone", "goods_received")
    assert (second.kind, second.name, second.outcome) == ("contact", "hotline", "promised")
    assert second.contact_id == contact.pk
    assert second.facts["promised_by"] == "2026-09-02T10:00:00+00:00"


@pytest.mark.parametrize(
    ("numbers", "described", "has"),
    [
        pytest.param([], {}, set(), id="nothing"),
        pytest.param([("order", "1")], {}, {"order_number"}, id="order number"),
        pytest.param([("payment", "1")], {}, {"proof_of_payment"}, id="payment number"),
        pytest.param(
            [], {"problem_statement": "Lost", "demand": "Refund"}, {"problem_statement", "demand"}, id="words"
        ),
    ],
)
def test_what_the_case_holds_ticks_the_preparation_list(
    case: Case, alice: User, numbers: list[tuple[str, str]], described: dict[str, str], has: set[str]
):
    if numbers:
        orders.add_order(case=case, by=alice, at=AT, platform="抖音", numbers=numbers)
    if described:
        cases.describe_case(case=case, by=alice, at=AT, **described)

    assert advice.situation_of(case).has == has


def test_one_parcel_is_asked_about_from_its_order(case: Case):
    assert advice.advice_for(case, AT)[0].channel.key == "order_card"


def test_an_urgent_case_goes_to_the_hotline_while_it_is_open(alice: User):
    case = factories.make_case(owner=alice, urgency="urgent")

    assert advice.advice_for(case, AT)[0].channel.key == "hotline"
    assert advice.advice_for(case, shanghai("2026-09-01 22:00"))[0].channel.key == "official_service"


def test_a_closed_case_needs_no_advice(case: Case, alice: User):
    cases.close_case(case=case, by=alice, at=AT, outcome="solved")

    assert advice.advice_for(case, AT) == ()


def test_a_case_of_an_unknown_playbook_gets_none(case: Case):
    case.playbook = "gone"

    assert advice.advice_for(case, AT) == ()
