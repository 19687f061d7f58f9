"""The laws of the UK, the EU and the US: months by the calendar, pauses, and the change of clocks."""

from __future__ import annotations

import pytest

from tests.rules.shipped import Vector, contacted, due, happened, rows, shipped, started

UK, EU, US = shipped("uk_section_75_and_ombudsman"), shipped("eu_withdrawal"), shipped("us_fcba_cfpb")
FIRM = "uk_section_75_and_ombudsman.firm_complaint"
PROVIDER = "uk_section_75_and_ombudsman.card_provider"
LETTER, CFPB = "us_fcba_cfpb.billing_letter", "us_fcba_cfpb.cfpb"

# Clocks go forward in the UK and the EU on 2026-03-29, in the US on 2026-03-08.
UK_VECTORS = [
    Vector("reject.short_term", "2026-03-02 15:00", "2026-04-01T23:59:59+01:00", "V"),
    # The day of the agreement is the first of the fourteen.
    Vector("refund.fourteen_days", "2026-03-20 15:00", "2026-04-02T23:59:59+01:00", "S+"),
    Vector("section_75.goods", "2024-02-29 15:00", "2030-02-28T23:59:59+00:00", "S+"),
    Vector(
        "section_75.not_delivered",
        "2026-02-01 15:00",
        "2032-03-01T23:59:59+00:00",
        "S+",
        {"deliver_by": "2026-03-01"},
    ),
    Vector("firm.eight_weeks", "2026-02-09 15:00", "2026-04-06T23:59:59+01:00", "V"),
    # Good Friday is 3 April and Easter Monday 6 April.
    Vector("firm.payment_service", "2026-03-09 15:00", "2026-04-29T23:59:59+01:00", "S"),
    Vector("ombudsman.six_months", "2026-08-31 15:00", "2027-02-28T23:59:59+00:00", "V"),
    Vector("ombudsman.six_years", "2026-11-22 15:00", "2032-11-22T23:59:59+00:00", "V"),
]
EU_VECTORS = [
    Vector("withdrawal.goods", "2026-03-20 15:00", "2026-04-03T23:59:59+02:00", "V"),
    Vector("withdrawal.services", "2026-02-20 15:00", "2026-03-06T23:59:59+01:00", "V"),
    Vector("refund.fourteen_days", "2026-03-20 15:00", "2026-04-03T23:59:59+02:00", "S+"),
]
US_VECTORS = [
    Vector("billing.notice", "2026-02-20 15:00", "2026-04-21T23:59:59-04:00", "S+"),
    Vector("billing.acknowledged", "2026-03-02 15:00", "2026-04-01T23:59:59-04:00", "S+"),
    Vector("billing.resolved", "2026-03-02 15:00", "2026-05-31T23:59:59-04:00", "S+"),
    Vector("cfpb.answer", "2026-03-02 15:00", "2026-03-17T23:59:59-04:00", "S+"),
    Vector("cfpb.final", "2026-03-02 15:00", "2026-05-01T23:59:59-04:00", "S+"),
    Vector("cfpb.feedback", "2026-11-22 15:00", "2027-01-21T23:59:59-05:00", "S+"),
    Vector("order.ship", "2026-01-31 15:00", "2026-03-02T23:59:59-05:00", "S+"),
    Vector(
        "order.promised", "2026-02-20 15:00", "2026-03-08T23:59:59-04:00", "S+", {"deliver_by": "2026-03-08"}
    ),
    # Washington's Birthday is Monday 16 February.
    Vector("order.refund", "2026-02-09 15:00", "2026-02-19T23:59:59-05:00", "S+"),
    Vector(
        "order.refund_card",
        "2026-11-09 15:00",
        "2026-12-15T23:59:59-05:00",
        "S+",
        {"cycle_ends": "2026-12-15"},
    ),
]
FILES = [(UK, UK_VECTORS), (EU, EU_VECTORS), (US, US_VECTORS)]
ALL = [(playbook, vector) for playbook, vectors in FILES for vector in vectors]


@pytest.mark.parametrize(
    ("playbook", "vector"), ALL, ids=[f"{playbook.key}.{vector.rule}" for playbook, vector in ALL]
)
def test_each_clock_ends_where_it_does_by_hand(playbook, vector):
    found = due(playbook, vector.rule, vector.start, **vector.facts)

    assert (found.due_at.isoformat(), found.source["confidence"]) == (vector.due, vector.confidence)
    assert found.source["checked_on"] == "2026-11-22"


@pytest.mark.parametrize(("playbook", "vectors"), FILES, ids=["uk", "eu", "us"])
def test_no_rule_is_left_out(playbook, vectors):
    assert [vector.rule for vector in vectors] == list(playbook.rules)


def test_a_repair_stops_the_clock_from_the_day_it_is_asked_for_to_the_day_it_ends():
    # 10 to 20 March are eleven days, so 1 April becomes 12 April.
    asked = happened(UK, "repair_requested", "2026-03-10 09:00")
    back = happened(UK, "repair_ended", "2026-03-20 18:00")
    found = due(UK, "reject.short_term", "2026-03-02 15:00", asked, back)

    assert found.due_at.isoformat() == "2026-04-12T23:59:59+01:00"
    assert not found.is_paused


def test_a_second_repair_stops_it_again():
    # 1 to 5 April are five days more.
    repairs = [
        happened(UK, "repair_requested", "2026-03-10 09:00"),
        happened(UK, "repair_ended", "2026-03-20 18:00"),
        happened(UK, "repair_requested", "2026-04-01 09:00"),
        happened(UK, "repair_ended", "2026-04-05 18:00"),
    ]

    assert due(UK, "reject.short_term", "2026-03-02 15:00", *repairs).due_at.isoformat() == (
        "2026-04-17T23:59:59+01:00"
    )


def test_while_the_repair_lasts_the_clock_stands_still():
    asked = happened(UK, "repair_requested", "2026-03-10 09:00")

    assert due(UK, "reject.short_term", "2026-03-02 15:00", asked).is_paused


def test_a_repair_before_the_goods_were_received_changes_nothing():
    asked = happened(UK, "repair_requested", "2026-02-10 09:00")
    back = happened(UK, "repair_ended", "2026-02-20 18:00")

    assert due(UK, "reject.short_term", "2026-03-02 15:00", asked, back).due_at.isoformat() == (
        "2026-04-01T23:59:59+01:00"
    )


def test_payment_services_have_a_window_of_15_to_35_business_days():
    found = due(UK, "firm.payment_service", "2026-03-09 15:00")

    assert found.window_from is not None
    assert found.window_from.isoformat() == "2026-03-30T23:59:59+01:00"


def test_the_shorter_time_is_for_payment_services_only():
    filed = happened(UK, "complaint_filed", channel=FIRM)

    assert started(UK, filed, payment_method="card") == ["firm.eight_weeks"]
    assert started(UK, filed, payment_method="bank_transfer") == ["firm.eight_weeks", "firm.payment_service"]


def test_section_75_is_for_what_was_paid_by_card():
    received = happened(UK, "goods_received")

    assert started(UK, received, payment_method="card") == ["reject.short_term", "section_75.goods"]
    assert started(UK, received, payment_method="wallet") == ["reject.short_term"]


def test_the_uk_ladder_leads_from_the_trader_to_the_ombudsman():
    refused = contacted(UK, "refused", channel="shop")
    claimed = happened(UK, "complaint_filed", channel=PROVIDER)
    denied = happened(UK, "complaint_refused", channel=PROVIDER)
    complained = happened(UK, "complaint_filed", channel=FIRM)
    final = happened(UK, "decision_received", channel=FIRM)
    late = frozenset({"uk_section_75_and_ombudsman.firm.eight_weeks"})
    card = {"payment_method": "card"}

    assert rows(UK, **card) == []
    assert rows(UK, events=(refused,), **card) == ["section_75"]
    assert rows(UK, events=(refused, claimed, denied), **card) == ["complain_to_firm"]
    assert rows(UK, events=(refused, claimed, denied, complained), **card) == []
    assert rows(UK, events=(refused, complained), missed=late, **card) == ["ombudsman_after_silence"]
    assert rows(UK, events=(refused, complained, final), **card) == ["ombudsman_after_answer"]


def test_the_refund_in_the_eu_is_counted_from_the_day_the_letter_arrived():
    arrived = happened(EU, "notice_received", "2026-03-24 09:00", channel="eu_withdrawal.withdrawal")

    assert due(EU, "refund.fourteen_days", "2026-03-20 15:00", arrived).due_at.isoformat() == (
        "2026-04-07T23:59:59+02:00"
    )


def test_what_the_eu_file_does_not_know_it_does_not_count():
    notes = {note.key: note.text for note in EU.notes}

    assert started(EU, happened(EU, "delivery_promised")) == []
    assert not any(sign.isdigit() for sign in notes["delivery_time"].en)
    assert "2025-07-20" in notes["odr_closed"].en
    assert "2026-06-19" in notes["withdrawal_function"].en


def test_only_the_arrival_of_the_letter_starts_the_creditors_clocks():
    sent = happened(US, "complaint_filed", channel=LETTER)
    arrived = happened(US, "notice_received", channel=LETTER)

    assert started(US, sent) == []
    assert started(US, arrived) == ["billing.acknowledged", "billing.resolved"]


def test_the_cfpbs_clocks_start_anew_when_the_company_has_the_complaint():
    sent_on = happened(US, "complaint_accepted", "2026-03-04 09:00", channel=CFPB)

    assert due(US, "cfpb.answer", "2026-03-02 15:00", sent_on).due_at.isoformat() == (
        "2026-03-19T23:59:59-04:00"
    )


def test_thirty_days_to_ship_hold_only_where_no_day_was_promised():
    paid, promised = happened(US, "paid"), happened(US, "delivery_promised")

    assert started(US, paid) == ["order.ship"]
    assert started(US, paid, events=(paid, promised)) == []
    assert started(US, promised) == ["order.promised"]


def test_the_refund_of_a_cancelled_order_depends_on_how_it_was_paid():
    cancelled = happened(US, "refund_requested")

    assert started(US, cancelled, payment_method="bank_transfer") == ["order.refund"]
    assert started(US, cancelled, payment_method="card") == ["order.refund_card"]


def test_the_us_ladder_leads_from_the_letter_to_the_cfpb():
    refused = contacted(US, "refused", channel="shop")
    arrived = happened(US, "notice_received", channel=LETTER)
    denied = happened(US, "decision_received", channel=LETTER)
    late = frozenset({"us_fcba_cfpb.billing.resolved"})

    assert rows(US, payment_method="card") == []
    assert rows(US, events=(refused,), payment_method="card") == ["billing_error"]
    assert rows(US, events=(refused, arrived), payment_method="card") == []
    assert rows(US, events=(refused, arrived), missed=late, payment_method="card") == ["cfpb_after_silence"]
    assert rows(US, events=(refused, arrived, denied), payment_method="card") == ["cfpb_after_refusal"]
