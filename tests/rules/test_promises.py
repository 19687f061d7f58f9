"""Promises that nobody has told the end of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cases.rules.promises import Made, Told, unsettled

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST, SECOND = Made(1, "hotline", NOON), Made(2, "shop_message", NOON + timedelta(hours=1))
LATER = NOON + timedelta(hours=2)


def test_what_names_its_contact_settles_that_one():
    assert unsettled([FIRST, SECOND], [Told(1, "", LATER)]) == {2}


def test_what_names_none_settles_the_last_before_it():
    assert unsettled([FIRST, SECOND], [Told(None, "", LATER)]) == {1}
    assert unsettled([FIRST, SECOND], [Told(None, "", LATER), Told(None, "", LATER)]) == frozenset()


def test_what_names_a_channel_settles_the_last_there():
    assert unsettled([FIRST, SECOND], [Told(None, "hotline", LATER)]) == {2}
    assert unsettled([FIRST, SECOND], [Told(None, "email", LATER)]) == {1, 2}


def test_nothing_settles_a_promise_that_was_made_later():
    assert unsettled([FIRST, SECOND], [Told(None, "", NOON - timedelta(seconds=1))]) == {1, 2}


TIMES = st.integers(0, 50).map(lambda hours: NOON + timedelta(hours=hours))
CHANNELS = st.sampled_from(["hotline", "shop_message"])
MADE = st.lists(st.tuples(CHANNELS, TIMES), max_size=8).map(
    lambda ones: [Made(number, channel, at) for number, (channel, at) in enumerate(ones)]
)
TOLD = st.lists(
    st.builds(Told, st.none() | st.integers(0, 9), st.just("") | CHANNELS, TIMES),
    max_size=8,
)


@given(MADE, TOLD)
def test_each_end_settles_one_promise_at_most(made: list[Made], told: list[Told]):
    left = unsettled(made, told)

    assert left <= {one.contact for one in made}
    assert len(made) - len(told) <= len(left)


@given(MADE, TOLD)
def test_whatever_stands_first_in_the_lists_the_same_is_left(made: list[Made], told: list[Told]):
    named = [one for one in told if one.contact is not None]

    assert unsettled(made[::-1], named[::-1]) == unsettled(made, named)
