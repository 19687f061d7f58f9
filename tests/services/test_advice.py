"""Advice as it follows from what is stored."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cases.models import Case, Deadline
from cases.services import advice, cases, contacts, milestones, orders
from cases.services.playbooks import playbooks_of
from tests import factories
from tests.services.when import shanghai
from tests.stored import exhibit_of
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
        payment_method="card",
    )

    situation = advice.situation_of(case)

    assert (situation.problem_kind, situation.urgency, situation.risk) == ("parcel_lost", "urgent", "high")
    assert (situation.partner_platform, situation.merchant_kind) == ("携程", "small_shop")
    assert situation.payment_method == "card"
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

    opened, first, second = sorted(
        advice.situation_of(case).events, key=lambda event: (event.kind != "case", event.at)
    )

    assert opened.kind == "case"
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
        pytest.param([("parcel", "SF1")], {}, {"tracking_number"}, id="parcel number"),
        pytest.param([], {"merchant": "Shop"}, {"merchant_name"}, id="the shop's name"),
        pytest.param([], {"merchant_address": "Hangzhou"}, {"merchant_address"}, id="the shop's address"),
        pytest.param([], {"merchant": "  "}, set(), id="blanks are nothing"),
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


@pytest.mark.parametrize(
    ("outcome", "has"), [("refused", {"their_answer"}), ("answered", {"their_answer"}), ("no_answer", set())]
)
def test_what_they_said_is_an_answer_to_show(case: Case, alice: User, outcome: str, has: set[str]):
    contacts.log_contact(case=case, by=alice, at=AT, channel="hotline", outcome=outcome)

    assert advice.situation_of(case).has == has


def test_a_deadline_that_passed_is_missed_from_then_on(case: Case, alice: User):
    """A message to the shop at 10:00 stays unanswered: half an hour later, 10:30, the time is over."""
    contacts.log_contact(case=case, by=alice, at=AT, channel="shop_message", outcome="no_answer")

    def missed(moment: str) -> frozenset[str]:
        return advice.situation_of(case, at=shanghai(moment)).missed

    assert missed("2026-09-01 10:30") == set()
    assert missed("2026-09-01 10:31") == {"douyin.shop_message.no_reply"}
    assert advice.situation_of(case).missed == set()

    Deadline.objects.update(is_paused=True)
    assert missed("2026-09-01 10:31") == set()


def test_a_deadline_that_was_met_is_not_missed(case: Case, alice: User):
    contacts.log_contact(case=case, by=alice, at=AT, channel="shop_message", outcome="no_answer")
    later = shanghai("2026-09-01 12:00")
    contacts.log_contact(
        case=case, by=alice, at=later, started_at=later, channel="shop_message", outcome="answered"
    )

    assert advice.situation_of(case, at=shanghai("2026-09-01 13:00")).missed == set()


def test_advice_costs_no_more_than_five_queries(case: Case, alice: User, django_assert_max_num_queries):
    for number in range(3):
        contacts.log_contact(case=case, by=alice, at=AT, channel="shop_message", outcome="no_answer")
        orders.add_order(case=case, by=alice, at=AT, platform="抖音", numbers=[("order", f"{number}")])
    fresh = Case.objects.get(pk=case.pk)

    with django_assert_max_num_queries(5):
        assert advice.advice_for(fresh, AT)


def test_the_next_step_of_a_double_confirmation_is_both_channels(alice: User):
    case = factories.make_case(owner=alice, risk="high")

    def next_channels() -> tuple[str, ...]:
        return advice.next_channels(playbooks_of(case), advice.situation_of(case, at=AT), at=AT)

    assert next_channels() == ("official_service", "hotline")
    contacts.log_contact(case=case, by=alice, at=AT, channel="official_service", outcome="answered")
    assert next_channels() == ("hotline",)


def test_what_is_best_but_closed_is_part_of_the_next_step(alice: User):
    case = factories.make_case(owner=alice, urgency="urgent")
    night = shanghai("2026-09-01 22:00")

    found = advice.next_channels(playbooks_of(case), advice.situation_of(case, at=night), at=night)

    assert found == ("official_service", "hotline")


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


def test_the_step_a_reminder_is_about_is_the_step_of_the_page(case: Case, alice: User):
    """Urgent, so Douyin's hotline would be dialled; but 12315 let its 7 workdays pass and comes first."""
    filed = shanghai("2026-09-01 10:00")
    milestones.log_milestone(
        case=case, by=alice, at=filed, kind="complaint_filed", channel="cn_12315.complaint", happened_at=filed
    )
    late = shanghai("2026-09-14 10:00")

    cases.describe_case(case=case, by=alice, at=late, urgency="urgent")

    assert advice.advice_for(case, late)[0].channel.key == "cn_12315.hotline"
    assert not case.deadlines.filter(rule="douyin.hotline.closing").exists()


def test_rows_that_a_screen_has_loaded_lead_to_the_same_advice_without_a_query(
    case: Case, alice: User, django_assert_num_queries
):
    proof = exhibit_of(case, b"a chat", "image/png")
    contacts.log_contact(
        case=case, by=alice, at=AT, channel="order_card", outcome="refused", exhibits=[proof]
    )
    milestones.log_milestone(
        case=case, by=alice, at=AT, kind="goods_received", happened_at=shanghai("2026-08-30 12:00")
    )
    orders.add_order(case=case, by=alice, at=AT, platform="抖音", numbers=[("order", "48592038")])
    late = shanghai("2026-09-09 10:00")
    by_queries = advice.advice_for(case, late)
    loaded = advice.Loaded(
        deadlines=list(case.deadlines.all()),
        contacts=list(case.contacts.prefetch_related("exhibits")),
        milestones=list(case.milestones.all()),
        numbers=["order"],
        has_exhibits=True,
    )

    with django_assert_num_queries(0):
        assert advice.advice_for(case, late, loaded=loaded) == by_queries
    assert by_queries[0].prepare
