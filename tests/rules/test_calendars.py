"""The workday calendar of China, against the State Council's notice and against a second library."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.rules.calendars import FIRST_DAY, LAST_DAY, SkippedDay, china_calendar
from cases.rules.text import Text

CHINA = china_calendar()


@pytest.mark.parametrize(
    ("start", "count", "on"),
    [
        pytest.param(date(2026, 9, 24), 3, date(2026, 9, 30), id="over Mid-Autumn"),
        pytest.param(date(2026, 9, 24), 4, date(2026, 10, 8), id="over National Day as well"),
        pytest.param(date(2026, 9, 24), 7, date(2026, 10, 12), id="with the make-up Saturday of 10 October"),
        pytest.param(date(2026, 9, 30), 7, date(2026, 10, 15), id="from the eve of National Day"),
        pytest.param(date(2026, 11, 20), 7, date(2026, 12, 1), id="over plain weekends"),
        pytest.param(date(2026, 11, 20), 10, date(2026, 12, 4), id="two weeks"),
        pytest.param(date(2026, 2, 13), 1, date(2026, 2, 14), id="a Saturday that is worked"),
        pytest.param(date(2026, 9, 26), 1, date(2026, 9, 28), id="from a day off"),
        pytest.param(date(2026, 9, 26), 0, date(2026, 9, 26), id="no workday is the start itself"),
    ],
)
def test_workdays_are_counted_from_the_day_after(start, count, on):
    result = CHINA.add_workdays(start, count)

    assert result.on == on
    assert not result.provisional


def test_every_day_that_does_not_count_is_named():
    result = CHINA.add_workdays(date(2026, 9, 24), 4)

    assert [skipped.on.isoformat() for skipped in result.skipped] == [
        "2026-09-25",
        "2026-09-26",
        "2026-09-27",
        "2026-10-01",
        "2026-10-02",
        "2026-10-03",
        "2026-10-04",
        "2026-10-05",
        "2026-10-06",
        "2026-10-07",
    ]
    assert {skipped.name.zh_hans for skipped in result.skipped[:3]} == {"中秋节"}
    assert {skipped.name.en for skipped in result.skipped[3:]} == {"National Day"}
    assert [day.isoformat() for day in result.counted] == [
        "2026-09-28",
        "2026-09-29",
        "2026-09-30",
        "2026-10-08",
    ]


def test_a_plain_weekend_is_named_by_its_days():
    result = CHINA.add_workdays(date(2026, 11, 20), 1)

    assert result.skipped == (
        SkippedDay(date(2026, 11, 21), Text("休息日", "weekend")),
        SkippedDay(date(2026, 11, 22), Text("休息日", "weekend")),
    )


# The notice for 2026: days off and make-up workdays, day by day.
OFF_IN_2026 = [
    ("01-01", "01-03", "元旦"),
    ("02-15", "02-23", "春节"),
    ("04-04", "04-06", "清明节"),
    ("05-01", "05-05", "劳动节"),
    ("06-19", "06-21", "端午节"),
    ("09-25", "09-27", "中秋节"),
    ("10-01", "10-07", "国庆节"),
]
WORKED_IN_2026 = ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


@pytest.mark.parametrize(("first", "last", "name"), OFF_IN_2026)
def test_the_days_off_of_2026_are_those_of_the_notice(first, last, name):
    day, end = date.fromisoformat(f"2026-{first}"), date.fromisoformat(f"2026-{last}")
    while day <= end:
        assert not CHINA.is_workday(day), day
        found = CHINA.day_off_name(day)
        assert found is not None, day
        # New Year's Eve of the lunar calendar has a name of its own within the Spring Festival.
        assert name in found.zh_hans or found.zh_hans == "农历除夕", day
        day += timedelta(days=1)


@pytest.mark.parametrize("day", WORKED_IN_2026)
def test_the_make_up_workdays_of_2026_are_worked(day):
    assert CHINA.is_workday(date.fromisoformat(f"2026-{day}"))
    assert CHINA.is_make_up_workday(date.fromisoformat(f"2026-{day}"))


def test_2026_has_33_named_days_off_and_248_workdays():
    days = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(365)]

    assert sum(CHINA.day_off_name(day) is not None for day in days) == 33
    assert sum(CHINA.is_workday(day) for day in days) == 248


def test_2024_to_2026_agree_with_a_second_library_on_every_day():
    days = [date(2024, 1, 1) + timedelta(days=offset) for offset in range(366 + 365 + 365)]

    assert [day for day in days if CHINA.is_workday(day) != chinese_calendar.is_workday(day)] == []


def test_2027_is_not_announced_and_a_count_into_it_is_provisional():
    assert CHINA.is_published(2026)
    assert not CHINA.is_published(2027)
    assert CHINA.add_workdays(date(2026, 12, 28), 3).provisional is False  # ends on 31 December
    assert CHINA.add_workdays(date(2026, 12, 28), 4).provisional is True
    assert CHINA.add_workdays(date(2027, 3, 1), 1).provisional is True


def test_an_override_changes_a_day_and_the_edition():
    calendar = china_calendar({date(2026, 11, 24): False, date(2026, 11, 28): True})

    result = calendar.add_workdays(date(2026, 11, 23), 4)

    assert result.on == date(2026, 11, 28)  # Wed, Thu, Fri and the Saturday that is worked
    assert [skipped.on for skipped in result.skipped] == [date(2026, 11, 24)]
    assert calendar.edition.startswith(CHINA.edition + " +2:")
    assert CHINA.add_workdays(date(2026, 11, 23), 4).on == date(2026, 11, 27)


def test_days_settled_by_hand_are_not_provisional():
    settled = {
        date(2027, 1, 1): False,
        date(2027, 1, 2): False,
        date(2027, 1, 3): False,
        date(2027, 1, 4): True,
    }
    calendar = china_calendar(settled)

    assert calendar.add_workdays(date(2026, 12, 31), 1).on == date(2027, 1, 4)
    assert calendar.add_workdays(date(2026, 12, 31), 1).provisional is False
    assert calendar.add_workdays(date(2026, 12, 31), 2).provisional is True


def test_one_calendar_serves_the_whole_process():
    assert china_calendar() is china_calendar()


@pytest.mark.parametrize("day", [FIRST_DAY - timedelta(days=1), LAST_DAY + timedelta(days=1), date.max])
def test_a_day_outside_the_calendar_is_refused_with_a_sentence(day):
    with pytest.raises(ValueError, match="covers 2001-01-01 to 2060-12-31"):
        CHINA.add_workdays(day, 1)


def test_a_count_that_leaves_the_calendar_or_goes_backward_is_refused():
    with pytest.raises(ValueError, match="ends on 2060-12-31"):
        CHINA.add_workdays(date(2060, 12, 30), 5)
    with pytest.raises(ValueError, match="forward only"):
        CHINA.add_workdays(date(2026, 9, 24), -1)


@settings(max_examples=40, deadline=None, database=None)
@given(start=st.dates(date(2004, 1, 1), date(2050, 1, 1)), count=st.integers(1, 60))
def test_every_day_on_the_way_is_either_counted_or_skipped(start, count):
    result = CHINA.add_workdays(start, count)

    passed = sorted([*result.counted, *(skipped.on for skipped in result.skipped)])
    assert passed == [start + timedelta(days=offset + 1) for offset in range((result.on - start).days)]
    assert len(result.counted) == count
    assert all(CHINA.is_workday(day) for day in result.counted)
    assert all(skipped.name.zh_hans and skipped.name.en for skipped in result.skipped)
