"""Clocks that stand still, run again and start anew."""

from __future__ import annotations

from datetime import date

from tests.rules.making import counted, told

SIXTY = 'kind="span", amount=60, unit="days", roll="next_workday"'
PAUSES = (
    "pauses = [{{ from = {{ on = 'milestone', kinds = ['{}'] }}, "
    "until = {{ on = 'milestone', kinds = ['{}'] }}{} }}]\n"
)
TESTING = PAUSES.format("testing_started", "testing_ended", "")
FROM_FIRST_DAY = PAUSES.format("repair_requested", "repair_ended", ", from_first_day = true")
RESTART = 'restarted_by = [{ on = "milestone", kinds = ["report_supplemented"] }]\n'


def test_days_of_testing_do_not_count():
    events = [("testing_started", "2026-08-10 09:00"), ("testing_ended", "2026-08-20 17:00")]
    due = counted(SIXTY, "2026-08-03 10:00", more=TESTING, events=events)

    # 60 days are 2 October; the 11th to the 20th of August are ten days more.
    assert due.due_on == date(2026, 10, 12)
    assert told(due, "length", "paused", "moved", "rolled") == [
        "Plus 60 days = Fri 2026-10-02.",
        "The clock stood still from Tue 2026-08-11 to Thu 2026-08-20: 10 days.",
        "So it ends on Mon 2026-10-12.",
    ]


def test_a_second_pause_in_the_time_that_the_first_one_added_counts_too():
    events = [
        ("testing_started", "2026-08-10 09:00"),
        ("testing_ended", "2026-08-20 17:00"),
        ("testing_started", "2026-10-05 09:00"),
        ("testing_ended", "2026-10-10 17:00"),
    ]
    due = counted(SIXTY, "2026-08-03 10:00", more=TESTING, events=events)

    # Five days more are Saturday 17 October, which rolls to Monday.
    assert due.due_on == date(2026, 10, 19)


def test_a_pause_after_the_end_changes_nothing():
    events = [("testing_started", "2026-10-09 09:00"), ("testing_ended", "2026-10-20 17:00")]

    assert counted(SIXTY, "2026-08-03 10:00", more=TESTING, events=events).due_on == date(2026, 10, 8)


def test_while_it_stands_still_the_date_is_the_earliest():
    due = counted(SIXTY, "2026-08-03 10:00", more=TESTING, events=[("testing_started", "2026-08-10 09:00")])

    assert due.is_paused
    assert due.due_on == date(2026, 10, 8)
    assert told(due, "standing_still") == [
        "The clock stands still since Mon 2026-08-10 09:00: the date moves on when it runs again, and is the "
        "earliest till then."
    ]


def test_a_pause_that_begins_after_the_end_is_no_pause():
    due = counted(SIXTY, "2026-08-03 10:00", more=TESTING, events=[("testing_started", "2026-10-09 09:00")])

    assert not due.is_paused


def test_workdays_that_stand_still_are_left_out_of_the_count():
    clock = 'kind="span", amount=7, unit="workdays"'
    events = [("testing_started", "2026-09-28 09:00"), ("testing_ended", "2026-10-09 17:00")]
    due = counted(clock, "2026-09-24 10:00", more=TESTING, events=events)

    # 28 September is the first; 29 and 30 September, 8 and 9 October stand still;
    # Saturday the 10th is worked.
    assert due.due_on == date(2026, 10, 16)
    assert told(due, "paused", "counted") == [
        "Counted: 1: Mon 2026-09-28; 2: Sat 2026-10-10, a make-up workday; 3: Mon 2026-10-12; "
        "4: Tue 2026-10-13; 5: Wed 2026-10-14; 6: Thu 2026-10-15; 7: Fri 2026-10-16.",
        "The clock stood still from Tue 2026-09-29 to Fri 2026-10-09: 4 workdays.",
    ]


def test_a_repair_takes_its_first_day_with_it_where_the_law_says_so():
    clock = 'kind="span", amount=30, unit="days"'
    events = [("repair_requested", "2026-03-25 09:00"), ("repair_ended", "2026-04-05 12:00")]
    due = counted(
        clock, "2026-03-20 12:00", more=FROM_FIRST_DAY, events=events, zone="Europe/London", calendar="GB"
    )

    # 19 April, and the twelve days from 25 March to 5 April.
    assert due.due_on == date(2026, 5, 1)


def test_hours_stand_still_to_the_minute():
    events = [("testing_started", "2026-11-20 12:00"), ("testing_ended", "2026-11-20 13:30")]
    due = counted('kind="span", amount=24, unit="hours"', "2026-11-20 10:00", more=TESTING, events=events)

    assert due.due_at.isoformat() == "2026-11-21T11:30:00+08:00"
    assert told(due, "paused") == [
        "The clock stood still from Fri 2026-11-20 12:00 to Fri 2026-11-20 13:30: 1 hour 30 minutes."
    ]


def test_it_is_counted_anew_from_the_last_restart():
    clock = 'kind="span", amount=15, unit="workdays"'
    events = [("report_supplemented", "2026-09-03 09:00"), ("report_supplemented", "2026-09-10 09:00")]

    assert counted(clock, "2026-09-01 10:00", more=RESTART).due_on == date(2026, 9, 21)
    due = counted(clock, "2026-09-01 10:00", more=RESTART, events=events)
    assert due.due_on == date(2026, 10, 8)
    assert told(due, "start", "restarted") == [
        "Accepted: Tue 2026-09-01 10:00 (local time).",
        "Counted anew from: Thu 2026-09-10 09:00 (local time).",
    ]


def test_a_restart_before_the_start_is_another_matter():
    events = [("report_supplemented", "2026-08-31 09:00")]

    due = counted('kind="span", amount=15, unit="workdays"', "2026-09-01 10:00", more=RESTART, events=events)
    assert due.due_on == date(2026, 9, 21)


def test_a_chain_of_pause_restart_and_pause():
    events = [
        ("testing_started", "2026-08-10 09:00"),
        ("testing_ended", "2026-08-20 17:00"),
        ("report_supplemented", "2026-08-25 09:00"),
        ("testing_started", "2026-09-01 09:00"),
        ("testing_ended", "2026-09-04 17:00"),
    ]
    due = counted(SIXTY, "2026-08-03 10:00", more=TESTING + RESTART, events=events)

    # Counted anew from 25 August: 60 days are 24 October, three days more are Tuesday the 27th. The first
    # testing was before that.
    assert due.due_on == date(2026, 10, 27)


def test_events_logged_out_of_order_count_in_order_of_time():
    events = [("testing_ended", "2026-08-20 17:00"), ("testing_started", "2026-08-10 09:00")]

    due = counted(SIXTY, "2026-08-03 10:00", more=TESTING, events=events)
    assert due.due_on == date(2026, 10, 12)
