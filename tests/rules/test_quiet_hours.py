"""Quiet hours, on clocks that keep their pace and on one that jumps."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from cases.rules.quiet_hours import QuietHours
from tests.rules.moments import SHANGHAI

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(time(22, 0), time(8, 0), SHANGHAI)
BERLIN_NIGHT = QuietHours(time(22, 0), time(8, 0), BERLIN)


def moment(iso: str) -> datetime:
    return datetime.fromisoformat(iso)


@pytest.mark.parametrize(
    ("at", "is_quiet"),
    [
        ("2026-09-01T21:59:59+08:00", False),
        ("2026-09-01T22:00+08:00", True),
        ("2026-09-02T00:00+08:00", True),
        ("2026-09-02T07:59:59+08:00", True),
        ("2026-09-02T08:00+08:00", False),
    ],
)
def test_a_night_spans_midnight_and_ends_on_the_minute(at: str, is_quiet: bool):
    assert NIGHT.hold(moment(at)) is is_quiet


def test_before_and_after_midnight_the_same_night_has_the_same_ends():
    for at in ("2026-09-01T23:30+08:00", "2026-09-02T06:00+08:00"):
        assert NIGHT.beginning(moment(at)) == moment("2026-09-01T22:00+08:00")
        assert NIGHT.ending(moment(at)) == moment("2026-09-02T08:00+08:00")


def test_a_rest_at_noon_does_not_span_midnight():
    rest = QuietHours(time(12, 0), time(14, 0), SHANGHAI)

    assert [rest.hold(moment(f"2026-09-01T{at}+08:00")) for at in ("11:59", "12:00", "13:59", "14:00")] == [
        False,
        True,
        True,
        False,
    ]
    assert rest.beginning(moment("2026-09-01T13:00+08:00")) == moment("2026-09-01T12:00+08:00")
    assert rest.ending(moment("2026-09-01T13:00+08:00")) == moment("2026-09-01T14:00+08:00")


def test_the_same_time_twice_is_never_quiet():
    assert not QuietHours(time(22, 0), time(22, 0), SHANGHAI).hold(moment("2026-09-01T22:00+08:00"))


def test_the_night_in_which_summer_begins_is_an_hour_shorter():
    at = moment("2026-03-29T01:30+01:00")

    assert BERLIN_NIGHT.beginning(at) == moment("2026-03-28T22:00+01:00")
    assert BERLIN_NIGHT.ending(at) == moment("2026-03-29T08:00+02:00")


def test_the_night_in_which_summer_ends_is_an_hour_longer():
    at = moment("2026-10-25T02:30+02:00")

    assert BERLIN_NIGHT.beginning(at) == moment("2026-10-24T22:00+02:00")
    assert BERLIN_NIGHT.ending(at) == moment("2026-10-25T08:00+01:00")


def test_an_end_that_the_clock_jumps_over_lies_after_the_jump():
    short = QuietHours(time(1, 0), time(2, 30), BERLIN)

    assert short.ending(moment("2026-03-29T01:30+01:00")) == moment("2026-03-29T03:30+02:00")


def test_an_end_that_comes_twice_is_the_one_still_ahead():
    short = QuietHours(time(1, 0), time(2, 30), BERLIN)

    assert short.ending(moment("2026-10-25T01:30+02:00")) == moment("2026-10-25T02:30+02:00")
    assert short.ending(moment("2026-10-25T02:10+01:00")) == moment("2026-10-25T02:30+01:00")
