"""Which channel next: the table of the channels' page, row by row, and what was tried already."""

from __future__ import annotations

import pytest

from cases.rules.advice import advise
from cases.rules.situations import Situation
from tests.rules.moments import contact, douyin, shanghai

NOON = "2026-09-24 12:00"


def advised(situation, at=NOON):
    return advise((douyin(),), situation, at=shanghai(at))


def channels(situation, at=NOON):
    return [one.channel.key for one in advised(situation, at)]


@pytest.mark.parametrize(
    ("situation", "first"),
    [
        pytest.param(Situation(problem_kind="question"), ["official_service", "self_service"], id="routine"),
        pytest.param(Situation(problem_kind="parcel_lost"), ["order_card", "shop_message"], id="one order"),
        pytest.param(Situation(problem_kind="late_delivery"), ["self_service", "order_card"], id="standard"),
        pytest.param(Situation(problem_kind="return_exchange"), ["self_service", "order_card"], id="returns"),
        pytest.param(Situation(urgency="urgent"), ["hotline", "official_service"], id="urgent"),
        pytest.param(
            Situation(complexity="complex"),
            ["order_card", "official_service", "hotline", "appeal_upload"],
            id="complex",
        ),
        pytest.param(
            Situation(risk="high", urgency="urgent", partner_platform="Ctrip"),
            ["official_service", "partner_platform"],
            id="high risk goes before all",
        ),
        pytest.param(
            Situation(
                problem_kind="booking", partner_platform="Ctrip", urgency="urgent", complexity="complex"
            ),
            ["partner_platform", "official_service"],
            id="the partner goes first",
        ),
        pytest.param(
            Situation(problem_kind="parcel_lost", during_big_sale=True),
            ["official_service", "hotline"],
            id="at a big sale",
        ),
        pytest.param(
            Situation(problem_kind="livestream_purchase"), ["live_room", "order_card"], id="livestream"
        ),
        pytest.param(Situation(problem_kind="other"), ["official_service"], id="everything else"),
    ],
)
def test_the_situation_says_which_channels_come_first(situation, first):
    assert channels(situation)[: len(first)] == first


def test_money_in_dispute_leaves_only_official_channels():
    plain = Situation(problem_kind="livestream_purchase")
    money = Situation(problem_kind="livestream_purchase", money_in_dispute=True)

    assert {"live_room", "shop_message"} <= set(channels(plain))
    assert not {"live_room", "shop_message"} & set(channels(money))
    assert "with screenshots of everything" in advised(money)[0].reason.en


@pytest.mark.parametrize(
    ("at", "first", "hotline_opens"),
    [
        pytest.param("2026-09-24 09:00", "hotline", None, id="open"),
        pytest.param("2026-09-24 20:47", "hotline", None, id="just in time"),
        pytest.param("2026-09-24 20:57", "official_service", "2026-09-25 09:00", id="open, but too late"),
        pytest.param("2026-09-24 23:00", "official_service", "2026-09-25 09:00", id="closed"),
        pytest.param("2026-09-24 07:00", "official_service", "2026-09-24 09:00", id="not open yet"),
    ],
)
def test_an_urgent_case_calls_while_it_can_and_writes_otherwise(at, first, hotline_opens):
    found = advised(Situation(urgency="urgent"), at)
    hotline = next(one for one in found if one.channel.key == "hotline")

    assert found[0].channel.key == first
    assert hotline.opens_at == (shanghai(hotline_opens) if hotline_opens else None)


def test_the_last_call_belongs_to_the_opening_one_can_still_use():
    def last_call(at):
        found = advised(Situation(urgency="urgent"), at)
        return next(one for one in found if one.channel.key == "hotline").last_call

    assert last_call("2026-09-24 12:00") == shanghai("2026-09-24 20:47")
    assert last_call("2026-09-24 20:57") == shanghai("2026-09-25 20:47")


def test_an_open_channel_says_until_when_and_an_unknown_one_says_nothing():
    found = {one.channel.key: one for one in advised(Situation(problem_kind="parcel_lost", urgency="urgent"))}

    assert found["hotline"].is_open is True
    assert found["hotline"].closes_at == shanghai("2026-09-24 21:00")
    assert found["official_service"].is_open is True
    assert found["official_service"].closes_at is None
    assert found["shop_message"].is_open is None


def test_a_shop_that_does_not_answer_leads_to_the_next_channel():
    order = Situation(problem_kind="parcel_lost")
    silent = contact("order_card", "no_answer")

    assert channels(order)[:2] == ["order_card", "shop_message"]
    after_one = Situation(problem_kind="parcel_lost", events=(silent,))
    assert channels(after_one)[:2] == ["shop_message", "official_service"]
    assert channels(after_one)[-1] == "order_card"
    after_two = Situation(problem_kind="parcel_lost", events=(silent, contact("shop_message", "no_answer")))
    assert channels(after_two)[0] == "official_service"


def test_the_channel_with_most_silence_sinks_deepest_and_an_answer_lifts_it_again():
    silent = [contact("order_card", "no_answer", f"2026-09-24 1{hour}:00") for hour in (0, 1)]
    situation = Situation(problem_kind="parcel_lost", events=(*silent, contact("shop_message", "no_answer")))

    found = advised(situation)
    assert [one.channel.key for one in found][-2:] == ["shop_message", "order_card"]
    assert (found[-1].tried, found[-1].unanswered) == (2, 2)

    answered = contact("order_card", "answered", "2026-09-24 11:30")
    lifted = Situation(problem_kind="parcel_lost", events=(*situation.events, answered))
    assert channels(lifted)[0] == "order_card"


def test_when_the_bot_left_the_question_open_a_person_is_next():
    situation = Situation(problem_kind="question", events=(contact("self_service", "bot_only"),))

    found = advised(situation)

    assert [one.channel.key for one in found][:2] == ["official_service", "hotline"]
    assert "ask for a person" in found[0].reason.en
    assert "65 %" in found[0].reason.zh_hans


def test_high_risk_asks_for_both_channels_in_one_step():
    best = advised(Situation(risk="high"))[0]

    assert (best.channel.key, best.together_with, best.confirm_all) == (
        "official_service",
        ("hotline",),
        True,
    )
    assert [(half.channel.key, half.has_confirmed) for half in best.halves] == [
        ("official_service", False),
        ("hotline", False),
    ]


def test_high_risk_is_done_when_both_have_confirmed():
    one = contact("official_service", "answered", number=1)
    both = (one, contact("hotline", "solved", number=2))

    half_way = advised(Situation(risk="high", events=(one,)))[0]
    assert half_way.channel.key == "hotline"
    assert [half.has_confirmed for half in half_way.halves] == [True, False]
    assert not any(advice.confirm_all for advice in advised(Situation(risk="high", events=both)))


def test_silence_does_not_push_a_channel_out_of_a_double_confirmation():
    silent = contact("hotline", "no_answer")

    best = advised(Situation(risk="high", problem_kind="parcel_lost", events=(silent,)))[0]

    assert [half.channel.key for half in best.halves] == ["official_service", "hotline"]


def test_a_complex_case_uses_several_channels_side_by_side():
    found = advised(Situation(complexity="complex"))

    assert found[0].together_with == ("official_service", "hotline", "appeal_upload")
    assert not found[0].confirm_all
    assert "25 %" in found[0].reason.en


def test_the_preparation_is_ticked_from_what_the_case_has():
    situation = Situation(urgency="urgent", has=frozenset({"order_number", "demand"}))

    hotline = advised(situation)[0]

    assert [(item.key, ready) for item, ready in hotline.prepare] == [
        ("order_number", True),
        ("proof_of_payment", False),
        ("problem_statement", False),
        ("demand", True),
    ]


def test_the_usual_answer_time_is_that_of_the_kind_of_shop():
    def minutes(merchant_kind):
        found = advised(Situation(problem_kind="parcel_lost", merchant_kind=merchant_kind))
        figure = next(one for one in found if one.channel.key == "shop_message").answer_time
        return (figure.low, figure.high)

    assert minutes("brand_flagship") == (8, 8)
    assert minutes("small_shop") == (23, 23)
    assert minutes("personal_shop") == (5, 30)
    assert minutes("") == (5, 30)


def test_every_channel_is_advised_in_some_situation():
    situations = [
        Situation(problem_kind="livestream_purchase", complexity="complex"),
        Situation(problem_kind="late_delivery", partner_platform="Ele.me"),
    ]

    assert {key for situation in situations for key in channels(situation)} == set(douyin().channels)


def test_the_same_question_gets_the_same_answer():
    situation = Situation(problem_kind="parcel_lost", urgency="urgent", money_in_dispute=True)

    assert advised(situation) == advised(situation)
