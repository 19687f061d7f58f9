"""Whether a channel can be reached now, else when: weekends, days off, lunch breaks, the last call."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.rules.hours import Frame, OpeningHours
from cases.rules.openings import Opening, opening_of
from tests.rules.ladders import channel
from tests.rules.moments import SHANGHAI, shanghai

EVERY_DAY = OpeningHours("frames", SHANGHAI, week=((Frame(time(9), time(21)),),) * 7)
# Monday to Friday 9:00-12:00 and 13:30-17:30, Saturday 10:00-12:00, Sunday closed; on statutory days
# off 10:00-11:00 only. 2026: Thu 1 to Wed 7 October are days off.
OFFICE = OpeningHours(
    "frames",
    SHANGHAI,
    week=(*((Frame(time(9), time(12)), Frame(time(13, 30), time(17, 30))),) * 5,
          (Frame(time(10), time(12)),), ()),
    days_off=(Frame(time(10), time(11)),),
    is_day_off=lambda day: date(2026, 10, 1) <= day <= date(2026, 10, 7),
)  # fmt: skip
SHUT_ON_DAYS_OFF = replace(OFFICE, days_off=())


def stands(hours, at, *, margin=0, zone=SHANGHAI):
    """As in stands(OFFICE, "2026-09-24 12:30")."""
    reached = channel("office", hours=hours, margin=timedelta(minutes=margin))
    return opening_of(reached, shanghai(at), zone=zone)


def test_what_nobody_knows_and_what_never_closes_say_no_time():
    assert stands(OpeningHours.unknown(SHANGHAI), "2026-09-24 12:00") == Opening("unknown")
    assert stands(OpeningHours.always(SHANGHAI), "2026-09-24 03:00") == Opening("always")


@pytest.mark.parametrize(
    ("at", "state", "minutes_left"),
    [
        pytest.param("2026-09-24 19:59", "open", 61, id="more than an hour"),
        pytest.param("2026-09-24 20:00", "closing", 60, id="the last hour"),
        pytest.param("2026-09-24 20:20", "closing", 40, id="forty minutes"),
    ],
)
def test_an_open_channel_tells_how_long_it_stays_so(at, state, minutes_left):
    found = stands(EVERY_DAY, at)

    assert (found.state, found.minutes_left) == (state, minutes_left)
    assert found.closes_at == shanghai("2026-09-24 21:00")
    assert found.opens_at is None


@pytest.mark.parametrize(
    ("at", "opens_at", "opens_on"),
    [
        # 24 September 2026 is a Thursday, 26 a Saturday, 27 a Sunday.
        pytest.param("2026-09-24 07:00", "2026-09-24 09:00", "today", id="before it opens"),
        pytest.param("2026-09-24 12:00", "2026-09-24 13:30", "today", id="the lunch break begins"),
        pytest.param("2026-09-24 13:29", "2026-09-24 13:30", "today", id="the lunch break ends"),
        pytest.param("2026-09-24 17:30", "2026-09-25 09:00", "tomorrow", id="in the evening"),
        pytest.param("2026-09-25 18:00", "2026-09-26 10:00", "tomorrow", id="other hours on Saturday"),
        pytest.param("2026-09-26 12:00", "2026-09-28 09:00", "weekday", id="over the weekend"),
        pytest.param("2026-09-30 18:00", "2026-10-01 10:00", "tomorrow", id="other hours on a day off"),
        pytest.param("2026-10-01 11:00", "2026-10-02 10:00", "tomorrow", id="from day off to day off"),
    ],
)
def test_a_closed_channel_tells_when_it_opens(at, opens_at, opens_on):
    found = stands(OFFICE, at)

    assert (found.state, found.opens_at, found.opens_on) == ("closed", shanghai(opens_at), opens_on)
    assert found.closes_at is None


def test_closed_for_the_whole_national_day_week_it_names_the_date():
    """Wednesday evening to Thursday of the week after: eight days."""
    found = stands(SHUT_ON_DAYS_OFF, "2026-09-30 18:00")

    assert (found.opens_at, found.opens_on) == (shanghai("2026-10-08 09:00"), "date")
    # Seven days on it would be the same weekday again, so the date is said as well.
    assert stands(SHUT_ON_DAYS_OFF, "2026-10-01 12:00").opens_on == "date"
    assert stands(SHUT_ON_DAYS_OFF, "2026-10-02 12:00").opens_on == "weekday"


def test_the_morning_ends_at_lunch():
    found = stands(OFFICE, "2026-09-24 11:20")

    assert (found.state, found.minutes_left) == ("closing", 40)
    assert found.closes_at == shanghai("2026-09-24 12:00")


def test_the_last_call_is_closing_minus_the_wait_minus_the_margin():
    """21:00 minus a margin of 13 minutes is 20:47; after that the next opening counts."""
    in_time = stands(EVERY_DAY, "2026-09-24 20:47", margin=13)
    too_late = stands(EVERY_DAY, "2026-09-24 20:48", margin=13)

    assert (in_time.state, in_time.last_call) == ("closing", shanghai("2026-09-24 20:47"))
    assert (too_late.state, too_late.opens_at) == ("too_late", shanghai("2026-09-25 09:00"))
    assert too_late.last_call == shanghai("2026-09-25 20:47")


def test_too_late_before_lunch_is_early_enough_after_it():
    found = stands(OFFICE, "2026-09-24 11:55", margin=10)

    assert (found.state, found.opens_at, found.opens_on) == (
        "too_late",
        shanghai("2026-09-24 13:30"),
        "today",
    )
    assert found.last_call == shanghai("2026-09-24 17:20")


def test_without_a_wait_there_is_no_last_call():
    assert stands(EVERY_DAY, "2026-09-24 12:00").last_call is None


def test_a_channel_that_never_opens_says_so():
    assert stands(OpeningHours("frames", SHANGHAI), "2026-09-24 12:00") == Opening("never")


def test_the_day_is_named_for_the_reader():
    """9:00 in Shanghai on Friday is 18:00 in Los Angeles on Thursday: there it is still today."""
    found = stands(EVERY_DAY, "2026-09-24 23:00", zone=ZoneInfo("America/Los_Angeles"))

    assert f"{found.opens_at:%Y-%m-%d %H:%M}" == "2026-09-24 18:00"
    assert found.opens_on == "today"


def test_the_hour_that_daylight_saving_takes_is_not_counted():
    """London, 29 March 2026: at 1:00 the clocks go to 2:00. From 0:30 to 3:00 are 90 minutes."""
    london = ZoneInfo("Europe/London")
    hours = OpeningHours("frames", london, week=((Frame(time(0), time(3)),),) * 7)
    at = datetime(2026, 3, 29, 0, 30, tzinfo=london)

    assert opening_of(channel("office", hours=hours), at, zone=london).minutes_left == 90
    assert opening_of(channel("office", hours=hours), at.astimezone(UTC), zone=london).minutes_left == 90
