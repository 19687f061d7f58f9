"""The Douyin playbook carries every channel, figure, limit and rule of its source."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from cases.rules.clocks import AtOnce, Countdown, LastCall, Moment, NextHours, Span
from cases.rules.deadlines import meets, started_by
from cases.rules.situations import Situation
from tests.rules.moments import douyin, due, milestone, shanghai

DOUYIN = douyin()

# What only the app tells: whom it binds, the step its countdown runs towards, how it is counted.
COUNTDOWNS = {
    "after_sale.enter_countdown": ("consumer", "", AtOnce()),
    "after_sale.seller_answer": ("seller", "seller_answers", Countdown("countdown")),
    "after_sale.send_back": ("consumer", "send_back", Countdown("countdown")),
    "after_sale.seller_confirms": ("seller", "seller_confirms", Countdown("countdown")),
    "platform.ask_in": ("consumer", "ask_platform", Countdown("countdown")),
    "platform.evidence": ("consumer", "evidence", Countdown("countdown")),
    "platform.decision": ("platform", "platform_decides", Countdown("countdown")),
}

# Per channel: figures as (key, low, high, unit).
FIGURES = {
    "official_service": [("answer_time_bot", 0, 0, "seconds"), ("open_hours", 24, 24, "hours")],
    "shop_message": [
        ("answer_time", 5, 30, "minutes"),
        ("answer_time_brand_flagship", 8, 8, "minutes"),
        ("answer_time_small_shop", 23, 23, "minutes"),
    ],
    "order_card": [
        ("answer_time_opening", 0, 3, "seconds"),
        ("resolved", 89, 89, "percent"),
        ("explaining_saved", 70, 70, "percent"),
    ],
    "live_room": [("answer_time", 0, 2, "minutes"), ("record_kept", 30, 30, "minutes")],
    "hotline": [("wait_platform_rules", 3, 3, "minutes"), ("wait_trade_dispute", 8, 8, "minutes")],
    "partner_platform": [("extra_time", 2, 3, "workdays")],
    "self_service": [
        ("answer_time", 0, 0, "seconds"),
        ("covered", 85, 85, "percent"),
        ("open_hours", 24, 24, "hours"),
    ],
    "appeal_upload": [
        ("answer_time", 15, 15, "minutes"),
        ("writing_saved", 60, 60, "percent"),
        ("open_hours", 24, 24, "hours"),
    ],
}


def test_there_are_the_eight_channels():
    assert {key: channel.name.zh_hans for key, channel in DOUYIN.channels.items()} == {
        "official_service": "官方客服",
        "shop_message": "店铺私信",
        "order_card": "订单卡片客服",
        "live_room": "直播间客服",
        "hotline": "400 客服电话",
        "partner_platform": "第三方平台客服",
        "self_service": "自助服务 / 智能诊断",
        "appeal_upload": "申诉材料上传",
    }


@pytest.mark.parametrize("key", FIGURES)
def test_every_figure_of_the_source_is_there(key):
    found = [(figure.key, figure.low, figure.high, figure.unit) for figure in DOUYIN.channels[key].figures]

    assert found == FIGURES[key]


def test_a_figure_is_told_in_the_sentence_beside_it():
    for figure in (
        *DOUYIN.figures,
        *(one for channel in DOUYIN.channels.values() for one in channel.figures),
    ):
        if figure.high:
            assert str(figure.high) in figure.text.zh_hans, figure.key
            assert str(figure.high) in figure.text.en, figure.key


def test_the_figures_of_the_whole_platform():
    assert {figure.key: (figure.low, figure.unit) for figure in DOUYIN.figures} == {
        "structured_statement": (40, "percent"),
        "several_channels": (25, "percent"),
        "bot_then_person": (65, "percent"),
    }


def test_the_depth_of_hotline_matters_is_told():
    waits = {
        wait.subject: (wait.wait, wait.depth, wait.depth_of) for wait in DOUYIN.channels["hotline"].waits
    }

    assert waits == {
        "platform_rules": (timedelta(minutes=3), 3, 5),
        "trade_dispute": (timedelta(minutes=8), 4, 5),
    }
    assert "咨询深度 4/5" in DOUYIN.channels["hotline"].figures[1].text.zh_hans


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("official_service", ["「我」", "「设置」", "「我的客服」"]),
        ("shop_message", ["店铺主页", "「私信」", "「在线」"]),
        ("order_card", ["「订单」", "「待收货」", "「客服」"]),
        ("live_room", ["弹幕", "右下角", "「客服」"]),
        ("hotline", ["「我的客服」", "底部", "400"]),
        ("partner_platform", ["详情页", "饿了么", "携程"]),
        ("self_service", ["客服页面", "关键词"]),
        ("appeal_upload", ["自助服务", "申诉指引", "上传"]),
    ],
)
def test_the_way_to_a_channel_is_told_step_by_step(key, words):
    way = "".join(step.zh_hans for step in DOUYIN.channels[key].way)

    assert [word for word in words if word not in way] == []
    assert len(DOUYIN.channels[key].way) >= 2


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("official_service", "lags behind new policies"),
        ("shop_message", "skips the platform"),
        ("shop_message", "kept permanently, and encrypted"),
        ("order_card", "Virtual and physical goods"),
        ("live_room", "30 minutes after the stream ends"),
        ("hotline", "No pictures"),
        ("partner_platform", "only the way in"),
        ("partner_platform", "merchant is liable"),
        ("partner_platform", "itinerary is synced in real time"),
        ("partner_platform", "jurisdiction clause"),
        ("self_service", "human review"),
        ("appeal_upload", "change with policy"),
    ],
)
def test_the_limits_that_the_user_must_know_are_told(key, word):
    assert any(word in limit.en for limit in DOUYIN.channels[key].limits)


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("official_service", "always"),
        ("self_service", "always"),
        ("appeal_upload", "always"),
        ("hotline", "frames"),
        ("shop_message", "unknown"),
        ("order_card", "unknown"),
        ("live_room", "unknown"),
        ("partner_platform", "unknown"),
    ],
)
def test_opening_hours_are_known_only_where_the_source_tells_them(key, kind):
    assert DOUYIN.channels[key].hours.kind == kind


def test_only_the_live_room_loses_its_record():
    kept = {
        key: channel.save_record_within
        for key, channel in DOUYIN.channels.items()
        if channel.save_record_within
    }

    assert kept == {"live_room": timedelta(minutes=30)}


def test_talking_to_the_seller_alone_is_not_official():
    assert {key for key, channel in DOUYIN.channels.items() if not channel.is_official} == {
        "shop_message",
        "live_room",
    }


def test_the_hotline_asks_for_order_number_and_proof_of_payment():
    prepared = [item.key for item in DOUYIN.channels["hotline"].prepare]

    assert prepared[:2] == ["order_number", "proof_of_payment"]
    assert all(channel.prepare for channel in DOUYIN.channels.values())


def test_there_are_the_eight_deadline_rules_of_the_source():
    found = {key: rule for key, rule in DOUYIN.rules.items() if key not in COUNTDOWNS}

    assert {key: (rule.whose, rule.clock) for key, rule in found.items()} == {
        "shop_message.no_reply": ("theirs", Span(30, "minutes")),
        "live_room.save_chat": ("mine", Span(30, "minutes")),
        "hotline.closing": ("mine", LastCall("hotline")),
        "partner_platform.extra_time": ("theirs", Span(2, "workdays", at_most=3, plus="usual_workdays")),
        "appeal_upload.review": ("theirs", Span(15, "minutes", to_end_of_day=True)),
        "official_service.handover": ("mine", AtOnce()),
        "double_confirmation": ("mine", NextHours("hotline")),
        "promise.kept": ("theirs", Moment("promised_by")),
    }


@pytest.mark.parametrize("key", COUNTDOWNS)
def test_what_no_source_tells_is_asked_of_the_app(key):
    rule = DOUYIN.rules[key]
    binds, _step, clock = COUNTDOWNS[key]

    assert (rule.binds, rule.clock) == (binds, clock)
    assert rule.citation.source.key == "app-countdown"
    assert not re.search(r"\d+ ?(h|hour|小时|天)", rule.action.en + rule.action.zh_hans)


@pytest.mark.parametrize("key", [key for key, (_binds, step, _clock) in COUNTDOWNS.items() if step])
def test_a_countdown_starts_the_rule_of_its_own_step_alone(key):
    seen = milestone("countdown_seen", step=COUNTDOWNS[key][1], countdown="1 day 4 h")

    assert [rule.key for rule in started_by(DOUYIN, seen, Situation())] == [key]
    assert due(key, shanghai("2026-09-24 10:00"), countdown="1 day 4 h").due_at == shanghai(
        "2026-09-25 14:00"
    )


@pytest.mark.parametrize(
    "kind", ["refund_requested", "return_requested", "return_sent", "evidence_requested"]
)
def test_a_new_step_asks_for_the_countdown_at_once_until_it_is_entered(kind):
    began = milestone(kind, "2026-09-24 10:00")
    [rule] = [one for one in started_by(DOUYIN, began, Situation()) if one.key in COUNTDOWNS]

    assert rule.key == "after_sale.enter_countdown"
    assert due(rule.key, began.at).due_at == shanghai("2026-09-24 10:00")
    seen = milestone("countdown_seen", "2026-09-24 10:20", step="seller_answers", countdown="48:00:00")
    assert meets(rule, seen, since=began.at, contact_id=None)


def test_everything_cites_the_seed_article_as_one_secondary_source():
    cited = [rule.citation for key, rule in DOUYIN.rules.items() if key not in COUNTDOWNS]
    cited += [channel.citation for channel in DOUYIN.channels.values()]

    assert {(one.source.key, one.confidence, one.checked_on) for one in cited} == {
        ("seed-article", "reported", date(2026, 11, 22))
    }


def test_the_laws_and_authorities_of_china_apply_to_its_cases():
    assert DOUYIN.goes_with == ("cn_consumer_law", "cn_12315", "cn_12305", "cn_bank")


def test_every_channel_says_who_stands_behind_it():
    assert {key: channel.body for key, channel in DOUYIN.channels.items()} == {
        "official_service": "platform",
        "shop_message": "seller",
        "order_card": "seller",
        "live_room": "seller",
        "hotline": "platform",
        "partner_platform": "partner",
        "self_service": "platform",
        "appeal_upload": "platform",
    }
    assert DOUYIN.channels["hotline"].draft.style == "call"


def test_waiting_times_are_usual_and_never_promised():
    texts = [channel.usual_answer for channel in DOUYIN.channels.values()]
    texts += [note for rule in DOUYIN.rules.values() for note in rule.notes]

    assert [text for text in texts if "must" in text.en or "必须" in text.zh_hans] == []


def test_every_habit_of_the_source_is_a_note():
    assert [note.key for note in DOUYIN.notes][:6] == [
        "structured_statement",
        "preparation",
        "back_up",
        "whole_chain",
        "merchant_kinds",
        "own_figures",
    ]
