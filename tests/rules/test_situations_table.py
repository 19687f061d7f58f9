"""Twenty-odd situations of a Douyin order, and the first three steps of each.

Written from part 2 of the page of channels (graded problem, matching channel) and from the ladder of
an order's dispute. Thursday 24 September 2026, noon in Shanghai, unless a moment is given; the hotline is
open 9:00 to 21:00.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from cases.rules.advice import Advice, advise
from cases.rules.events import Event
from cases.rules.playbooks import Playbook, load_playbooks
from cases.rules.situations import Situation
from tests.rules.ladders import happened
from tests.rules.moments import contact, shanghai

NOON = "2026-09-24 12:00"
NIGHT = "2026-09-24 22:30"
READY = frozenset({"merchant_name", "merchant_address", "problem_statement", "demand"})


def told(channel: str, outcome: str, at: str = "2026-09-24 10:00", *, body: str) -> Event:
    """A contact, with who stands behind the channel as the service knows it."""
    return replace(contact(channel, outcome, at), channel=channel, body=body)


NO_REPLY = told("shop_message", "no_answer", body="seller")
SHOP_SAYS_NO = told("shop_message", "refused", body="seller")
REQUESTED = happened("refund_requested", at="2026-09-18 10:00")
REQUEST_REFUSED = happened("request_refused", at="2026-09-19 10:00")
ASKED_IN = happened("complaint_filed", "official_service", body="platform", at="2026-09-19 12:00")
DECIDED = happened("decision_received", "official_service", body="platform", at="2026-09-21 10:00")
# The request, the seller's no, the platform asked in, its decision: where the ladder leaves the platform.
TO_THE_DECISION = (REQUESTED, REQUEST_REFUSED, ASKED_IN, DECIDED)
APPEALED = happened("complaint_filed", "appeal_upload", body="platform", at="2026-09-21 11:00")
APPEAL_REFUSED = happened("decision_received", "appeal_upload", body="platform", at="2026-09-21 12:00")
TO_THE_END_OF_THE_PLATFORM = (*TO_THE_DECISION, APPEALED, APPEAL_REFUSED)
FILED_12315 = happened("complaint_filed", "cn_12315.complaint", body="authority", at="2026-09-08 10:00")
ACCEPTED_12315 = happened("complaint_accepted", "cn_12315.complaint", body="authority", at="2026-09-15 10:00")


ODR_FILED = happened("complaint_filed", "cn_12315.odr", body="seller", at="2026-09-01 10:00")
ODR_FAILED = happened("mediation_ended", "cn_12315.odr", body="seller", at="2026-09-10 10:00")
FRAUD = happened("fraud_noticed")


@dataclass(frozen=True)
class Row:
    """One situation and the (row of the playbook, channel) of its first three steps."""

    name: str
    situation: Situation
    steps: tuple[tuple[str, str], ...]
    at: str = NOON
    barred: tuple[str, ...] = ()


def case(problem_kind: str, *events: Event, **fields: Any) -> Situation:
    return Situation(problem_kind=problem_kind, events=events, **fields)


def missed(*rules: str) -> frozenset[str]:
    return frozenset(rules)


TABLE = (
    # --- Part 2 of the page of channels ---------------------------------------------------------
    Row(
        "a routine question goes to the official service, bot first",
        case("question"),
        (("question", "official_service"), ("question", "self_service"), ("otherwise", "order_card")),
    ),
    Row(
        "one order on the way is asked about from the order",
        case("parcel_lost"),
        (("one_order", "order_card"), ("one_order", "shop_message"), ("one_order", "official_service")),
    ),
    Row(
        "urgent while the hotline is open: a person",
        case("parcel_lost", urgency="urgent"),
        (("urgent", "hotline"), ("urgent", "official_service"), ("one_order", "order_card")),
    ),
    Row(
        "urgent at night: the official service now, the hotline at 9:00",
        case("parcel_lost", urgency="urgent"),
        (("urgent", "official_service"), ("urgent", "hotline"), ("one_order", "order_card")),
        at=NIGHT,
    ),
    Row(
        "complex: several channels side by side",
        case("defective_goods", complexity="complex"),
        (("complex", "order_card"), ("complex", "official_service"), ("complex", "hotline")),
    ),
    Row(
        "high risk: one step of two halves",
        case("account_frozen", risk="high"),
        (("high_risk", "official_service"), ("otherwise", "order_card")),
    ),
    Row(
        "high risk, one half confirmed: the other one, whenever it opens",
        case("account_frozen", told("official_service", "answered", body="platform"), risk="high"),
        (("high_risk", "hotline"), ("otherwise", "order_card")),
        at=NIGHT,
    ),
    Row(
        "a money anomaly at high risk: the bank as well",
        case("money_anomaly", risk="high"),
        (
            ("high_risk", "official_service"),
            ("money_at_risk", "cn_bank.stop_payment"),
            ("otherwise", "order_card"),
        ),
    ),
    Row(
        "standard: return and exchange are solved by self-service",
        case("return_exchange"),
        (("standard", "self_service"), ("one_order", "order_card"), ("one_order", "shop_message")),
    ),
    Row(
        "money in dispute: official channels only",
        case("refund_refused", money_in_dispute=True),
        (("one_order", "order_card"), ("one_order", "official_service"), ("money", "hotline")),
    ),
    Row(
        "travel through a partner: the partner first, the platform second",
        case("booking", partner_platform="Ctrip"),
        (("partner", "partner_platform"), ("partner", "official_service"), ("otherwise", "order_card")),
    ),
    Row(
        "at a big sale: the bot, then a person",
        case("parcel_lost", during_big_sale=True),
        (("big_sale", "official_service"), ("big_sale", "hotline"), ("one_order", "order_card")),
    ),
    Row(
        "the bot answered and the question is open: a person",
        case("question", told("self_service", "bot_only", body="platform")),
        (("bot_answered", "official_service"), ("bot_answered", "hotline"), ("question", "self_service")),
    ),
    Row(
        "bought in a livestream: the seller's team while they are live",
        case("livestream_purchase"),
        (("livestream", "live_room"), ("livestream", "order_card"), ("one_order", "shop_message")),
    ),
    # --- The ladder, step by step ---------------------------------------------------------------
    Row(
        "0b fraud: the platform's two halves, and the bank and the police",
        case("account_frozen", FRAUD, risk="high"),
        (("high_risk", "official_service"), ("fraud", "cn_bank.stop_payment"), ("otherwise", "order_card")),
    ),
    Row(
        "1 the shop was silent for less than half an hour: another way to it",
        case("defective_goods", NO_REPLY),
        (("one_order", "order_card"), ("one_order", "official_service"), ("otherwise", "hotline")),
    ),
    Row(
        "1 the shop was silent for 30 minutes: the request in the order, the same day",
        case("defective_goods", NO_REPLY, missed=missed("douyin.shop_message.no_reply")),
        (("after_sale_silent", "order_card"), ("one_order", "official_service"), ("otherwise", "hotline")),
    ),
    Row(
        "2 the shop said no in the chat: the request in the order starts the clocks",
        case("defective_goods", SHOP_SAYS_NO),
        (
            ("after_sale_request", "order_card"),
            ("ask_platform_in_early", "official_service"),
            ("merchant_identity_early", "official_service"),
        ),
    ),
    Row(
        "3 the shop refused the request: ask the platform in",
        case("defective_goods", REQUESTED, REQUEST_REFUSED),
        (
            ("ask_platform_in", "official_service"),
            ("ask_platform_in", "order_card"),
            ("merchant_identity_early", "official_service"),
        ),
    ),
    Row(
        "3 the shop let the countdown run out: ask the platform in",
        case("defective_goods", REQUESTED, missed=missed("douyin.after_sale.seller_answer")),
        (
            ("ask_platform_in_time_over", "official_service"),
            ("ask_platform_in_time_over", "order_card"),
            ("one_order", "shop_message"),
        ),
    ),
    Row(
        "3 urgent as well: the platform is asked in, then the hotline",
        case("defective_goods", REQUESTED, REQUEST_REFUSED, urgency="urgent"),
        (
            ("ask_platform_in", "official_service"),
            ("ask_platform_in", "order_card"),
            ("urgent", "hotline"),
        ),
    ),
    Row(
        "3 the platform is silent too: chase it where somebody answers now",
        case(
            "defective_goods", REQUESTED, REQUEST_REFUSED, ASKED_IN, missed=missed("douyin.platform.decision")
        ),
        (
            ("platform_silent", "official_service"),
            ("platform_silent", "hotline"),
            ("merchant_identity_early", "official_service"),
        ),
        at=NIGHT,
    ),
    Row(
        "3a the platform decided against me: appeal, and meanwhile find out who the seller is",
        case("defective_goods", *TO_THE_DECISION),
        (
            ("appeal", "appeal_upload"),
            ("merchant_identity", "official_service"),
            ("merchant_identity", "hotline"),
        ),
    ),
    Row(
        "3a the same with the seller known: appeal, negotiate, complain",
        case("defective_goods", *TO_THE_DECISION, has=READY),
        (
            ("appeal", "appeal_upload"),
            ("odr", "cn_12315.odr"),
            ("complaint_directly", "cn_12315.complaint"),
        ),
    ),
    Row(
        "3a the appeal was logged as a contact: it is made, and the next route stands first",
        case("defective_goods", *TO_THE_DECISION, contact("appeal_upload", "refused"), has=READY),
        (
            ("odr", "cn_12315.odr"),
            ("complaint_directly", "cn_12315.complaint"),
            ("complaint_by_phone", "cn_12315.hotline"),
        ),
    ),
    Row(
        "4 the appeal failed and the seller's address is missing: ask for it first",
        case("defective_goods", *TO_THE_END_OF_THE_PLATFORM),
        (
            ("merchant_identity", "official_service"),
            ("merchant_identity", "hotline"),
            ("odr", "cn_12315.odr"),
        ),
    ),
    Row(
        "4 the address is known: negotiate as ODR, else complain",
        case("defective_goods", *TO_THE_END_OF_THE_PLATFORM, has=READY),
        (
            ("odr", "cn_12315.odr"),
            ("complaint_directly", "cn_12315.complaint"),
            ("complaint_by_phone", "cn_12315.hotline"),
        ),
    ),
    Row(
        "5 paid by card and refused by shop and platform: the issuer as well",
        case("defective_goods", *TO_THE_END_OF_THE_PLATFORM, has=READY, payment_method="card"),
        (
            ("payment_dispute", "cn_bank.bank"),
            ("odr", "cn_12315.odr"),
            ("complaint_directly", "cn_12315.complaint"),
        ),
    ),
    Row(
        "6 ODR failed: complain",
        case("defective_goods", *TO_THE_END_OF_THE_PLATFORM, ODR_FILED, ODR_FAILED, has=READY),
        (
            ("complaint", "cn_12315.complaint"),
            ("report", "cn_12315.report"),
            ("other_bodies", "cn_12315.consumer_association"),
        ),
    ),
    Row(
        "6 the company let the 10 workdays of ODR pass: complain",
        case(
            "defective_goods",
            *TO_THE_END_OF_THE_PLATFORM,
            ODR_FILED,
            has=READY,
            missed=missed("cn_12315.odr_negotiation"),
        ),
        (
            ("odr_over", "cn_12315.complaint"),
            ("report", "cn_12315.report"),
            ("other_bodies", "cn_12315.consumer_association"),
        ),
    ),
    Row(
        "7 12315 silent after 7 workdays: chase it",
        case(
            "defective_goods",
            *TO_THE_END_OF_THE_PLATFORM,
            FILED_12315,
            missed=missed("cn_12315.acceptance"),
        ),
        (
            ("authority_silent", "cn_12315.hotline"),
            ("authority_silent", "cn_12315.complaint"),
            ("report", "cn_12315.report"),
        ),
    ),
    Row(
        "7 the 60 days of mediation are over: have them end it",
        case(
            "refund_refused",
            *TO_THE_END_OF_THE_PLATFORM,
            FILED_12315,
            ACCEPTED_12315,
            missed=missed("cn_12315.mediation"),
        ),
        (
            ("mediation_over", "cn_12315.hotline"),
            ("one_order", "order_card"),
            ("one_order", "shop_message"),
        ),
    ),
    Row(
        "7b the parcel is lost and the carrier silent: the postal regulator",
        case(
            "parcel_lost",
            happened("complaint_filed", "cn_12305.carrier", body="carrier"),
            missed=missed("cn_12305.carrier_answer"),
        ),
        (
            ("carrier_silent", "cn_12305.appeal"),
            ("one_order", "order_card"),
            ("one_order", "shop_message"),
        ),
    ),
    Row(
        "8 a consumer association took it up: 12315 is closed",
        case(
            "defective_goods",
            *TO_THE_END_OF_THE_PLATFORM,
            happened("complaint_accepted", "cn_12315.consumer_association", body="consumer_association"),
            has=READY,
        ),
        (("report", "cn_12315.report"), ("one_order", "order_card"), ("one_order", "shop_message")),
        barred=("cn_12315.complaint", "cn_12315.hotline"),
    ),
    Row(
        "10 a court took it up: 12315 is closed",
        case(
            "refund_refused",
            *TO_THE_END_OF_THE_PLATFORM,
            happened("complaint_filed", "cn_12315.court", body="court"),
            happened("complaint_accepted", "cn_12315.court", body="court"),
            has=READY,
        ),
        (
            ("one_order", "order_card"),
            ("one_order", "shop_message"),
            ("one_order", "official_service"),
        ),
        barred=("cn_12315.complaint", "cn_12315.hotline"),
    ),
    Row(
        "10 mediation ended without agreement: court, or arbitration if agreed",
        case(
            "defective_goods",
            *TO_THE_END_OF_THE_PLATFORM,
            FILED_12315,
            ACCEPTED_12315,
            happened("mediation_ended", "cn_12315.complaint", body="authority"),
            has=READY,
        ),
        (("court", "cn_12315.court"), ("court", "cn_12315.arbitration"), ("report", "cn_12315.report")),
    ),
)


def of_douyin() -> tuple[Playbook, ...]:
    """The playbooks of a case on Douyin: its own, then those that go with it."""
    known = load_playbooks()
    return (known["douyin"], *(known[key] for key in known["douyin"].goes_with))


def advised(row: Row) -> tuple[Advice, ...]:
    return advise(of_douyin(), row.situation, at=shanghai(row.at))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_the_first_three_steps(row: Row) -> None:
    steps = tuple((advice.situations[0], advice.channel.key) for advice in advised(row))

    assert steps[:3] == row.steps


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_only_what_is_closed_comes_with_a_bar_and_last(row: Row) -> None:
    found = advised(row)
    barred = tuple(advice.channel.key for advice in found if advice.barred)

    assert barred == row.barred
    assert tuple(advice.channel.key for advice in found[len(found) - len(barred) :]) == barred


def test_the_table_has_twenty_situations_and_more() -> None:
    assert len({row.name for row in TABLE}) >= 20


def named(name: str) -> tuple[Advice, ...]:
    return advised(next(row for row in TABLE if row.name.startswith(name)))


def test_the_halves_of_a_double_confirmation() -> None:
    """At half past ten at night the hotline is closed; it opens on Friday at 9:00."""
    best = named("high risk, one half")[0]

    assert [(half.channel.key, half.has_confirmed, half.is_open) for half in best.halves] == [
        ("official_service", True, True),
        ("hotline", False, False),
    ]
    assert best.opens_at == shanghai("2026-09-25 09:00")


def test_in_a_money_dispute_nobody_is_sent_to_an_unofficial_channel() -> None:
    assert not {"shop_message", "live_room"} & {advice.channel.key for advice in named("money in dispute")}


def test_a_complaint_names_what_it_needs_and_the_step_that_brings_the_address_is_before_it() -> None:
    found = named("4 the appeal failed")
    keys = [advice.channel.key for advice in found]
    complaint = found[keys.index("cn_12315.complaint")]

    assert [item.key for item in complaint.missing] == [
        "merchant_name",
        "merchant_address",
        "problem_statement",
        "demand",
    ]
    assert keys.index("official_service") < keys.index("cn_12315.complaint")


def test_a_mediation_elsewhere_says_that_it_closes_12315() -> None:
    found = named("6 ODR failed")
    association = next(one for one in found if one.channel.key == "cn_12315.consumer_association")

    assert "12315" in association.closes[0].en
    assert "12315" in association.closes[0].zh_hans


def test_nothing_that_was_filed_is_asked_for_again() -> None:
    """They have the complaint: to chase it nothing is missing, though the case holds no address."""
    assert [advice.missing for advice in named("7 12315 silent")[:2]] == [(), ()]


def test_the_court_is_no_longer_missing_what_only_12315_asks_for() -> None:
    assert named("10 mediation ended")[0].is_possible
