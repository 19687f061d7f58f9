"""When the clocks of Chinese consumer law run out, whom they bind, and what starts and meets them."""

from __future__ import annotations

import pytest

from cases.rules.deadlines import MissingFact, meets, started_by
from cases.rules.events import Event
from cases.rules.playbooks import load_playbooks
from cases.rules.situations import Situation
from tests.rules.moments import due_of, happened_with, milestone, shanghai

LAW = load_playbooks()["cn_consumer_law"]


def started(event, **situation):
    return [rule.key for rule in started_by(LAW, event, Situation(**situation))]


# Each counted by hand. 2026-10-01 to 2026-10-07 are off: the consumer's own days stay, the seller's move on.
@pytest.mark.parametrize(
    ("rule", "start", "due_on", "binds"),
    [
        pytest.param("return_notice", "2026-09-24 10:00", "2026-10-01", "consumer", id="seven-day return"),
        pytest.param("quality_return", "2026-09-24 10:00", "2026-10-01", "consumer", id="quality"),
        pytest.param("burden_of_proof", "2026-08-31 10:00", "2027-02-28", "consumer", id="burden of proof"),
        pytest.param("limitation", "2026-09-24 10:00", "2029-09-24", "consumer", id="limitation"),
        pytest.param("limitation_from_opening", "2028-02-29 10:00", "2031-02-28", "consumer", id="leap day"),
        pytest.param("records_kept", "2026-09-24 10:00", "2029-09-24", "consumer", id="records"),
        pytest.param("live_video_kept", "2026-09-24 22:30", "2029-09-24", "consumer", id="live video"),
        pytest.param("refund", "2026-09-24 10:00", "2026-10-08", "seller", id="refund after the holiday"),
        pytest.param("refund", "2026-11-18 10:00", "2026-11-25", "seller", id="refund on a Wednesday"),
        pytest.param("wilful_delay_request", "2026-09-20 10:00", "2026-10-08", "seller", id="request"),
        pytest.param("wilful_delay_refund", "2026-09-24 10:00", "2026-10-09", "seller", id="no refund"),
        pytest.param("wilful_delay_repair", "2026-11-06 10:00", "2026-11-23", "seller", id="repair"),
    ],
)
def test_the_last_day_of_each_clock(rule, start, due_on, binds):
    found = due_of(f"cn_consumer_law.{rule}", start)

    assert (str(found.due_on), found.binds) == (due_on, binds)
    assert found.due_at.strftime("%H:%M:%S%z") == "23:59:59+0800"


def test_prepaid_money_counts_from_the_day_it_was_paid_and_asks_for_it():
    found = due_of("cn_consumer_law.prepaid_refund", "2026-09-20 10:00", paid_on="2026-09-24T10:00")

    assert (str(found.due_on), found.binds, found.source["confidence"]) == ("2026-10-01", "consumer", "S")
    with pytest.raises(MissingFact):
        due_of("cn_consumer_law.prepaid_refund", "2026-09-20 10:00")


def test_every_rule_has_its_vector_above():
    assert set(LAW.rules) == {
        "return_notice",
        "quality_return",
        "burden_of_proof",
        "limitation",
        "limitation_from_opening",
        "records_kept",
        "live_video_kept",
        "refund",
        "wilful_delay_request",
        "wilful_delay_refund",
        "wilful_delay_repair",
        "prepaid_refund",
    }
    assert LAW.channels == {}


def test_what_an_event_starts():
    received = milestone("goods_received")

    assert started(received, problem_kind="return_exchange") == [
        "return_notice",
        "burden_of_proof",
        "records_kept",
    ]
    assert "quality_return" in started(received, problem_kind="defective_goods")
    assert started(milestone("return_received")) == ["refund", "wilful_delay_refund"]
    assert started(milestone("return_requested")) == ["wilful_delay_request"]
    assert started(milestone("refund_requested")) == ["wilful_delay_request"]
    assert started(milestone("repair_requested")) == ["wilful_delay_repair"]
    assert started(milestone("problem_noticed")) == ["limitation"]
    assert started(milestone("stream_ended")) == ["live_video_kept"]
    assert started(Event("case", "opened", shanghai("2026-09-24 10:00"))) == ["limitation_from_opening"]


def test_only_a_prepaid_contract_starts_the_prepaid_refund():
    at = shanghai("2026-09-24 10:00")
    prepaid = Event("milestone", "contract_concluded", at, facts={"kind": "prepaid"})

    assert started(prepaid) == ["prepaid_refund"]
    assert started(milestone("contract_concluded")) == []
    assert started(milestone("paid")) == []


def test_the_return_is_noticed_by_asking_for_it():
    rule, since = LAW.rules["return_notice"], shanghai("2026-09-20 10:00")

    assert meets(rule, milestone("return_requested"), since=since, contact_id=None)
    assert meets(rule, milestone("return_sent"), since=since, contact_id=None)
    assert not meets(rule, milestone("request_refused"), since=since, contact_id=None)


def test_the_limit_from_the_opening_gives_way_to_the_exact_one():
    rule, since = LAW.rules["limitation_from_opening"], shanghai("2026-09-20 10:00")

    assert meets(rule, milestone("problem_noticed"), since=since, contact_id=None)
    assert "log when you noticed it" in rule.notes[0].en


def test_only_a_court_or_arbitration_stops_limitation():
    rule, since = LAW.rules["limitation"], shanghai("2026-09-20 10:00")

    filed = [
        happened_with(f"cn_12315.{channel}", "complaint_filed")
        for channel in ("court", "arbitration", "complaint")
    ]
    assert [meets(rule, one, since=since, contact_id=None) for one in filed] == [True, True, False]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("fraud_threefold", ["三倍", "500 元", "第五十五条"]),
        ("unsafe_food", ["十倍", "1000 元", "第一百四十八条"]),
        ("merchant_identity", ["真实名称、地址", "第四十四条"]),
        ("five_routes", ["协商和解", "消费者协会", "仲裁", "诉讼", "第三十九条"]),
        ("platform_assists", ["原始合同", "第五十九、六十一至六十三条"]),
        ("human_review", ["说明理由", "人工复核"]),
        ("void_clauses", ["签收即视为认可质量", "法释〔2022〕8号"]),
        ("live_room_identity", ["直播间运营者"]),
        ("implementing_regulations", ["第十九条", "第二十条", "第二十二条", "第十条"]),
    ],
)
def test_what_else_the_law_gives_is_noted_with_its_source(key, words):
    [note] = [note for note in LAW.notes if note.key == key]

    assert [word for word in words if word not in note.text.zh_hans] == []


def test_wilful_delay_is_no_time_the_seller_may_use():
    found = due_of("cn_consumer_law.wilful_delay_request", "2026-09-24 10:00")

    assert "may be fined" in found.consequence.en
    assert "usually shorter" in found.steps[-1].text.en
