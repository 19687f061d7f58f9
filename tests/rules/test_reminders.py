"""When reminders go out: never in the past, never twice for the same news."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.quiet_hours import QuietHours
from cases.rules.reminders import DAY_STEPS, plan, snooze
from tests.rules.moments import SHANGHAI, shanghai

NIGHT = QuietHours(time(22, 0), time(8, 0), SHANGHAI)


def planned(due, planned_at, *, window_from=None, in_days=False, is_mine=True, quiet=None, steps=None):
    nudges = plan(
        due_at=shanghai(due),
        window_from=shanghai(window_from) if window_from else None,
        in_days=in_days,
        zone=SHANGHAI,
        planned_at=shanghai(planned_at),
        is_mine=is_mine,
        quiet=quiet,
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


class TestQuietHours:
    """22:00 to 8:00: one's own deadlines are told in time, everything else in the morning."""

    def test_what_falls_into_the_night_comes_in_the_morning(self):
        nudges = planned(
            "2026-09-28 23:30", "2026-09-24 10:00", quiet=NIGHT, steps={"day_before", "overdue_1"}
        )

        assert nudges == [("day_before", "2026-09-28 08:00"), ("overdue_1", "2026-09-30 08:00")]

    def test_ones_own_deadline_of_the_night_is_told_before_it(self):
        nudges = planned("2026-09-28 23:30", "2026-09-24 10:00", quiet=NIGHT, steps={"due"})

        assert nudges == [("due", "2026-09-28 21:45")]

    def test_moved_close_to_another_it_would_only_repeat_it(self):
        nudges = planned("2026-09-28 23:30", "2026-09-24 10:00", quiet=NIGHT, steps={"hours_before", "due"})

        assert nudges == [("hours_before", "2026-09-28 21:30")]

    def test_two_that_come_before_the_night_are_one(self):
        nudges = planned("2026-09-29 03:00", "2026-09-24 10:00", quiet=NIGHT, steps={"hours_before", "due"})

        assert nudges == [("hours_before", "2026-09-28 21:45")]

    def test_less_than_an_hour_after_the_night_is_too_late_to_be_told(self):
        assert planned("2026-09-28 09:00", "2026-09-24 10:00", quiet=NIGHT, steps={"hours_before"}) == [
            ("hours_before", "2026-09-28 08:00")
        ]
        assert planned("2026-09-28 08:59", "2026-09-24 10:00", quiet=NIGHT, steps={"hours_before"}) == [
            ("hours_before", "2026-09-27 21:45")
        ]

    def test_what_others_owe_in_the_night_is_asked_for_in_the_morning(self):
        nudges = planned(
            "2026-09-28 23:30", "2026-09-24 10:00", quiet=NIGHT, is_mine=False, steps={"hours_before", "due"}
        )

        assert nudges == [("hours_before", "2026-09-28 21:30"), ("due", "2026-09-29 08:00")]

    def test_two_moved_to_one_morning_after_the_end_say_that_it_is_over(self):
        nudges = planned(
            "2026-09-29 01:00", "2026-09-24 10:00", quiet=NIGHT, is_mine=False, steps={"hours_before", "due"}
        )

        assert nudges == [("due", "2026-09-29 08:00")]

    def test_a_clock_that_starts_and_ends_in_the_night_keeps_its_time(self):
        assert planned("2026-09-25 00:15", "2026-09-24 23:45", quiet=NIGHT) == [
            ("due", "2026-09-25 00:15"),
        ]

    def test_unless_it_is_theirs(self):
        nudges = planned("2026-09-25 00:15", "2026-09-24 23:45", quiet=NIGHT, is_mine=False)

        assert nudges == [("due", "2026-09-25 08:00")]

    def test_a_day_told_at_nine_is_never_in_the_way_of_a_night(self):
        nudges = planned("2026-10-08 23:59:59", "2026-09-24 10:00", in_days=True, quiet=NIGHT)

        assert nudges[:2] == [("day_before", "2026-10-07 09:00"), ("on_the_day", "2026-10-08 09:00")]

    def test_long_quiet_hours_move_the_morning_too(self):
        late = QuietHours(time(23, 0), time(10, 30), SHANGHAI)

        nudges = planned("2026-10-08 23:59:59", "2026-09-24 10:00", in_days=True, quiet=late)

        assert nudges[:2] == [("day_before", "2026-10-07 10:30"), ("on_the_day", "2026-10-08 10:30")]

    @pytest.mark.parametrize(
        ("due", "told"),
        [
            # The clock goes from 2:00 to 3:00 on 29 March: 22:00 is +01:00, 8:00 is +02:00.
            ("2026-03-29T04:00+02:00", "2026-03-28T21:45+01:00"),
            ("2026-03-29T09:30+02:00", "2026-03-29T08:00+02:00"),
            # And from 3:00 to 2:00 on 25 October.
            ("2026-10-25T02:30+01:00", "2026-10-24T21:45+02:00"),
            ("2026-10-25T09:30+01:00", "2026-10-25T08:00+01:00"),
        ],
    )
    def test_a_night_in_which_the_clock_is_changed(self, due: str, told: str):
        nudges = plan(
            due_at=datetime.fromisoformat(due),
            window_from=None,
            in_days=False,
            zone=SHANGHAI,
            planned_at=datetime.fromisoformat(due) - timedelta(days=3),
            quiet=QuietHours(time(22, 0), time(8, 0), ZoneInfo("Europe/Berlin")),
            steps={"hours_before"},
        )

        assert [nudge.at for nudge in nudges] == [datetime.fromisoformat(told)]

    def test_found_out_at_night_it_is_told_in_the_morning(self):
        nudges = planned("2026-09-24 21:15", "2026-09-24 23:00", quiet=NIGHT, is_mine=False)

        assert nudges == [("due", "2026-09-25 08:00")]


minutes = st.integers(min_value=0, max_value=365 * 24 * 60)
clock_times = st.times().map(lambda shown: shown.replace(second=0, microsecond=0))


@given(
    due=minutes,
    known=minutes,
    in_days=st.booleans(),
    is_mine=st.booleans(),
    start=clock_times,
    end=clock_times,
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]),
)
def test_whatever_the_night_no_right_is_told_too_late_and_nothing_else_wakes_anyone(
    due, known, in_days, is_mine, start, end, zone
):
    year = datetime(2026, 1, 1, tzinfo=UTC)
    due_at, planned_at = year + timedelta(minutes=due), year + timedelta(minutes=known)
    quiet = QuietHours(start, end, ZoneInfo(zone))
    asked = {"due_at": due_at, "window_from": None, "in_days": in_days, "zone": SHANGHAI}
    asked |= {"planned_at": planned_at, "is_mine": is_mine}

    nudges = plan(**asked, quiet=quiet)

    times = [nudge.at for nudge in nudges]
    assert times == sorted(set(times))
    assert all(at >= planned_at for at in times)
    assert len({nudge.step for nudge in nudges}) == len(nudges)
    assert not [at for at in times if quiet.hold(at) and not (is_mine and at <= due_at)]
    # A word in time stays a word in time: the quiet hours take away no last chance.
    if is_mine and any(nudge.at <= due_at for nudge in plan(**asked)):
        assert any(at <= due_at for at in times)


class TestSnooze:
    UNTIL = shanghai("2026-09-25 09:00")

    def test_what_others_owe_waits_as_asked(self):
        due = shanghai("2026-09-24 21:15")

        assert snooze(until=self.UNTIL, due_at=due, is_mine=False, last_word_at=due) == self.UNTIL

    def test_ones_own_deadline_is_never_slept_through(self):
        due = shanghai("2026-09-24 21:15")

        assert snooze(until=self.UNTIL, due_at=due, is_mine=True, last_word_at=due) == due

    def test_one_that_ends_later_waits_as_asked(self):
        due = shanghai("2026-09-27 18:00")

        assert snooze(until=self.UNTIL, due_at=due, is_mine=True, last_word_at=due) == self.UNTIL

    def test_one_that_is_over_waits_as_asked(self):
        due = shanghai("2026-09-24 08:00")
        nag = shanghai("2026-09-25 08:00")

        assert snooze(until=self.UNTIL, due_at=due, is_mine=True, last_word_at=nag) == self.UNTIL
