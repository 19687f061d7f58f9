"""The calendar feed, as calendar programs read it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar, Event

from cases.models import CalendarToken, Case, Deadline, Membership, OwnReminder
from cases.services import calendar_feed, cases, contacts, deadlines, milestones, own_reminders
from tests import factories
from tests.services.when import shanghai
from tracker.accounts.models import User

AT = shanghai("2026-09-24 12:00")

pytestmark = pytest.mark.usefixtures("platform_alone")


def promise(case: Case, until: str = "2026-09-26 18:00") -> Deadline:
    contact = contacts.log_contact(
        case=case,
        by=case.owner,
        at=shanghai("2026-09-24 10:00"),
        channel="order_card",
        outcome="promised",
        promised_by=shanghai(until),
    )
    return contact.deadlines.get()


def hand_over(case: Case) -> Deadline:
    milestone = milestones.log_milestone(
        case=case,
        by=case.owner,
        at=shanghai("2026-09-24 10:00"),
        kind="handed_to_partner",
        happened_at=shanghai("2026-09-24 10:00"),
        facts={"usual_workdays": 1},
    )
    return milestone.deadlines.get()


def own_reminder(case: Case, user: User, text: str = "Ask the bank") -> OwnReminder:
    return own_reminders.add(case=case, by=user, text=text, remind_at=shanghai("2026-10-15 09:00"), at=AT)


def events(user: User) -> list[Event]:
    return list(Calendar.from_ical(calendar_feed.feed(user)).walk("VEVENT"))


class TestTheToken:
    def test_it_opens_the_feed_of_its_user(self, alice: User):
        token = calendar_feed.token_for_new(alice, at=AT)

        assert calendar_feed.user_of(token) == alice

    def test_a_new_one_closes_the_old_one(self, alice: User):
        old = calendar_feed.token_for_new(alice, at=AT)

        new = calendar_feed.token_for_new(alice, at=AT)

        assert calendar_feed.user_of(old) is None
        assert calendar_feed.user_of(new) == alice

    @pytest.mark.parametrize("wrong", ["", "x", "../..", "\x00", "长" * 500])
    def test_a_wrong_one_opens_nothing(self, alice: User, wrong: str):
        calendar_feed.token_for_new(alice, at=AT)

        assert calendar_feed.user_of(wrong) is None

    def test_it_is_nowhere_in_the_database(self, alice: User):
        token = calendar_feed.token_for_new(alice, at=AT)

        assert len(token) == 32
        assert token not in str(CalendarToken.objects.values().get())

    def test_that_of_a_closed_account_opens_nothing(self, alice: User):
        token = calendar_feed.token_for_new(alice, at=AT)
        User.objects.update(is_active=False)

        assert calendar_feed.user_of(token) is None


class TestTheFeed:
    def test_a_moment_ends_when_it_is_due(self, case: Case, alice: User):
        deadline = promise(case)

        (event,) = events(alice)

        assert event["UID"] == f"deadline-{deadline.pk}@localhost"
        assert event["SUMMARY"] == "A promise falls due · Parcel never arrived"
        assert event.end.astimezone(UTC) == datetime(2026, 9, 26, 10, 0, tzinfo=UTC)
        assert event["URL"].endswith(f"/cases/{case.reference}/")
        assert event["SEQUENCE"] == 0

    def test_days_are_whole_days_from_the_first_to_the_last(self, case: Case, alice: User):
        hand_over(case)

        (event,) = events(alice)

        assert event["DTSTART"].dt == date(2026, 9, 30)
        assert event["DTEND"].dt == date(2026, 10, 9)  # the day after the last, as RFC 5545 counts

    def test_alarms_ring_a_day_and_two_hours_before_a_moment(self, case: Case, alice: User):
        promise(case)

        alarms = events(alice)[0].walk("VALARM")

        assert [alarm["TRIGGER"].dt for alarm in alarms] == [timedelta(days=-1), timedelta(hours=-2)]
        assert {alarm["TRIGGER"].params["RELATED"] for alarm in alarms} == {"END"}

    def test_alarms_of_days_ring_at_nine(self, case: Case, alice: User):
        hand_over(case)

        alarms = events(alice)[0].walk("VALARM")

        assert [alarm["TRIGGER"].dt for alarm in alarms] == [timedelta(hours=-15), timedelta(hours=9)]

    def test_a_deadline_that_moved_keeps_its_uid_and_counts_up(self, case: Case, alice: User):
        promise(case)
        before = events(alice)[0]
        Deadline.objects.update(due_at=shanghai("2026-09-27 18:00"))
        deadlines.recompute(case=case, at=AT)

        after = events(alice)[0]

        assert after["UID"] == before["UID"]
        assert after["SEQUENCE"] == 1

    def test_it_holds_what_is_open_in_every_case_the_user_may_see(self, case: Case, alice: User, bob: User):
        promise(case)
        deadlines.mark_met(deadline=hand_over(case), by=alice, at=AT)
        promise(factories.make_case(owner=alice, title="Another"))

        assert len(events(alice)) == 2
        assert len(events(bob)) == 1

    def test_a_stranger_sees_an_empty_calendar(self, case: Case, mallory: User):
        promise(case)

        assert events(mallory) == []

    def test_it_is_in_the_language_of_its_user(self, case: Case, alice: User):
        promise(case)
        alice.language = "zh-hans"

        assert events(alice)[0]["SUMMARY"].startswith("对方承诺到期")

    def test_what_a_title_holds_cannot_add_a_property(self, case: Case, alice: User):
        Case.objects.update(title="Tea\r\nATTACH:https://evil.example")
        promise(Case.objects.get(pk=case.pk))

        (event,) = events(alice)

        assert "ATTACH" not in event
        assert b"\r\nATTACH" not in calendar_feed.feed(alice)

    def test_nothing_differs_between_two_readings(self, case: Case, alice: User):
        promise(case)
        own_reminder(case, alice)

        assert calendar_feed.feed(alice) == calendar_feed.feed(alice)

    def test_one_that_moved_says_when_it_was_counted(self, case: Case, alice: User):
        promise(case)
        Deadline.objects.update(due_at=shanghai("2026-09-27 18:00"))
        deadlines.recompute(case=case, at=AT)

        (event,) = events(alice)

        assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == datetime(2026, 9, 24, 4, 0, tzinfo=UTC)

    def test_a_clock_that_stands_still_rings_no_alarm(self, case: Case, alice: User):
        promise(case)
        Deadline.objects.update(is_paused=True)

        assert events(alice)[0].walk("VALARM") == []

    def test_many_deadlines_take_two_queries(
        self,
        case: Case,
        alice: User,
        django_assert_num_queries: Callable[[int], AbstractContextManager[None]],
    ):
        for day in range(10, 20):
            promise(case, f"2026-10-{day} 18:00")
        for number in range(10):
            own_reminder(case, alice, f"Number {number}")

        with django_assert_num_queries(2):
            calendar_feed.feed(alice)

    def test_it_is_a_whole_calendar_with_short_lines(self, case: Case, alice: User):
        Case.objects.update(title="包裹" * 60)
        promise(Case.objects.get(pk=case.pk))

        feed = calendar_feed.feed(alice)

        assert feed.startswith(b"BEGIN:VCALENDAR\r\n")
        assert feed.endswith(b"END:VCALENDAR\r\n")
        assert max(len(line) for line in feed.split(b"\r\n")) <= 75


class TestOwnReminders:
    def test_it_stands_at_its_time_with_an_alarm(self, case: Case, alice: User):
        own = own_reminder(case, alice)

        (event,) = events(alice)

        assert event["UID"] == f"own-reminder-{own.pk}@localhost"
        assert event["SUMMARY"] == "Ask the bank · Parcel never arrived"
        assert event.start == datetime(2026, 10, 15, 1, 0, tzinfo=UTC)
        assert event.end == datetime(2026, 10, 15, 1, 15, tzinfo=UTC)
        assert (event["SEQUENCE"], event["CLASS"]) == (0, "PRIVATE")
        (alarm,) = event.walk("VALARM")
        assert (alarm["ACTION"], alarm["TRIGGER"].dt) == ("DISPLAY", timedelta(0))
        assert alarm["DESCRIPTION"] == "Ask the bank"

    def test_one_that_was_put_off_keeps_its_uid_and_counts_up(self, case: Case, alice: User):
        own = own_reminder(case, alice)
        before = events(alice)[0]

        own_reminders.put_off(own=own, until=shanghai("2026-10-16 09:00"), by=alice, at=AT)

        (after,) = events(alice)
        assert (after["UID"], after["SEQUENCE"]) == (before["UID"], 1)
        assert after.start == datetime(2026, 10, 16, 1, 0, tzinfo=UTC)

    def test_one_that_is_done_is_gone(self, case: Case, alice: User):
        own_reminders.mark_done(own=own_reminder(case, alice), by=alice, at=AT)

        assert events(alice) == []

    def test_it_is_in_no_other_calendar(self, case: Case, alice: User, bob: User):
        own_reminder(case, bob)

        assert events(alice) == []
        assert len(events(bob)) == 1

    def test_that_of_a_closed_case_stays(self, case: Case, alice: User):
        own_reminder(case, alice)
        cases.close_case(case=case, by=alice, at=AT, outcome="given_up")

        assert len(events(alice)) == 1

    def test_whoever_left_the_case_has_it_no_more(self, case: Case, bob: User):
        own_reminder(case, bob)
        Membership.objects.filter(case=case, user=bob).delete()

        assert events(bob) == []
