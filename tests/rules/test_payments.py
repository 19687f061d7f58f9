"""PayPal and card chargebacks: how long the payment can be taken back."""

from __future__ import annotations

import pytest

from cases.rules.clocks import Countdown
from tests.rules.shipped import Vector, contacted, due, happened, rows, shipped, started, taken_up

PAYPAL, CARD = shipped("paypal"), shipped("card_chargeback")
SHOWN = {"countdown": "9 days 2 h"}

PAYPAL_VECTORS = [
    Vector("dispute.open", "2026-01-31 09:00", "2026-07-30T23:59:59+00:00", "V"),
    Vector("dispute.escalate", "2026-02-20 09:00", "2026-03-12T23:59:59+00:00", "V"),
    Vector("claim.enter_countdown", "2026-02-20 10:00", "2026-02-20T11:00:00+00:00", "reported"),
    Vector("claim.seller_answers", "2026-02-20 10:00", "2026-03-01T12:00:00+00:00", "reported", SHOWN),
    Vector("claim.my_answer", "2026-02-20 10:00", "2026-03-01T12:00:00+00:00", "reported", SHOWN),
]
CARD_VECTORS = [
    Vector("dispute.from_payment", "2026-03-01 09:00", "2026-06-29T23:59:59+00:00", "S+"),
    Vector(
        "dispute.from_delivery",
        "2026-10-01 09:00",
        "2027-02-12T23:59:59+00:00",
        "S+",
        {"deliver_by": "2026-10-15"},
    ),
]
ALL = [(PAYPAL, vector) for vector in PAYPAL_VECTORS] + [(CARD, vector) for vector in CARD_VECTORS]


@pytest.mark.parametrize(("playbook", "vector"), ALL, ids=[vector.rule for _playbook, vector in ALL])
def test_each_clock_ends_where_it_does_by_hand(playbook, vector):
    found = due(playbook, vector.rule, vector.start, **vector.facts)

    assert (found.due_at.isoformat(), found.source["confidence"]) == (vector.due, vector.confidence)


def test_no_rule_is_left_out():
    assert [vector.rule for vector in PAYPAL_VECTORS] == list(PAYPAL.rules)
    assert [vector.rule for vector in CARD_VECTORS] == list(CARD.rules)


def test_paypal_says_what_follows_when_a_dispute_is_not_escalated():
    consequence = PAYPAL.rules["dispute.escalate"].consequence

    assert consequence is not None
    assert "不能重开" in consequence.zh_hans
    assert "cannot be reopened" in consequence.en


def test_the_sellers_time_in_a_claim_is_asked_for_and_never_a_number_of_ours():
    filed = happened(PAYPAL, "complaint_filed", channel="paypal.claim")
    seen = happened(PAYPAL, "countdown_seen", step="seller_answers", countdown="9 days 2 h")

    assert started(PAYPAL, filed) == ["claim.enter_countdown"]
    assert started(PAYPAL, seen) == ["claim.seller_answers"]
    assert isinstance(PAYPAL.rules["claim.seller_answers"].clock, Countdown)


def test_a_countdown_for_the_consumer_binds_the_consumer():
    seen = happened(PAYPAL, "countdown_seen", step="evidence", countdown="2 days")

    assert started(PAYPAL, seen) == ["claim.my_answer"]
    assert PAYPAL.rules["claim.my_answer"].whose == "mine"


def test_a_dispute_starts_the_twenty_days_and_nothing_of_a_claim():
    filed = happened(PAYPAL, "complaint_filed", channel="paypal.dispute")

    assert started(PAYPAL, filed) == ["dispute.escalate"]


def test_paypal_comes_in_when_the_seller_does_not_settle():
    refused = contacted(PAYPAL, "refused", channel="shop")
    filed = happened(PAYPAL, "complaint_filed", channel="paypal.dispute")
    claimed = happened(PAYPAL, "complaint_filed", channel="paypal.claim")

    assert rows(PAYPAL) == []
    assert rows(PAYPAL, events=(refused,)) == ["open_dispute"]
    assert rows(PAYPAL, events=(refused, filed)) == ["escalate"]
    assert rows(PAYPAL, events=(refused, filed, claimed)) == []


@pytest.mark.parametrize(
    ("playbook", "early"), [(PAYPAL, "open_dispute"), (CARD, "dispute")], ids=["paypal", "card"]
)
def test_the_payment_stands_below_the_platform_until_the_platform_has_answered(playbook, early):
    refused = contacted(playbook, "refused", channel="shop")
    decided = taken_up(playbook, "decision_received", "platform")
    rungs = {row.key: row.rung for row in playbook.situations}

    assert rungs[early] < 40 < 50 < rungs["after_the_platform"], "a request has 40, the platform 50"
    assert rows(playbook, events=(refused, decided), payment_method="card") == ["after_the_platform", early]


def test_the_card_is_advised_to_whom_paid_by_card():
    refused = contacted(CARD, "refused", channel="shop")

    assert rows(CARD, events=(refused,), payment_method="card") == ["dispute"]
    assert rows(CARD, events=(refused,), payment_method="balance") == []
    assert rows(CARD, payment_method="card") == []


def test_every_card_deadline_tells_that_the_issuer_may_allow_less():
    assert "可能更短" in CARD.rules["dispute.from_payment"].action.zh_hans
    for rule in CARD.rules.values():
        assert "may be shorter" in rule.action.en, rule.key


def test_the_figures_of_the_networks_are_told_with_the_channel():
    figures = {
        figure.key: (figure.high, figure.unit) for figure in CARD.channels["card_chargeback.issuer"].figures
    }

    assert figures == {
        "dispute_within": (120, "days"),
        "dispute_within_duplicate": (90, "days"),
        "dispute_within_longest": (540, "days"),
    }
