"""Parcels, telecom and banks in China: whom to ask first, until when, and who comes after."""

from __future__ import annotations

import pytest

from cases.rules.advice import advise
from cases.rules.deadlines import meets, started_by
from cases.rules.playbooks import load_playbooks
from cases.rules.situations import Situation
from tests.rules.moments import contact_with, due_of, happened_with, milestone, shanghai

BOOKS = load_playbooks()
DOUYIN = BOOKS["douyin"]
NOON = shanghai("2026-09-25 12:00")


def channels(*events, books, **situation):
    playbooks = [DOUYIN, *(BOOKS[key] for key in books)]
    advised = advise(playbooks, Situation(events=events, **situation), at=NOON)
    return [step.channel.key for step in advised]


# Counted by hand; the other side's last day moves off 1 to 7 October and weekends, the consumer's does not.
@pytest.mark.parametrize(
    ("rule", "start", "due_on", "binds"),
    [
        pytest.param("cn_12305.answer", "2026-09-03 10:00", "2026-10-08", "authority", id="post, holiday"),
        pytest.param("cn_12305.answer", "2026-09-24 10:00", "2026-10-26", "authority", id="post, Saturday"),
        pytest.param(
            "cn_telecom.operator_answer", "2026-09-24 10:00", "2026-10-09", "telecom", id="operator"
        ),
        pytest.param("cn_telecom.acceptance", "2026-09-24 10:00", "2026-10-09", "authority", id="accepted"),
        pytest.param("cn_telecom.mediation", "2026-09-24 10:00", "2026-10-26", "authority", id="mediation"),
        pytest.param("cn_telecom.fee_limit", "2026-09-30 10:00", "2027-02-28", "consumer", id="fees"),
        pytest.param("cn_bank.bank_answer", "2026-09-20 10:00", "2026-10-20", "payment", id="bank"),
    ],
)
def test_the_last_day_of_each_period(rule, start, due_on, binds):
    found = due_of(rule, start)

    assert (str(found.due_on), found.binds) == (due_on, binds)


@pytest.mark.parametrize(
    ("rule", "facts", "due_on", "binds"),
    [
        pytest.param(
            "cn_telecom.other_limit",
            {"happened_on": "2026-09-20T10:00"},
            "2028-09-20",
            "consumer",
            id="other matters, from the day it happened",
        ),
        pytest.param(
            "cn_bank.bank_extension",
            {"first_end": "2026-10-20T10:00"},
            "2026-11-19",
            "payment",
            id="thirty days on top of the first period",
        ),
    ],
)
def test_what_counts_from_a_day_that_the_user_tells(rule, facts, due_on, binds):
    found = due_of(rule, "2026-10-12 10:00", **facts)

    assert (str(found.due_on), found.binds) == (due_on, binds)


def test_a_bank_has_fifteen_days_and_at_most_thirty():
    found = due_of("cn_bank.bank_answer", "2026-11-06 10:00")

    # 21 November is a Saturday, 6 December a Sunday.
    assert (str(found.window_from_on), str(found.due_on)) == ("2026-11-23", "2026-12-07")


def test_a_carrier_answers_by_what_it_promised():
    found = due_of("cn_12305.carrier_answer", "2026-09-24 10:00", answer_by="2026-09-28T18:00")

    assert (found.due_at, found.binds) == (shanghai("2026-09-28 18:00"), "carrier")


@pytest.mark.parametrize(
    ("rule", "channel"), [("stop_payment", "cn_bank.stop_payment"), ("police_report", "cn_bank.police")]
)
def test_fraud_is_acted_on_at_once(rule, channel):
    noticed = milestone("fraud_noticed", "2026-09-24 03:00")
    found = due_of(f"cn_bank.{rule}", "2026-09-24 03:00")
    called = contact_with(channel, "answered", "2026-09-24 03:10")

    assert rule in [one.key for one in started_by(BOOKS["cn_bank"], noticed, Situation())]
    assert (found.due_at, found.binds) == (shanghai("2026-09-24 03:00"), "consumer")
    assert meets(BOOKS["cn_bank"].rules[rule], called, since=noticed.at, contact_id=None)


def test_every_rule_has_its_vector_above():
    assert {key: sorted(BOOKS[key].rules) for key in ("cn_12305", "cn_telecom", "cn_bank")} == {
        "cn_12305": ["answer", "carrier_answer"],
        "cn_telecom": ["acceptance", "fee_limit", "mediation", "operator_answer", "other_limit"],
        "cn_bank": ["bank_answer", "bank_extension", "police_report", "stop_payment"],
    }


# Which step next.


def test_a_lost_parcel_asks_the_carrier_after_the_platforms_own_ways():
    fresh = channels(problem_kind="parcel_lost", books=["cn_12305"])

    assert fresh[:3] == ["order_card", "shop_message", "official_service"]
    assert fresh[-1] == "cn_12305.carrier"


def test_other_problems_have_nothing_to_do_with_the_carrier():
    assert not any(
        key.startswith("cn_12305.") for key in channels(problem_kind="question", books=["cn_12305"])
    )


def test_a_carrier_that_refuses_or_stays_silent_leads_to_12305():
    refused = contact_with("cn_12305.carrier", "refused")
    silent = happened_with("cn_12305.carrier", "complaint_filed")
    missed = frozenset({"cn_12305.carrier_answer"})

    assert channels(refused, problem_kind="parcel_lost", books=["cn_12305"])[0] == "cn_12305.appeal"
    found = channels(silent, problem_kind="parcel_lost", missed=missed, books=["cn_12305"])
    assert found[0] == "cn_12305.appeal"


def test_the_operator_comes_before_the_complaint_centre():
    refused = contact_with("cn_telecom.operator", "refused")
    asked = happened_with("cn_telecom.operator", "complaint_filed")
    missed = frozenset({"cn_telecom.operator_answer"})

    fresh = channels(books=["cn_telecom"])
    assert "cn_telecom.operator" in fresh
    assert "cn_telecom.appeal" not in fresh
    assert channels(refused, books=["cn_telecom"])[0] == "cn_telecom.appeal"
    assert channels(asked, missed=missed, books=["cn_telecom"])[0] == "cn_telecom.appeal"


def test_noticed_fraud_goes_to_bank_and_police_both():
    playbooks = [DOUYIN, BOOKS["cn_bank"]]
    noticed = Situation(problem_kind="money_anomaly", events=(milestone("fraud_noticed"),))

    first = advise(playbooks, noticed, at=NOON)[0]

    assert [half.channel.key for half in first.halves] == ["cn_bank.stop_payment", "cn_bank.police"]
    assert first.confirm_all
    assert first.rung == 100


def test_a_card_payment_is_disputed_once_the_platform_refused():
    decided = happened_with("official_service", "decision_received")

    assert "cn_bank.bank" in channels(decided, payment_method="card", books=["cn_bank"])
    assert "cn_bank.bank" not in channels(decided, payment_method="balance", books=["cn_bank"])
    assert "cn_bank.bank" not in channels(payment_method="card", books=["cn_bank"])


def test_a_bank_that_refuses_or_stays_silent_leads_to_the_regulator():
    refused = happened_with("cn_bank.bank", "complaint_refused")
    missed = frozenset({"cn_bank.bank_answer"})

    assert channels(refused, books=["cn_bank"])[:2] == ["cn_bank.hotline_12378", "cn_bank.hotline_12363"]
    assert channels(books=["cn_bank"], missed=missed)[0] == "cn_bank.hotline_12378"


def test_what_is_only_remembered_is_told_without_a_number():
    appeal = BOOKS["cn_12305"].channels["cn_12305.appeal"]
    central_bank = BOOKS["cn_bank"].channels["cn_bank.hotline_12363"]

    assert [figure.key for figure in appeal.figures] == ["answer"]
    assert central_bank.figures == ()
