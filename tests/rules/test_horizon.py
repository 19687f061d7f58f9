"""Where a moment stands on the picture of what is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.horizon import place

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Monday noon in Shanghai.
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "per_cent"),
    [
        (datetime(2026, 11, 16, 4, 0, tzinfo=UTC), 0),  # a week late
        (datetime(2025, 1, 1, 0, 0, tzinfo=UTC), 0),  # a year late: at the edge
        (datetime(2026, 11, 20, 0, 0, tzinfo=SHANGHAI), 10),  # half a week late
        (NOW, 20),
        (datetime(2026, 11, 23, 18, 0, tzinfo=SHANGHAI), 30),  # halfway to midnight
        (datetime(2026, 11, 24, 0, 0, tzinfo=SHANGHAI), 40),
        (datetime(2026, 11, 27, 12, 0, tzinfo=SHANGHAI), 50),  # three and a half of seven days on
        (datetime(2026, 12, 1, 0, 0, tzinfo=SHANGHAI), 60),
        (datetime(2026, 12, 24, 0, 0, tzinfo=SHANGHAI), 80),
        (datetime(2027, 11, 24, 0, 0, tzinfo=SHANGHAI), 100),
        (datetime(2029, 11, 24, 0, 0, tzinfo=SHANGHAI), 100),  # three years off: at the edge
    ],
)
def test_each_stretch_has_a_fifth_of_the_width(moment: datetime, per_cent: int):
    assert place(moment, now=NOW, zone=SHANGHAI) == per_cent


def test_today_ends_where_the_days_are_counted():
    """At noon in Shanghai it is 5 in the morning in Berlin, and its 23:00 is there the afternoon."""
    evening = datetime(2026, 11, 23, 23, 0, tzinfo=SHANGHAI)

    assert place(evening, now=NOW, zone=SHANGHAI) == 38
    assert place(evening, now=NOW, zone=ZoneInfo("Europe/Berlin")) == 32


@given(st.integers(-600 * 24 * 60, 600 * 24 * 60), st.integers(0, 600 * 24 * 60))
def test_what_is_later_never_stands_further_left(minutes: int, more: int):
    earlier = NOW + timedelta(minutes=minutes)
    here = place(earlier, now=NOW, zone=SHANGHAI)
    there = place(earlier + timedelta(minutes=more), now=NOW, zone=SHANGHAI)

    assert 0 <= here <= there <= 100
