"""eBay and Amazon: business days of the US, the change of clocks, and what a chargeback closes."""

from __future__ import annotations

import pytest

from tests.rules.shipped import (
    Vector,
    closed,
    contacted,
    due,
    happened,
    rows,
    shipped,
    started,
    taken_up,
)

EBAY, AMAZON = shipped("ebay"), shipped("amazon")

EBAY_VECTORS = [
    # Clocks go forward on 2026-03-08.
    Vector("request.after_delivery", "2026-02-20 10:00", "2026-03-22T23:59:59-04:00", "S+"),
    Vector(
        "request.not_arrived",
        "2026-10-10 10:00",
        "2026-12-01T23:59:59-05:00",
        "S+",
        {"deliver_by": "2026-11-01"},
    ),
    # Thanksgiving on Thursday 26 November: Friday, Monday, Tuesday.
    Vector("request.seller_answers", "2026-11-25 10:00", "2026-12-01T23:59:59-05:00", "S"),
    Vector("request.closes", "2026-03-02 10:00", "2026-03-31T23:59:59-04:00", "S"),
    # Independence Day is a Saturday, so Friday 3 July is off.
    Vector("refund.after_return", "2026-07-02 10:00", "2026-07-10T23:59:59-04:00", "V"),
    Vector("appeal.window", "2026-01-31 10:00", "2026-03-02T23:59:59-05:00", "S"),
]
AMAZON_VECTORS = [
    # 48 hours of real time: one hour of the night to 8 March is missing.
    Vector("seller.answers", "2026-03-07 12:00", "2026-03-09T13:00:00-04:00", "V"),
    Vector(
        "claim.window", "2026-11-02 10:00", "2027-02-28T23:59:59-05:00", "V", {"deliver_by": "2026-11-30"}
    ),
    Vector(
        "claim.not_arrived_from",
        "2026-02-02 10:00",
        "2026-03-02T23:59:59-05:00",
        "V",
        {"deliver_by": "2026-02-27"},
    ),
]
ALL = [(EBAY, vector) for vector in EBAY_VECTORS] + [(AMAZON, vector) for vector in AMAZON_VECTORS]


@pytest.mark.parametrize(("playbook", "vector"), ALL, ids=[vector.rule for _playbook, vector in ALL])
def test_each_clock_ends_where_it_does_by_hand(playbook, vector):
    found = due(playbook, vector.rule, vector.start, **vector.facts)

    assert (found.due_at.isoformat(), found.source["confidence"]) == (vector.due, vector.confidence)


def test_no_rule_is_left_out():
    assert [vector.rule for vector in EBAY_VECTORS] == list(EBAY.rules)
    assert [vector.rule for vector in AMAZON_VECTORS] == list(AMAZON.rules)


def test_business_days_count_over_the_change_of_clocks():
    found = due(EBAY, "request.seller_answers", "2026-03-06 10:00")

    assert found.due_at.isoformat() == "2026-03-11T23:59:59-04:00"


@pytest.mark.parametrize("rule", ["request.closes", "refund.after_return", "appeal.window"])
def test_what_comes_from_an_old_text_says_so(rule):
    assert any("旧" in note.zh_hans and "old" in note.en for note in EBAY.rules[rule].notes)


def test_a_request_or_a_return_starts_the_sellers_three_days():
    expected = ["request.seller_answers", "request.closes"]

    assert started(EBAY, happened(EBAY, "complaint_filed", channel="request")) == expected
    assert started(EBAY, happened(EBAY, "return_requested")) == expected
    assert started(EBAY, happened(EBAY, "complaint_filed", channel="step_in")) == []


def test_ebay_is_asked_in_when_the_seller_let_the_time_pass():
    silent = contacted(EBAY, "no_answer", channel="seller_message")
    filed = happened(EBAY, "complaint_filed", channel="request")
    decided = happened(EBAY, "decision_received", channel="step_in")
    late = frozenset({"ebay.request.seller_answers"})

    assert rows(EBAY, problem_kind="parcel_lost") == []
    assert rows(EBAY, events=(silent,)) == ["formal_request"]
    assert rows(EBAY, events=(silent, filed)) == []
    assert rows(EBAY, events=(silent, filed), missed=late) == ["ask_ebay_in"]
    assert rows(EBAY, events=(silent, filed, decided)) == ["appeal"]


def test_a_chargeback_closes_the_claim_on_amazon():
    filed = taken_up(AMAZON, "complaint_filed", "payment")

    assert closed(AMAZON, filed) == {"a_to_z", "appeal"}
    assert closed(AMAZON, happened(AMAZON, "complaint_filed", channel="a_to_z")) == set()


def test_the_last_day_for_a_claim_is_asked_for_once():
    promised, received = happened(AMAZON, "delivery_promised"), happened(AMAZON, "goods_received")

    assert started(AMAZON, promised) == ["claim.window", "claim.not_arrived_from"]
    assert started(AMAZON, received) == ["claim.window"]
    assert started(AMAZON, received, events=(promised, received)) == []


def test_amazons_claim_waits_for_the_seller():
    silent = contacted(AMAZON, "no_answer", channel="seller_message")
    refused = contacted(AMAZON, "refused", channel="seller_message")
    filed = happened(AMAZON, "complaint_filed", channel="a_to_z")
    late = frozenset({"amazon.seller.answers"})

    assert rows(AMAZON, events=(silent,)) == []
    assert rows(AMAZON, events=(silent,), missed=late) == ["claim"]
    assert rows(AMAZON, events=(refused,)) == ["refused"]
    assert rows(AMAZON, events=(refused, filed), missed=late) == []
