"""WeChat Shop: the steps of an after-sale request, and the change of 2024-03-25."""

from __future__ import annotations

from datetime import date

import pytest

from tests.rules.shipped import Vector, contacted, due, happened, rows, shipped, started

SHOP = shipped("wechat_shop")
SHOWN = {"countdown": "1 day 4 h"}

VECTORS = [
    Vector("step_in.window", "2026-11-20 16:00", "2026-11-27T23:59:59+08:00", "V"),
    Vector("after_sale.refund", "2026-11-20 09:30", "2026-11-22T09:30:00+08:00", "V"),
    Vector("after_sale.return", "2026-11-20 09:30", "2026-11-22T09:30:00+08:00", "V"),
    Vector("after_sale.send_back", "2026-12-28 09:30", "2027-01-04T23:59:59+08:00", "V"),
    # The tenth day is Labour Day's holiday: clock days of a platform do not roll.
    Vector("after_sale.receipt", "2026-04-25 12:00", "2026-05-05T23:59:59+08:00", "V"),
    Vector("trade_complaint.handled_72", "2024-03-24 23:59", "2024-03-27T23:59:00+08:00", "V"),
    Vector("trade_complaint.handled", "2024-03-25 00:00", "2024-03-27T00:00:00+08:00", "V"),
    Vector("trade_complaint.proof_72", "2024-03-20 12:00", "2024-03-23T12:00:00+08:00", "V"),
    Vector("trade_complaint.proof", "2024-03-25 12:00", "2024-03-27T12:00:00+08:00", "V"),
    Vector("countdown.mine", "2026-11-02 10:00", "2026-11-03T14:00:00+08:00", "reported", SHOWN),
    Vector("countdown.theirs", "2026-11-02 10:00", "2026-11-03T14:00:00+08:00", "reported", SHOWN),
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.rule)
def test_each_clock_ends_where_it_does_by_hand(vector):
    found = due(SHOP, vector.rule, vector.start, **vector.facts)

    assert (found.due_at.isoformat(), found.source["confidence"]) == (vector.due, vector.confidence)


def test_no_rule_is_left_out():
    assert [vector.rule for vector in VECTORS] == list(SHOP.rules)


def test_72_hours_became_48_on_the_25th_of_march_2024():
    def rules_on(day: str) -> list[str]:
        return started(SHOP, happened(SHOP, "complaint_filed", day, channel="trade_complaint"))

    assert rules_on("2024-03-24 23:59") == ["trade_complaint.handled_72"]
    assert rules_on("2024-03-25 00:00") == ["trade_complaint.handled"]


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("trade_complaint.handled", "trade_complaint.handled_72"),
        ("trade_complaint.proof", "trade_complaint.proof_72"),
    ],
)
def test_the_rule_asked_for_by_name_is_found_by_the_day(now, before):
    rule = SHOP.rules[now]
    on_the_eve = SHOP.rule_in_force(rule, date(2024, 3, 24))
    on_the_day = SHOP.rule_in_force(rule, date(2024, 3, 25))

    assert on_the_eve is not None
    assert on_the_eve.key == before
    assert on_the_day is rule


def test_the_goods_are_sent_back_only_where_a_return_was_asked_for():
    agreed = happened(SHOP, "refund_agreed")
    asked = happened(SHOP, "return_requested", "2026-09-23 10:00")

    assert started(SHOP, agreed) == []
    assert started(SHOP, agreed, events=(asked, agreed)) == ["after_sale.send_back"]


def test_times_of_the_older_component_say_that_the_page_counts():
    for key, rule in SHOP.rules.items():
        if key.startswith("after_sale."):
            assert any("以页面为准" in note.zh_hans for note in rule.notes), key


def test_the_limit_of_five_requests_is_told_where_the_request_is_made():
    assert any("最多发起 5 次" in limit.zh_hans for limit in SHOP.channels["after_sale"].limits)


def test_the_platform_is_asked_in_after_a_refusal_and_not_before():
    silent = contacted(SHOP, "no_answer", channel="shop_service")
    refused = happened(SHOP, "request_refused")
    filed = happened(SHOP, "complaint_filed", channel="step_in")

    assert rows(SHOP, problem_kind="defective_goods") == []
    assert rows(SHOP, events=(silent,)) == ["mini_program"]
    assert "ask_platform_in" in rows(SHOP, events=(silent, refused))
    assert rows(SHOP, events=(silent, refused, filed)) == []
