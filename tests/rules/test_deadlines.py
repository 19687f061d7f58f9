"""When each deadline of Douyin's is due, to the minute, and what is said about the reason."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from cases.rules.calendars import china_calendar
from cases.rules.deadlines import MissingFact, UnreadableFact, compute
from tests.rules.moments import douyin, due, shanghai

THURSDAY_TEN = shanghai("2026-09-24 10:00")


def said(due_date, key, language="en"):
    return [step.text.in_language(language) for step in due_date.steps if step.key == key]


# The partner platform: usual time plus two to plus three workdays.


def test_a_partner_with_a_usual_workday_is_asked_on_wednesday_and_escalated_after_national_day():
    found = due("partner_platform.extra_time", THURSDAY_TEN, usual_workdays=1)

    assert found.window_from_on == date(2026, 9, 30)
    assert found.window_from == shanghai("2026-09-30 23:59:59")
    assert found.due_on == date(2026, 10, 8)
    assert found.due_at.isoformat() == "2026-10-08T23:59:59+08:00"
    assert found.in_days
    assert not found.is_provisional


def test_the_steps_of_a_partner_deadline_name_every_day_in_both_languages():
    found = due("partner_platform.extra_time", THURSDAY_TEN, usual_workdays=1)

    assert said(found, "start") == [
        "The complaint was handed to the partner: Thu 2026-09-24 10:00 (Shanghai time)."
    ]
    assert said(found, "start", "zh-hans") == ["投诉转交合作平台：2026-09-24（周四）10:00（北京时间）。"]
    assert said(found, "excluded") == ["The day it starts on, Thu 2026-09-24, does not count."]
    assert said(found, "length") == ["Usually 1 workday: plus 2 = 3 workdays, plus 3 = 4 workdays."]
    [skipped] = said(found, "skipped")
    assert skipped.startswith(
        "Skipped: Fri 2026-09-25 Mid-Autumn Festival, Sat 2026-09-26 Mid-Autumn Festival, "
    )
    assert skipped.endswith("Tue 2026-10-06 National Day, Wed 2026-10-07 National Day.")
    assert "2026-10-01（周四）国庆节、" in said(found, "skipped", "zh-hans")[0]
    assert said(found, "counted") == [
        "Counted: 1: Mon 2026-09-28; 2: Tue 2026-09-29; 3: Wed 2026-09-30; 4: Thu 2026-10-08."
    ]
    assert said(found, "from", "zh-hans") == ["询问进展：2026-09-30（周三）结束时。"]
    assert said(found, "due") == ["Escalate from the end of Thu 2026-10-08."]
    assert said(found, "provisional") == []


def test_a_make_up_saturday_counts_and_is_called_so():
    found = due("partner_platform.extra_time", shanghai("2026-10-08 10:00"), usual_workdays=0)

    assert found.window_from_on == date(2026, 10, 10)
    assert found.due_on == date(2026, 10, 12)
    assert "2: Sat 2026-10-10, a make-up workday;" in said(found, "counted")[0]


def test_a_deadline_into_a_year_not_announced_is_provisional_and_says_so():
    found = due("partner_platform.extra_time", shanghai("2026-12-28 10:00"), usual_workdays=3)

    assert found.is_provisional
    assert said(found, "provisional") == [
        "The workday calendar of 2027 is not published yet: this date is provisional "
        "and is counted again when it is."
    ]


def test_the_day_it_starts_on_is_that_of_shanghai():
    # 17:00 UTC on Wednesday is already Thursday in Shanghai.
    found = due(
        "partner_platform.extra_time", datetime.fromisoformat("2026-09-23T17:00:00+00:00"), usual_workdays=1
    )

    assert found.due_on == date(2026, 10, 8)


# Half an hour for a shop's answer, half an hour to save what was said in a live room.


def test_a_shop_message_without_answer_at_a_quarter_to_nine_is_due_at_a_quarter_past():
    found = due("shop_message.no_reply", shanghai("2026-09-24 20:45"))

    assert found.due_at.isoformat() == "2026-09-24T21:15:00+08:00"
    assert found.due_on is None
    assert found.window_from is None
    assert not found.in_days


def test_the_shop_deadline_tells_the_averages_of_eight_and_twenty_three_minutes():
    [note] = said(due("shop_message.no_reply", shanghai("2026-09-24 20:45")), "note")

    assert "about 8 minutes" in note
    assert "about 23" in note
    assert "usual" in note


def test_a_stream_that_ended_ten_to_midnight_must_be_saved_by_twenty_past():
    found = due("live_room.save_chat", shanghai("2026-09-24 23:50"))

    assert found.due_at.isoformat() == "2026-09-25T00:20:00+08:00"


# The hotline is open from nine to nine.


@pytest.mark.parametrize("day", ["2026-09-24", "2026-09-26", "2026-10-01", "2026-12-31"])
def test_a_hotline_needed_at_three_to_nine_in_the_evening_is_called_at_nine_next_day(day):
    found = due("hotline.closing", shanghai(f"{day} 20:57"))

    next_day = {"2026-09-24": "2026-09-25", "2026-09-26": "2026-09-27", "2026-10-01": "2026-10-02"}
    assert found.due_at == shanghai(f"{next_day.get(day, '2027-01-01')} 09:00")
    assert found.window_from is None
    assert not found.is_provisional


@pytest.mark.parametrize(
    ("needed", "facts", "window_from", "due_at"),
    [
        pytest.param("2026-09-24 12:00", {}, None, "2026-09-24 20:47", id="a trade dispute: 8 + 5 minutes"),
        pytest.param(
            "2026-09-24 12:00",
            {"subject": "platform_rules"},
            None,
            "2026-09-24 20:52",
            id="rules: 3 + 5 minutes",
        ),
        pytest.param("2026-09-24 20:47", {}, None, "2026-09-24 20:47", id="just in time"),
        pytest.param("2026-09-24 20:47:01", {}, None, "2026-09-25 09:00", id="a second too late"),
        pytest.param("2026-09-24 21:30", {}, None, "2026-09-25 09:00", id="closed"),
        pytest.param("2026-09-24 07:00", {}, "2026-09-24 09:00", "2026-09-24 20:47", id="not open yet"),
    ],
)
def test_the_hotline_is_called_while_there_is_time_to_wait(needed, facts, window_from, due_at):
    found = due("hotline.closing", shanghai(needed), **facts)

    assert found.due_at == shanghai(due_at)
    assert found.window_from == (shanghai(window_from) if window_from else None)


def test_the_hotline_deadline_shows_its_subtraction():
    [sum_] = said(due("hotline.closing", shanghai("2026-09-24 12:00")), "last_call")

    assert sum_ == (
        "It closes at Thu 2026-09-24 21:00; minus the usual wait of about 8 minutes for a trade dispute "
        "and a margin of 5 minutes = dial by Thu 2026-09-24 20:47."
    )


@pytest.mark.parametrize(
    ("confirmed", "window_from", "due_at"),
    [
        ("2026-09-24 12:00", None, "2026-09-24 20:47"),
        ("2026-09-24 20:57", "2026-09-25 09:00", "2026-09-25 20:47"),
        ("2026-09-24 03:00", "2026-09-24 09:00", "2026-09-24 20:47"),
    ],
)
def test_the_second_confirmation_is_due_within_the_next_hours_of_the_hotline(confirmed, window_from, due_at):
    found = due("double_confirmation", shanghai(confirmed))

    assert found.window_from == (shanghai(window_from) if window_from else None)
    assert found.due_at == shanghai(due_at)


# At once, by the end of the day, by the time promised.


def test_a_person_is_asked_for_at_once():
    assert due("official_service.handover", THURSDAY_TEN).due_at == THURSDAY_TEN


def test_a_review_is_looked_at_after_a_quarter_of_an_hour_and_until_the_end_of_the_day():
    found = due("appeal_upload.review", THURSDAY_TEN)

    assert found.window_from == shanghai("2026-09-24 10:15")
    assert found.due_at == shanghai("2026-09-24 23:59:59")
    assert found.due_on is None


def test_a_review_asked_for_at_ten_to_midnight_runs_into_the_next_day():
    found = due("appeal_upload.review", shanghai("2026-09-24 23:50"))

    assert found.window_from == shanghai("2026-09-25 00:05")
    assert found.due_at == shanghai("2026-09-25 23:59:59")


@pytest.mark.parametrize(
    "promised",
    ["2026-09-25T18:00", "2026-09-25T18:00+08:00", "2026-09-25T10:00:00Z", shanghai("2026-09-25 18:00")],
)
def test_a_promise_is_due_when_it_was_promised(promised):
    assert due("promise.kept", THURSDAY_TEN, promised_by=promised).due_at == shanghai("2026-09-25 18:00")


# What is asked for, and what cannot be read.


@pytest.mark.parametrize("facts", [{}, {"usual_workdays": None}, {"usual_workdays": ""}])
def test_a_missing_fact_is_asked_for_in_both_languages(facts):
    with pytest.raises(MissingFact) as raised:
        due("partner_platform.extra_time", THURSDAY_TEN, **facts)

    assert raised.value.key == "usual_workdays"
    assert raised.value.question.en == "How many workdays does the partner usually take?"
    assert raised.value.sentence.zh_hans == "请补充“usual_workdays”：合作平台通常几个工作日处理完？"


@pytest.mark.parametrize("value", ["many", "1.5", -1, 251, True, 1.5])
def test_workdays_that_are_no_count_are_refused(value):
    with pytest.raises(UnreadableFact, match="a whole number from 0 to 250 is wanted"):
        due("partner_platform.extra_time", THURSDAY_TEN, usual_workdays=value)


def test_a_promised_time_that_is_no_time_is_refused():
    with pytest.raises(UnreadableFact, match=r"a date and time is wanted, as in 2026-09-24T10:00"):
        due("promise.kept", THURSDAY_TEN, promised_by="tomorrow")


def test_a_subject_that_is_no_choice_is_refused_with_the_choices():
    with pytest.raises(UnreadableFact, match="choose one of platform_rules, trade_dispute"):
        due("hotline.closing", THURSDAY_TEN, subject="weather")


def test_a_count_beyond_the_calendar_is_refused_with_a_sentence():
    with pytest.raises(UnreadableFact, match="outside the years that can be counted"):
        due("partner_platform.extra_time", shanghai("2060-12-20 10:00"), usual_workdays=100)


def test_a_start_without_a_zone_is_refused():
    rule = douyin().rules["shop_message.no_reply"]
    naive = datetime.fromisoformat("2026-09-24T10:00")

    with pytest.raises(ValueError, match="needs a time zone"):
        compute(rule, playbook=douyin(), at=naive, facts={}, calendar=china_calendar())


def test_the_reason_is_whole_json_with_source_and_editions():
    reason = due("shop_message.no_reply", THURSDAY_TEN).because()

    assert reason["rule"] == "douyin.shop_message.no_reply"
    assert reason["title"] == {"zh-hans": "店铺未回复私信", "en": "The shop has not replied"}
    assert reason["action"]["zh-hans"].startswith("记录「未回复」")
    assert reason["steps"][1] == {
        "key": "plus",
        "text": {
            "zh-hans": "加 30 分钟 = 2026-09-24（周四）10:30。",
            "en": "Plus 30 minutes = Thu 2026-09-24 10:30.",
        },
    }
    assert reason["source"]["key"] == "seed-article"
    assert reason["source"]["confidence"] == "reported"
    assert reason["source"]["checked_on"] == "2026-11-22"
    assert reason["playbook_edition"] == "2026-11-22"
    assert reason["calendar_edition"].startswith("CN 2001-2026 (holidays ")


@pytest.mark.parametrize("key", sorted(douyin().rules))
def test_every_step_of_every_deadline_is_a_sentence_in_both_languages(key):
    facts = {"usual_workdays": 2, "promised_by": "2026-09-25T18:00", "countdown": "1 day 4 h"}
    rule = douyin().rules[key]

    found = due(
        key, THURSDAY_TEN, **{asked.key: facts[asked.key] for asked in rule.inputs if asked.key in facts}
    )

    assert found.steps[0].key == "start"
    for step in found.steps:
        assert step.text.zh_hans.endswith("。")
        assert step.text.en.endswith(".")
        assert "{" not in step.text.zh_hans + step.text.en
