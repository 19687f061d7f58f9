"""Spans of time, unit by unit: first day, month ends, rolls over days off, desk hours, changes of clocks."""

from __future__ import annotations

from datetime import date

import pytest

from cases.rules.facts import UnreadableFact
from tests.rules.making import counted, told


@pytest.mark.parametrize(
    ("clock", "start", "on"),
    [
        pytest.param('kind="span", amount=7, unit="days"', "2026-11-20 23:59", "2026-11-27", id="days"),
        pytest.param('kind="span", amount=8, unit="weeks"', "2026-11-02 09:00", "2026-12-28", id="weeks"),
        pytest.param(
            'kind="span", amount=6, unit="months"', "2026-08-31 09:00", "2027-02-28", id="short month"
        ),
        pytest.param(
            'kind="span", amount=2, unit="months"',
            "2026-01-31 09:00",
            "2026-03-31",
            id="from a 31st to a 31st",
        ),
        pytest.param(
            'kind="span", amount=1, unit="months"', "2026-01-15 09:00", "2026-02-15", id="same number"
        ),
        pytest.param('kind="span", amount=3, unit="years"', "2026-11-22 09:00", "2029-11-22", id="years"),
        pytest.param('kind="span", amount=1, unit="years"', "2028-02-29 09:00", "2029-02-28", id="leap day"),
        pytest.param(
            'kind="span", amount=7, unit="workdays"', "2026-09-24 10:00", "2026-10-12", id="workdays"
        ),
        pytest.param(
            'kind="span", amount=45, unit="workdays"', "2026-04-10 10:00", "2026-06-16", id="over Labour Day"
        ),
        pytest.param(
            'kind="span", amount=1, unit="workdays"',
            "2026-05-08 10:00",
            "2026-05-09",
            id="a make-up Saturday",
        ),
        pytest.param(
            'kind="span", amount=7, unit="days", include_first_day=true',
            "2026-11-20 00:00",
            "2026-11-26",
            id="the first day counts",
        ),
        pytest.param(
            'kind="span", amount=1, unit="months", include_first_day=true',
            "2026-03-01 00:00",
            "2026-03-31",
            id="a whole month",
        ),
        pytest.param(
            'kind="span", amount=1, unit="months", include_first_day=true',
            "2026-01-31 00:00",
            "2026-02-28",
            id="a month that starts on the 31st",
        ),
        pytest.param(
            'kind="span", amount=2, unit="workdays", include_first_day=true',
            "2026-11-20 09:00",
            "2026-11-23",
            id="a Friday that counts, and the Monday",
        ),
    ],
)
def test_whole_days_end_with_their_last_day(clock, start, on):
    due = counted(clock, start)

    assert due.due_on == date.fromisoformat(on)
    assert due.due_at.isoformat() == f"{on}T23:59:59+08:00"


@pytest.mark.parametrize(
    ("roll", "start", "days", "on"),
    [
        ("next_workday", "2026-08-02 10:00", 60, "2026-10-08"),
        ("statutory", "2026-08-02 10:00", 60, "2026-10-08"),
        ("none", "2026-08-02 10:00", 60, "2026-10-01"),
        # A Sunday like any other is no statutory day off.
        ("statutory", "2026-11-15 10:00", 7, "2026-11-22"),
        ("next_workday", "2026-11-15 10:00", 7, "2026-11-23"),
        # The Sunday of the Mid-Autumn days belongs to the block.
        ("statutory", "2026-09-20 10:00", 7, "2026-09-28"),
        # 3 January is off, and Sunday 4 January is worked.
        ("next_workday", "2025-12-27 10:00", 7, "2026-01-04"),
        # A make-up Saturday is a workday: nothing rolls.
        ("next_workday", "2026-10-03 10:00", 7, "2026-10-10"),
    ],
)
def test_a_last_day_that_is_off_rolls_as_the_rule_says(roll, start, days, on):
    due = counted(f'kind="span", amount={days}, unit="days", roll="{roll}"', start)

    assert due.due_on == date.fromisoformat(on)


def test_a_roll_names_every_day_it_passes_over():
    due = counted('kind="span", amount=60, unit="days", roll="next_workday"', "2026-08-02 10:00")

    assert told(due, "length", "rolled") == [
        "Plus 60 days = Thu 2026-10-01.",
        "Thu 2026-10-01 National Day, Fri 2026-10-02 National Day, Sat 2026-10-03 National Day, "
        "Sun 2026-10-04 National Day, Mon 2026-10-05 National Day, Tue 2026-10-06 National Day, "
        "Wed 2026-10-07 National Day: it ends on Thu 2026-10-08 instead.",
    ]


@pytest.mark.parametrize(
    ("start", "due_at"),
    [
        ("2026-11-20 10:00", "2026-11-20T14:00:00+08:00"),
        ("2026-11-20 14:00", "2026-11-20T18:00:00+08:00"),
        ("2026-11-20 14:01", "2026-11-21T09:01:00+08:00"),
        ("2026-11-20 18:00", "2026-11-21T13:00:00+08:00"),
        ("2026-11-20 03:00", "2026-11-20T13:00:00+08:00"),
    ],
)
def test_desk_hours_stop_at_closing_and_go_on_at_the_next_opening(start, due_at):
    clock = 'kind="span", amount=4, unit="desk_hours", desk_hours={ daily = ["09:00-18:00"] }'

    assert counted(clock, start).due_at.isoformat() == due_at


def test_seconds_at_the_desk_are_told_too():
    clock = 'kind="span", amount=1, unit="desk_hours", desk_hours={ daily = ["09:00-18:00"] }'

    assert told(counted(clock, "2026-11-20 17:30:30"), "plus") == [
        "Plus 1 desk hour: Fri 2026-11-20 17:30:30 to Fri 2026-11-20 18:00 (29 minutes 30 seconds); "
        "Sat 2026-11-21 09:00 to Sat 2026-11-21 09:30:30 (30 minutes 30 seconds)."
    ]


def test_a_desk_with_a_lunch_break_that_is_shut_on_days_off():
    desk = '{ daily = ["09:00-12:00", "13:00-17:00"], saturday = [], sunday = [], days_off = [] }'
    due = counted(f'kind="span", amount=5, unit="desk_hours", desk_hours={desk}', "2026-09-24 15:00")

    # Thursday 15-17 are two hours; 25 to 27 September are off; Monday 9-12 are three.
    assert due.due_at.isoformat() == "2026-09-28T12:00:00+08:00"
    assert told(due, "plus") == [
        "Plus 5 desk hours: Thu 2026-09-24 15:00 to Thu 2026-09-24 17:00 (2 hours); "
        "Mon 2026-09-28 09:00 to Mon 2026-09-28 12:00 (3 hours)."
    ]


@pytest.mark.parametrize(
    ("zone", "unit", "amount", "start", "due_at"),
    [
        ("Europe/London", "hours", 24, "2026-03-28 12:00", "2026-03-29T13:00:00+01:00"),
        ("Europe/London", "hours", 24, "2026-10-24 12:00", "2026-10-25T11:00:00+00:00"),
        ("Europe/London", "days", 1, "2026-03-28 12:00", "2026-03-29T23:59:59+01:00"),
        ("America/New_York", "hours", 48, "2026-03-07 10:00", "2026-03-09T11:00:00-04:00"),
        ("America/New_York", "days", 10, "2026-03-07 23:30", "2026-03-17T23:59:59-04:00"),
    ],
)
def test_hours_are_real_hours_and_days_are_days_when_the_clocks_change(zone, unit, amount, start, due_at):
    due = counted(f'kind="span", amount={amount}, unit="{unit}"', start, zone=zone, calendar="weekdays")

    assert due.due_at.isoformat() == due_at


def test_the_hour_that_the_clocks_skip_is_no_hour_at_the_desk():
    clock = 'kind="span", amount=4, unit="desk_hours", desk_hours={ daily = ["01:00-05:00"] }'
    due = counted(clock, "2026-03-08 00:30", zone="America/New_York", calendar="US")

    # From 1:00 to 5:00 that night are three hours; the fourth is the next night's first.
    assert due.due_at.isoformat() == "2026-03-09T02:00:00-04:00"


def test_a_window_has_two_ends_and_says_so():
    due = counted('kind="span", amount=15, at_most=30, unit="days"', "2026-11-01 10:00")

    assert due.window_from_on == date(2026, 11, 16)
    assert due.due_on == date(2026, 12, 1)
    assert told(due, "length", "from", "due") == [
        "Plus 15 days = Mon 2026-11-16.",
        "Plus 30 days = Tue 2026-12-01.",
        "Ask how it stands from the end of Mon 2026-11-16.",
        "Escalate from the end of Tue 2026-12-01.",
    ]


def test_a_day_that_the_user_tells_is_counted_from_instead_of_the_event():
    question = 'question = { zh-hans = "最晚哪天送到？", en = "When should it come at the latest?" }'
    clock = f'kind="span", amount=90, unit="days", from="deliver_by", {question}'
    due = counted(clock, "2026-11-01 10:00", deliver_by="2026-11-10")

    assert due.due_on == date(2027, 2, 8)
    assert told(due, "start", "origin", "excluded") == [
        "Accepted: Sun 2026-11-01 10:00 (local time).",
        "Counted from Tue 2026-11-10 00:00.",
        "The day it starts on, Tue 2026-11-10, does not count.",
    ]


def test_many_workdays_are_told_in_runs():
    due = counted('kind="span", amount=12, unit="workdays"', "2026-09-11 10:00")

    assert told(due, "counted") == [
        "Counted: 1–5: Mon 2026-09-14 to Fri 2026-09-18; 6: Sun 2026-09-20, a make-up workday; "
        "7–10: Mon 2026-09-21 to Thu 2026-09-24; 11–12: Mon 2026-09-28 to Tue 2026-09-29."
    ]


@pytest.mark.parametrize(
    ("clock", "start"),
    [
        ('kind="span", amount=7, unit="workdays"', "2000-12-31 10:00"),
        ('kind="span", amount=7, unit="workdays"', "2060-12-28 10:00"),
        ('kind="span", amount=20, unit="years"', "2050-01-01 10:00"),
        ('kind="span", amount=7, unit="days", roll="next_workday"', "2060-12-31 10:00"),
    ],
)
def test_a_count_that_leaves_the_years_that_can_be_counted_is_a_sentence(clock, start):
    with pytest.raises(UnreadableFact, match="outside the years that can be counted, 2001 to 2060"):
        counted(clock, start)


class TestProvisional:
    def test_a_window_that_reaches_into_a_year_not_published(self):
        due = counted('kind="span", amount=5, at_most=8, unit="workdays"', "2026-12-25 10:00")

        assert due.is_provisional
        assert told(due, "provisional") == [
            "The workday calendar of 2027 is not published yet: this date is provisional and is counted "
            "again when it is."
        ]

    def test_days_that_all_count_are_provisional_only_where_the_last_one_may_roll(self):
        rolls = counted('kind="span", amount=60, unit="days", roll="next_workday"', "2026-12-01 10:00")
        stays = counted('kind="span", amount=60, unit="days"', "2026-12-01 10:00")

        assert rolls.is_provisional
        assert not stays.is_provisional

    def test_a_published_year_on_the_way_leaves_nothing_open(self):
        assert not counted('kind="span", amount=45, unit="workdays"', "2026-04-10 10:00").is_provisional

    def test_countries_whose_laws_tell_every_year_are_never_provisional(self):
        due = counted('kind="span", amount=21, unit="workdays"', "2027-12-20 10:00", calendar="US")

        assert not due.is_provisional
        # Christmas and New Year's Day fall on Saturdays and are kept on the Fridays before, 17 January is
        # the third Monday.
        assert due.due_on == date(2028, 1, 21)
