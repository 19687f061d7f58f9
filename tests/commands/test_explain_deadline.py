"""explain_deadline counts by hand what the site counts by itself."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from cases.management.commands import explain_deadline
from cases.models import CalendarDay

pytestmark = pytest.mark.django_db


def explain(*arguments):
    out = StringIO()
    call_command("explain_deadline", *arguments, stdout=out)
    return out.getvalue()


def as_json(*arguments):
    return json.loads(explain(*arguments, "--json"))


def refused(*arguments):
    with pytest.raises(CommandError) as raised:
        explain(*arguments)
    assert raised.value.returncode == 1
    return str(raised.value)


PARTNER = ("douyin.partner_platform.extra_time", "--from", "2026-09-24T10:00", "--set", "usual_workdays=1")


def test_a_partner_deadline_as_json():
    answer = as_json(*PARTNER)

    assert answer["due_at"] == "2026-10-08T23:59:59+08:00"
    assert answer["due_on"] == "2026-10-08"
    assert answer["window_from"] == "2026-09-30T23:59:59+08:00"
    assert answer["window_from_on"] == "2026-09-30"
    assert answer["provisional"] is False
    assert answer["steps"][1] == "The day it starts on, Thu 2026-09-24, does not count."


def test_the_same_in_chinese():
    steps = as_json(*PARTNER, "--language", "zh-hans")["steps"]

    assert steps[1] == "起算当天 2026-09-24（周四）不计入。"
    assert "2026-10-01（周四）国庆节" in steps[3]


@pytest.mark.parametrize(
    ("rule", "start", "due_at"),
    [
        ("shop_message.no_reply", "2026-09-24T20:45", "2026-09-24T21:15:00+08:00"),
        ("shop_message.no_reply", "2026-09-24T12:45:00Z", "2026-09-24T21:15:00+08:00"),
        ("hotline.closing", "2026-10-03T20:57+08:00", "2026-10-04T09:00:00+08:00"),
        ("live_room.save_chat", "2026-09-24T23:50", "2026-09-25T00:20:00+08:00"),
    ],
)
def test_a_moment_without_an_offset_is_meant_in_the_zone_of_the_playbook(rule, start, due_at):
    answer = as_json(f"douyin.{rule}", "--from", start)

    assert answer["due_at"] == due_at
    assert answer["due_on"] is None
    assert answer["window_from"] is None


TESTING = ("--event", "testing_started=2026-08-10T09:00", "--event", "testing_ended=2026-08-20T17:00")


def test_what_happened_since_stops_the_clock():
    answer = as_json("cn_12315.mediation", "--from", "2026-08-03T10:00", *TESTING)

    assert answer["due_on"] == "2026-10-12"
    assert as_json("cn_12315.mediation", "--from", "2026-08-03T10:00", *TESTING[:2])["paused"] is True


def test_an_older_edition_is_found_by_the_date():
    answer = as_json("cn_12315.mediation", "--from", "2026-04-10T10:00")

    assert answer["rule"] == "cn_12315.mediation_order_20"
    assert answer["due_on"] == "2026-06-16"


def test_an_older_name_leads_to_the_rule_of_the_day():
    answer = as_json("cn_12315.mediation_order_20", "--from", "2026-08-02T10:00")

    assert (answer["rule"], answer["due_on"]) == ("cn_12315.mediation", "2026-10-08")


def test_a_day_that_was_corrected_on_this_site_counts_as_corrected():
    CalendarDay.objects.create(calendar="CN", day=date(2026, 9, 28), works=False, source="a notice")

    assert as_json("cn_12315.acceptance", "--from", "2026-09-24T10:00")["due_on"] == "2026-10-13"


def test_without_a_database_the_shipped_calendar_counts(monkeypatch):
    def nothing_there(code):
        raise OperationalError("no such table")

    monkeypatch.setattr(explain_deadline, "calendar_of", nothing_there)

    assert as_json("cn_12315.acceptance", "--from", "2026-09-24T10:00")["due_on"] == "2026-10-12"


def test_a_date_into_an_unpublished_year_says_provisional():
    arguments = ("douyin.partner_platform.extra_time", "--from", "2026-12-28", "--set", "usual_workdays=3")

    assert as_json(*arguments)["provisional"] is True
    assert "(provisional)" in explain(*arguments)


def test_lines_to_read_show_the_steps_and_the_source():
    text = explain("douyin.shop_message.no_reply", "--from", "2026-09-24T20:45")

    assert text.splitlines()[:3] == [
        "douyin.shop_message.no_reply: The shop has not replied",
        "due   2026-09-24T21:15:00+08:00",
        "  1. The message was sent: Thu 2026-09-24 20:45 (Shanghai time).",
    ]
    assert "[reported, 2026-11-22]" in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("taobao.x", "--from", "2026-09-24"), "No playbook knows “taobao.x”"),
        (
            ("douyin.x", "--from", "2026-09-24"),
            "There is no rule “douyin.x”; there are douyin.shop_message.no_reply",
        ),
        (
            ("douyin.promise.kept", "--from", "yesterday"),
            "“yesterday” is not a moment; write it as 2026-09-24T20:45",
        ),
        (
            ("douyin.partner_platform.extra_time", "--from", "2026-09-24"),
            "This needs “usual_workdays”: How many workdays does the partner usually take?",
        ),
        (
            ("douyin.partner_platform.extra_time", "--from", "2026-09-24", "--set", "usual_workdays=few"),
            "“usual_workdays” cannot be “few”: a whole number from 0 to 250 is wanted.",
        ),
        (
            ("douyin.partner_platform.extra_time", "--from", "1990-09-24", "--set", "usual_workdays=1"),
            "The dates lie outside the years that can be counted",
        ),
        (
            ("douyin.promise.kept", "--from", "2026-09-24", "--set", "x"),
            "“x” sets nothing; write --set key=value.",
        ),
        (
            ("douyin.promise.kept", "--from", "2026-09-24", "--set", "x=1"),
            "douyin.promise.kept does not ask for “x”; it asks for promised_by.",
        ),
        (
            ("cn_12315.mediation", "--from", "2019-04-10"),
            "cn_12315.mediation was not in force on 2019-04-10: it holds from 2026-04-15 to today, and no",
        ),
        (
            ("cn_12315.mediation", "--from", "2026-09-10", "--event", "rain=2026-09-11"),
            "“rain=2026-09-11” is no event; write --event milestone=moment with one of paid,",
        ),
        (
            ("cn_12315.mediation", "--from", "2026-09-10", "--event", "testing_started@moon=2026-09-11"),
            "There is no channel “moon”; there are cn_12315.",
        ),
        (("douyin.hotline.closing", "--from", "9999-12-31T23:00"), "9999-12-31T23:00 is too far away"),
    ],
)
def test_what_cannot_be_counted_is_one_clear_sentence(arguments, sentence):
    assert refused(*arguments).startswith(sentence)


def test_the_sentence_about_a_missing_fact_is_in_the_language_asked_for():
    sentence = refused("douyin.promise.kept", "--from", "2026-09-24", "--language", "zh-hans")

    assert sentence.startswith("请补充“promised_by”：对方承诺在什么时候之前办到？")
