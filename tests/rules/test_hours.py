"""Opening hours: frames by weekday, days off, through midnight, and the last moment to dial."""

from __future__ import annotations

from datetime import time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from cases.rules.hours import Frame, OpeningHours
from cases.rules.schema_hours import is_statutory_day_off
from tests.rules.moments import SHANGHAI, shanghai

DAILY = OpeningHours("frames", SHANGHAI, week=((Frame(time(9), time(21)),),) * 7)
DESK = (Frame(time(9), time(12)), Frame(time(14), time(17, 30)))
OFFICE = OpeningHours(
    "frames",
    SHANGHAI,
    week=(*(DESK,) * 5, (), ()),
    days_off=(Frame(time(10), time(11)),),
    is_day_off=partial(is_statutory_day_off, "CN"),
)
NIGHT = OpeningHours("frames", SHANGHAI, week=((Frame(time(0), time(2)), Frame(time(20), None)),) * 7)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-09-24 08:59:59", False),
        ("2026-09-24 09:00", True),
        ("2026-09-24 20:59:59", True),
        ("2026-09-24 21:00", False),
    ],
)
def test_a_frame_holds_its_opening_but_not_its_closing(at, is_open):
    assert DAILY.is_open(shanghai(at)) is is_open


def test_the_clock_is_that_of_the_zone_wherever_one_asks_from():
    asked_in_london = shanghai("2026-09-24 09:30").astimezone(ZoneInfo("Europe/London"))

    assert DAILY.is_open(asked_in_london)
    assert DAILY.closes_at(asked_in_london) == shanghai("2026-09-24 21:00")


def test_it_closes_at_the_end_of_the_present_frame_and_opens_at_the_next():
    morning = shanghai("2026-09-24 10:00")  # a Thursday

    assert OFFICE.closes_at(morning) == shanghai("2026-09-24 12:00")
    assert OFFICE.opens_at(morning) == shanghai("2026-09-24 14:00")
    assert OFFICE.closes_at(shanghai("2026-09-24 13:00")) is None


def test_after_the_last_frame_of_a_friday_it_opens_on_monday():
    assert OFFICE.opens_at(shanghai("2026-11-20 17:30")) == shanghai("2026-11-23 09:00")


def test_a_statutory_day_off_has_hours_of_its_own():
    assert OFFICE.is_open(shanghai("2026-10-01 09:30")) is False
    assert OFFICE.is_open(shanghai("2026-10-01 10:30")) is True
    assert OFFICE.opens_at(shanghai("2026-10-01 11:00")) == shanghai("2026-10-02 10:00")


def test_a_place_closed_on_days_off_opens_after_the_whole_spring_festival():
    closed = OpeningHours(
        "frames", SHANGHAI, week=OFFICE.week, days_off=(), is_day_off=partial(is_statutory_day_off, "CN")
    )

    # 14 February is a Saturday, 15 to 23 February are off.
    assert closed.opens_at(shanghai("2026-02-13 18:00")) == shanghai("2026-02-24 09:00")


def test_what_runs_through_midnight_is_one_opening():
    late = shanghai("2026-09-24 23:50")

    assert NIGHT.is_open(late)
    assert NIGHT.closes_at(late) == shanghai("2026-09-25 02:00")
    assert NIGHT.opens_at(late) == shanghai("2026-09-25 20:00")


@pytest.mark.parametrize(
    ("at", "last"),
    [
        pytest.param("2026-09-24 12:00", "2026-09-24 20:47", id="open"),
        pytest.param("2026-09-24 20:57", "2026-09-24 20:47", id="open, but too late"),
        pytest.param("2026-09-24 21:00", "2026-09-25 20:47", id="closed: of the next opening"),
        pytest.param("2026-09-24 08:00", "2026-09-24 20:47", id="not open yet"),
    ],
)
def test_the_last_call_leaves_time_to_wait(at, last):
    found = DAILY.last_call(shanghai(at), wait=timedelta(minutes=8), margin=timedelta(minutes=5))

    assert found == shanghai(last)


def test_a_last_call_is_never_before_the_opening():
    found = OFFICE.last_call(shanghai("2026-10-01 09:00"), wait=timedelta(hours=2), margin=timedelta(0))

    assert found == shanghai("2026-10-01 10:00")


def test_what_is_always_open_never_closes_nor_opens():
    always = OpeningHours.always(SHANGHAI)
    at = shanghai("2026-09-24 03:00")

    assert always.is_open(at) is True
    assert always.closes_at(at) is None
    assert always.opens_at(at) is None
    assert always.last_call(at, wait=timedelta(0), margin=timedelta(0)) is None


def test_nobody_knows_whether_unknown_hours_are_open():
    unknown = OpeningHours.unknown(SHANGHAI)

    assert unknown.is_open(shanghai("2026-09-24 12:00")) is None
    assert unknown.closes_at(shanghai("2026-09-24 12:00")) is None
    assert not unknown.is_known


def test_hours_follow_the_clock_over_a_change_to_winter_time():
    berlin = ZoneInfo("Europe/Berlin")
    hours = OpeningHours("frames", berlin, week=((Frame(time(9), time(18)),),) * 7)
    before = shanghai("2026-10-25 00:30").astimezone(berlin)  # Saturday evening, summer time

    opens = hours.opens_at(before)

    assert opens is not None
    assert opens.isoformat() == "2026-10-25T09:00:00+01:00"
