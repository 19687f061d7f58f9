"""The middle of answer times, the half around it, and what a source calls usual."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from cases.rules.spread import Spread, spread_of, usual_answer_time
from tests.rules.shipped import shipped


def minutes(*numbers: int) -> list[timedelta]:
    return [timedelta(minutes=number) for number in numbers]


def test_of_five_times_the_second_third_and_fourth_are_told():
    assert spread_of(minutes(50, 5, 20, 10, 12)) == Spread(5, *minutes(10, 12, 20))


def test_between_two_times_the_middle_lies_halfway():
    assert spread_of(minutes(10, 20)) == Spread(
        2, timedelta(seconds=750), *minutes(15), timedelta(seconds=1050)
    )


def test_one_time_is_its_own_middle_and_none_has_none():
    assert spread_of(minutes(7)) == Spread(1, *minutes(7, 7, 7))
    assert spread_of([]) is None


@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=400)), min_size=1, max_size=40))
def test_the_parts_lie_in_order_within_the_times(times: list[timedelta]):
    spread = spread_of(times)

    assert spread is not None
    second = timedelta(seconds=1)
    assert min(times) - second <= spread.low <= spread.middle <= spread.high <= max(times) + second


def test_what_a_source_calls_usual_is_read_from_its_figures():
    channels = shipped("douyin").channels

    assert usual_answer_time(channels["shop_message"]) == (timedelta(minutes=5), timedelta(minutes=30))
    assert usual_answer_time(channels["appeal_upload"]) == (timedelta(minutes=15), timedelta(minutes=15))
    assert usual_answer_time(channels["hotline"]) == (timedelta(minutes=3), timedelta(minutes=8))
    assert usual_answer_time(channels["partner_platform"]) is None
