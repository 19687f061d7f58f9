"""JD: the clocks of its dispute rules, its desk hours, and what closes the way to it."""

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

JD = shipped("jd")
SHOWN = {"countdown": "1 day 4 h"}

VECTORS = [
    Vector("dispute.seller_answers", "2026-11-02 10:00", "2026-11-03T10:00:00+08:00", "V-"),
    Vector("dispute.ask_jd_in", "2026-11-02 10:00", "2026-11-03T23:59:59+08:00", "V-"),
    # The fifteenth day is National Day: what binds the consumer does not roll.
    Vector("step_in.after_refusal", "2026-09-16 20:00", "2026-10-01T23:59:59+08:00", "V-"),
    Vector(
        "step_in.late_dispatch",
        "2026-02-10 08:00",
        "2026-03-07T23:59:59+08:00",
        "V-",
        {"deliver_by": "2026-02-20"},
    ),
    Vector("evidence.seller", "2026-11-02 10:00", "2026-11-02T14:00:00+08:00", "V-"),
    Vector("evidence.enter_countdown", "2026-11-02 14:01", "2026-11-02T15:01:00+08:00", "V-"),
    Vector("ruling.carried_out", "2026-12-31 18:00", "2027-01-01T18:00:00+08:00", "V-"),
    Vector("appeal.mine", "2026-02-24 11:00", "2026-03-03T23:59:59+08:00", "V-"),
    Vector("appeal.seller", "2026-02-24 11:00", "2026-03-03T23:59:59+08:00", "V-"),
    Vector("countdown.mine", "2026-11-02 10:00", "2026-11-03T14:00:00+08:00", "reported", SHOWN),
    Vector("countdown.theirs", "2026-11-02 10:00", "2026-11-03T14:00:00+08:00", "reported", SHOWN),
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.rule)
def test_each_clock_ends_where_it_does_by_hand(vector):
    found = due(JD, vector.rule, vector.start, **vector.facts)

    assert (found.due_at.isoformat(), found.source["confidence"]) == (vector.due, vector.confidence)
    assert found.source["checked_on"] == "2026-11-22"


def test_no_rule_is_left_out():
    assert [vector.rule for vector in VECTORS] == list(JD.rules)


@pytest.mark.parametrize(
    ("asked", "ends"),
    [
        pytest.param("2026-11-02 10:00", "2026-11-02T14:00:00+08:00", id="the rule's first example"),
        pytest.param("2026-11-02 14:01", "2026-11-03T09:01:00+08:00", id="the rule's second example"),
        pytest.param("2026-11-02 14:00", "2026-11-02T18:00:00+08:00", id="used up at closing"),
        pytest.param("2026-11-02 07:30", "2026-11-02T13:00:00+08:00", id="before nine"),
        pytest.param("2026-11-02 18:30", "2026-11-03T13:00:00+08:00", id="after six"),
        pytest.param("2026-10-02 16:00", "2026-10-03T11:00:00+08:00", id="holidays count"),
        pytest.param("2026-11-07 17:00", "2026-11-08T12:00:00+08:00", id="weekends count"),
    ],
)
def test_four_desk_hours_count_from_nine_to_six_on_every_day(asked, ends):
    assert due(JD, "evidence.seller", asked).due_at.isoformat() == ends


def test_jd_can_be_asked_in_as_soon_as_24_hours_are_over():
    found = due(JD, "dispute.ask_jd_in", "2026-11-02 10:00")

    assert found.window_from is not None
    assert found.window_from.isoformat() == "2026-11-03T10:00:00+08:00"


def test_a_dispute_starts_the_sellers_clock_and_the_consumers():
    filed = happened(JD, "complaint_filed", channel="dispute")

    assert started(JD, filed) == ["dispute.seller_answers", "dispute.ask_jd_in"]


def test_a_decision_starts_three_clocks_and_each_says_whose_it_is():
    decided = happened(JD, "decision_received", channel="step_in")

    assert {rule: JD.rules[rule].binds for rule in started(JD, decided)} == {
        "ruling.carried_out": "seller",
        "appeal.mine": "consumer",
        "appeal.seller": "seller",
    }


def test_a_complaint_elsewhere_starts_nothing_here():
    assert started(JD, taken_up(JD, "complaint_filed", "authority")) == []


def test_an_authority_or_a_court_closes_the_way_to_jd():
    both = {"dispute", "step_in"}

    assert closed(JD, taken_up(JD, "complaint_accepted", "authority")) == both
    assert closed(JD, taken_up(JD, "complaint_filed", "court")) == both
    assert closed(JD, taken_up(JD, "complaint_filed", "authority")) == set(), "filed is not yet taken up"
    assert closed(JD, taken_up(JD, "complaint_accepted", "consumer_association")) == set()


def test_nothing_is_escalated_before_something_went_wrong():
    assert rows(JD, problem_kind="defective_goods", money_in_dispute=True) == []


def test_each_step_of_the_ladder_follows_on_the_one_before():
    silent = contacted(JD, "no_answer", channel="shop_service")
    asked = happened(JD, "return_requested")
    refused = happened(JD, "request_refused")
    filed = happened(JD, "complaint_filed", channel="dispute")
    decided = happened(JD, "decision_received", channel="step_in")
    late = frozenset({"jd.dispute.seller_answers"})

    assert rows(JD, events=(silent,)) == ["formal_request"]
    assert rows(JD, events=(silent, asked)) == []
    assert rows(JD, events=(silent, asked, refused)) == ["open_dispute"]
    assert rows(JD, events=(silent, asked, refused, filed)) == []
    assert rows(JD, events=(silent, asked, refused, filed), missed=late) == ["ask_jd_in"]
    assert rows(JD, events=(silent, asked, refused, filed, decided)) == ["appeal"]


def test_a_refund_that_came_ends_the_climb():
    refused, paid_back = happened(JD, "request_refused"), happened(JD, "refund_received")

    assert rows(JD, events=(refused, paid_back)) == []
