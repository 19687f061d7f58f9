"""Stopping reminders, of one case or of all, and letting them come again."""

from __future__ import annotations

from datetime import timedelta

from cases.models import Case, Membership, Reminder, ReminderPreferences
from cases.services import contacts, reminder_stops
from tests import factories
from tests.services.when import shanghai
from tracker.accounts.models import User

NOW = shanghai("2026-09-01 10:00")
LATER = NOW + timedelta(hours=1)


def test_at_first_nothing_is_stopped(case: Case, alice: User, bob: User):
    assert reminder_stops.stops_of(case, alice) == reminder_stops.Stops(True, None, None)
    assert reminder_stops.stops_of(case, bob) == reminder_stops.Stops(False, None, None)


def test_all_are_stopped_and_come_again(case: Case, alice: User):
    reminder_stops.stop_all(alice, at=NOW)
    assert reminder_stops.stops_of(case, alice).all_since == NOW

    reminder_stops.resume_all(alice, at=LATER)
    assert reminder_stops.stops_of(case, alice).all_since is None


def test_stopping_twice_keeps_the_first_time(case: Case, alice: User):
    for at in (NOW, LATER):
        reminder_stops.stop_all(alice, at=at)
        reminder_stops.stop_case(case, alice, at=at)

    assert reminder_stops.stops_of(case, alice) == reminder_stops.Stops(True, NOW, NOW)


def test_a_case_is_stopped_for_one_member_alone(case: Case, alice: User, bob: User):
    other = factories.make_case(owner=alice)

    reminder_stops.stop_case(case, bob, at=NOW)

    assert list(Membership.objects.filter(reminders_stopped_at=NOW)) == [case.memberships.get(user=bob)]
    assert [one.case for one in reminder_stops.stopped_cases(bob)] == [case]
    assert not reminder_stops.stopped_cases(alice).exists()
    assert reminder_stops.stops_of(other, alice).case_since is None

    reminder_stops.resume_case(case, bob)
    assert not reminder_stops.stopped_cases(bob).exists()


def test_a_stranger_stops_nothing(case: Case, mallory: User):
    reminder_stops.stop_case(case, mallory, at=NOW)

    assert not Membership.objects.exclude(reminders_stopped_at=None).exists()
    assert reminder_stops.stops_of(case, mallory) == reminder_stops.Stops(False, None, None)


def test_what_is_planned_stays_so_that_it_can_come_again(case: Case, alice: User):
    contacts.log_contact(case=case, by=alice, at=NOW, channel="shop_message", outcome="no_answer")
    before = list(Reminder.objects.values())
    assert before

    reminder_stops.stop_case(case, alice, at=NOW)
    reminder_stops.stop_all(alice, at=NOW)
    reminder_stops.resume_all(alice, at=LATER)
    reminder_stops.resume_case(case, alice)

    assert list(Reminder.objects.values()) == before


def test_the_custody_chain_says_nothing_of_it(case: Case, alice: User):
    entries = case.custody_entries.count()

    reminder_stops.stop_case(case, alice, at=NOW)
    reminder_stops.resume_case(case, alice)

    assert case.custody_entries.count() == entries


def test_resuming_plans_the_summaries_that_fell_out_meanwhile(alice: User):
    ReminderPreferences.objects.create(user=alice, morning_summary=True, stopped_at=NOW)

    reminder_stops.resume_all(alice, at=LATER)

    (row,) = Reminder.objects.pending().filter(user=alice)
    assert (row.step, row.due_at) == ("morning_summary", shanghai("2026-09-02 08:00"))


def test_stopping_keeps_the_other_preferences(alice: User):
    ReminderPreferences.objects.create(user=alice, weekly_summary=True, hours_before=False)

    reminder_stops.stop_all(alice, at=NOW)

    found = ReminderPreferences.objects.get(user=alice)
    assert (found.weekly_summary, found.hours_before, found.stopped_at) == (True, False, NOW)
