"""Which events start a deadline of Douyin's, and which meet it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cases.rules.deadlines import meets, started_by
from cases.rules.events import Event
from cases.rules.situations import Situation
from tests.rules.moments import contact, douyin, milestone, shanghai

HIGH_RISK = Situation(risk="high")
NEXT_IS_HOTLINE = Event("advice", "hotline", shanghai("2026-09-24 10:00"))


def started(event, situation=None):
    return [rule.key for rule in started_by(douyin(), event, situation or Situation())]


def is_met(rule, event, *, since="2026-09-24 09:00", contact_id=None, started_on=""):
    return meets(
        douyin().rules[rule], event, since=shanghai(since), contact_id=contact_id, started_on=started_on
    )


@pytest.mark.parametrize(
    ("event", "rules"),
    [
        pytest.param(contact("shop_message", "no_answer"), ["shop_message.no_reply"], id="shop silent"),
        pytest.param(contact("shop_message", "answered"), [], id="shop answered"),
        pytest.param(contact("order_card", "no_answer"), [], id="order card silent"),
        pytest.param(milestone("stream_ended"), ["live_room.save_chat"], id="stream ended"),
        pytest.param(NEXT_IS_HOTLINE, ["hotline.closing"], id="hotline next"),
        pytest.param(contact("hotline", "promised"), ["hotline.closing"], id="a call promised"),
        pytest.param(
            contact("hotline", "promised", promised_by="2026-09-25T18:00"),
            ["promise.kept"],
            id="promised by then",
        ),
        pytest.param(
            contact("shop_message", "promised", promised_by="2026-09-25T18:00"),
            ["promise.kept"],
            id="by the shop",
        ),
        pytest.param(contact("shop_message", "promised"), [], id="promised for some day"),
        pytest.param(milestone("handed_to_partner"), ["partner_platform.extra_time"], id="handed over"),
        pytest.param(milestone("material_uploaded"), ["appeal_upload.review"], id="uploaded"),
        pytest.param(contact("appeal_upload", "no_answer"), ["appeal_upload.review"], id="uploaded, logged"),
        pytest.param(contact("official_service", "bot_only"), ["official_service.handover"], id="bot"),
        pytest.param(milestone("goods_received"), [], id="a milestone without a clock"),
    ],
)
def test_an_event_starts_its_deadlines_and_no_others(event, rules):
    assert started(event) == rules


def test_one_confirmation_at_high_risk_starts_the_clock_for_the_other():
    assert started(contact("official_service", "answered"), HIGH_RISK) == ["double_confirmation"]
    assert started(contact("hotline", "solved"), HIGH_RISK) == ["double_confirmation"]
    assert started(contact("official_service", "answered")) == []
    assert started(contact("order_card", "answered"), HIGH_RISK) == []
    assert started(contact("hotline", "no_answer"), HIGH_RISK) == []


def test_the_second_confirmation_starts_nothing_more():
    first = contact("official_service", "answered", "2026-09-24 10:00", number=1)
    second = contact("hotline", "answered", "2026-09-24 11:00", number=2)

    assert started(second, replace(HIGH_RISK, events=(first, second))) == []


def test_the_starting_event_itself_may_be_among_the_events_of_the_case():
    first = contact("official_service", "answered", number=1)

    assert started(first, replace(HIGH_RISK, events=(first,))) == ["double_confirmation"]


def test_a_rule_starts_nothing_before_and_after_its_time():
    playbook = douyin()
    rule = replace(
        playbook.rules["shop_message.no_reply"],
        effective_from=date(2026, 9, 25),
        effective_to=date(2026, 9, 26),
    )
    dated = replace(playbook, rules={rule.key: rule})

    def starts_on(day):
        return bool(started_by(dated, contact("shop_message", "no_answer", f"{day} 00:30"), Situation()))

    assert [starts_on(f"2026-09-{day}") for day in (24, 25, 26, 27)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("rule", "event"),
    [
        ("shop_message.no_reply", contact("shop_message", "answered")),
        ("shop_message.no_reply", contact("order_card", "no_answer")),
        ("shop_message.no_reply", contact("official_service", "bot_only")),
        ("live_room.save_chat", Event("exhibit", "live_room", shanghai("2026-09-24 10:00"))),
        ("hotline.closing", contact("hotline", "answered")),
        ("partner_platform.extra_time", milestone("partner_decided")),
        ("partner_platform.extra_time", contact("partner_platform", "refused")),
        ("appeal_upload.review", contact("appeal_upload", "refused")),
        ("appeal_upload.review", contact("hotline", "no_answer")),
        ("official_service.handover", contact("hotline", "answered")),
        ("promise.kept", milestone("promise_kept")),
        ("promise.kept", milestone("promise_broken")),
    ],
)
def test_what_was_to_be_done_meets_the_deadline(rule, event):
    assert is_met(rule, event)
    assert not is_met(rule, event, since="2026-09-24 10:01"), "an event before the start meets nothing"


@pytest.mark.parametrize(
    ("rule", "event"),
    [
        ("shop_message.no_reply", contact("shop_message", "no_answer")),
        ("live_room.save_chat", Event("exhibit", "order_card", shanghai("2026-09-24 10:00"))),
        ("hotline.closing", contact("hotline", "no_answer")),
        ("hotline.closing", contact("official_service", "answered")),
        ("official_service.handover", contact("official_service", "bot_only")),
        ("partner_platform.extra_time", contact("partner_platform", "answered")),
    ],
)
def test_what_settles_nothing_leaves_the_deadline_open(rule, event):
    assert not is_met(rule, event)


def test_a_contact_never_meets_the_deadline_it_started():
    first = contact("hotline", "promised", number=7)

    assert not is_met("hotline.closing", first, contact_id=7)
    assert is_met("hotline.closing", contact("hotline", "promised", number=8), contact_id=7)


def test_only_the_promise_of_the_same_contact_is_settled():
    assert is_met("promise.kept", milestone("promise_kept", of=7), contact_id=7)
    assert not is_met("promise.kept", milestone("promise_kept", of=8), contact_id=7)


def test_the_second_confirmation_has_to_come_from_the_other_channel():
    again = contact("official_service", "answered", number=8)
    other = contact("hotline", "answered", number=9)

    assert not is_met("double_confirmation", again, contact_id=7, started_on="official_service")
    assert is_met("double_confirmation", other, contact_id=7, started_on="official_service")
