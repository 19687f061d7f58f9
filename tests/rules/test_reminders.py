"""When reminders go out: never in the past, never twice for the same news."""

from __future__ import annotations

import pytest

from cases.rules.reminders import DAY_STEPS, plan
from tests.rules.moments import SHANGHAI, shanghai


def planned(due, planned_at, *, window_from=None, in_days=False, steps=None):
    nudges = plan(
        due_at=shanghai(due),
        window_from=shanghai(window_from) if window_from else None,
        in_days=in_days,
        zone=SHANGHAI,
        planned_at=shanghai(planned_at),
        steps=steps,
    )
    return [(nudge.step, nudge.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")) for nudge in nudges]


def test_a_promise_three_days_ahead_is_reminded_of_a_day_and_two_hours_before_and_when_due():
    assert planned("2026-09-27 18:00", "2026-09-24 10:00") == [
        ("day_before", "2026-09-26 18:00"),
        ("hours_before", "2026-09-27 16:00"),
        ("due", "2026-09-27 18:00"),
        ("overdue_1", "2026-09-28 18:00"),
        ("overdue_2", "2026-09-29 18:00"),
        ("overdue_3", "2026-09-30 18:00"),
    ]


def test_a_clock_of_half_an_hour_speaks_only_when_it_runs_out():
    assert planned("2026-09-24 21:15", "2026-09-24 20:45") == [("due", "2026-09-24 21:15")]


def test_a_clock_of_three_hours_is_long_enough_for_a_word_before():
    assert planned("2026-09-24 13:00", "2026-09-24 10:00", steps={"hours_before", "due"}) == [
        ("hours_before", "2026-09-24 11:00"),
        ("due", "2026-09-24 13:00"),
    ]
    assert planned("2026-09-24 12:59", "2026-09-24 10:00") == [("due", "2026-09-24 12:59")]


def test_a_window_in_days_opens_at_nine_and_ends_on_its_last_day():
    nudges = planned(
        "2026-10-08 23:59:59", "2026-09-24 10:00", window_from="2026-09-30 23:59:59", in_days=True
    )

    assert nudges == [
        ("window_opens", "2026-09-30 09:00"),
        ("day_before", "2026-10-07 09:00"),
        ("on_the_day", "2026-10-08 09:00"),
        ("overdue_1", "2026-10-09 09:00"),
        ("overdue_2", "2026-10-10 09:00"),
        ("overdue_3", "2026-10-11 09:00"),
    ]
    assert [step for step, _at in nudges] == list(DAY_STEPS)


def test_a_window_of_two_days_says_one_thing_on_its_first_morning():
    nudges = planned(
        "2026-11-26 23:59:59", "2026-11-20 10:00", window_from="2026-11-25 23:59:59", in_days=True
    )

    assert nudges[:2] == [("window_opens", "2026-11-25 09:00"), ("on_the_day", "2026-11-26 09:00")]


def test_a_window_by_the_hour_opens_when_it_opens():
    nudges = planned("2026-09-24 20:47", "2026-09-24 07:00", window_from="2026-09-24 09:00")

    assert nudges[:3] == [
        ("window_opens", "2026-09-24 09:00"),
        ("hours_before", "2026-09-24 18:47"),
        ("due", "2026-09-24 20:47"),
    ]


def test_a_review_of_a_quarter_of_an_hour_late_in_the_evening_still_opens():
    nudges = planned("2026-09-24 23:59:59", "2026-09-24 22:00", window_from="2026-09-24 22:15")

    assert nudges == [("window_opens", "2026-09-24 22:15"), ("due", "2026-09-24 23:59")]


def test_what_is_due_at_once_is_said_at_once():
    assert planned("2026-09-24 10:00", "2026-09-24 10:00") == [("due", "2026-09-24 10:00")]


def test_a_contact_logged_two_hours_late_is_reminded_of_at_once():
    assert planned("2026-09-24 21:15", "2026-09-24 23:00") == [("due", "2026-09-24 23:00")]


def test_a_day_that_has_begun_is_spoken_of_at_once():
    nudges = planned(
        "2026-09-24 23:59:59", "2026-09-24 15:00", in_days=True, steps={"day_before", "on_the_day"}
    )

    assert nudges == [("on_the_day", "2026-09-24 15:00")]


def test_a_countdown_that_was_missed_is_not_made_up_for():
    nudges = planned("2026-09-24 20:00", "2026-09-24 10:00")  # the day before has passed

    assert nudges[0] == ("hours_before", "2026-09-24 18:00")


def test_history_does_not_remind():
    assert planned("2026-09-01 20:00", "2026-09-24 10:00") == []
    assert planned("2026-09-01 23:59:59", "2026-09-24 10:00", in_days=True) == []


def test_two_mails_within_the_hour_are_one():
    nudges = planned("2026-09-24 23:59:59", "2026-09-25 08:30", in_days=True)

    assert nudges[0] == ("overdue_1", "2026-09-25 09:00")


@pytest.mark.parametrize("in_days", [True, False])
@pytest.mark.parametrize(
    "planned_at", ["2026-09-20 10:00", "2026-09-30 23:00", "2026-10-08 12:00", "2026-10-10 12:00"]
)
def test_nothing_is_planned_for_the_past_and_no_step_twice(in_days, planned_at):
    nudges = planned("2026-10-08 23:59:59", planned_at, window_from="2026-09-30 23:59:59", in_days=in_days)

    assert nudges
    assert all(at >= planned_at for _step, at in nudges)
    assert [at for _step, at in nudges] == sorted({at for _step, at in nudges})
    assert len({step for step, _at in nudges}) == len(nudges)
