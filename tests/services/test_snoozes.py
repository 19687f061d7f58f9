"""A deadline that was put off speaks when it was asked to, and never too late."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from django.core.exceptions import ValidationError

from cases.models import Case, CustodyEntry, Deadline, Reminder, ReminderPreferences
from cases.services import cases as case_service
from cases.services import contacts, custody, deadlines, reminder_plans, reminder_stops, snoozes
from tests.services.when import shanghai
from tracker.accounts.models import User

pytestmark = pytest.mark.usefixtures("platform_alone")


def promise(case: Case, until: str = "2026-09-26 18:00") -> Deadline:
    """What they owe by then; reminders at 18:00 the day before, 16:00, 18:00, then daily."""
    contact = contacts.log_contact(
        case=case,
        by=case.owner,
        at=shanghai("2026-09-24 10:00"),
        channel="order_card",
        outcome="promised",
        promised_by=shanghai(until),
    )
    return contact.deadlines.get()


def mine(case: Case, until: str = "2026-09-26 18:00") -> Deadline:
    """The same moment, as one's own deadline."""
    deadline = promise(case, until)
    Deadline.objects.filter(pk=deadline.pk).update(whose="mine")
    deadline.refresh_from_db()
    return deadline


def ledger(deadline: Deadline) -> list[tuple[str, datetime, str]]:
    rows = Reminder.objects.filter(deadline=deadline).order_by("due_at", "pk")
    return [(row.step, row.due_at, row.cancel_reason) for row in rows]


def snooze(deadline: Deadline, user: User, until: str, at: str = "2026-09-25 12:00") -> datetime:
    return snoozes.snooze(deadline=deadline, user=user, until=shanghai(until), by=user, at=shanghai(at))


class TestASnooze:
    def test_what_would_come_before_is_put_off(self, case: Case, alice: User):
        deadline = promise(case)

        said_at = snooze(deadline, alice, "2026-09-27 09:00")

        assert said_at == datetime(2026, 9, 27, 1, 0, tzinfo=UTC)
        assert ledger(deadline) == [
            ("day_before", shanghai("2026-09-25 18:00"), "snoozed"),
            ("hours_before", shanghai("2026-09-26 16:00"), "snoozed"),
            ("due", shanghai("2026-09-26 18:00"), "snoozed"),
            ("snoozed_1", shanghai("2026-09-27 09:00"), ""),
            ("overdue_1", shanghai("2026-09-27 18:00"), ""),
            ("overdue_2", shanghai("2026-09-28 18:00"), ""),
            ("overdue_3", shanghai("2026-09-29 18:00"), ""),
        ]

    def test_a_second_one_takes_the_place_of_the_first(self, case: Case, alice: User):
        deadline = promise(case)
        snooze(deadline, alice, "2026-09-25 17:00")

        snooze(deadline, alice, "2026-09-25 17:30", at="2026-09-25 12:05")

        assert [row for row in ledger(deadline) if row[0].startswith("snoozed")] == [
            ("snoozed_1", shanghai("2026-09-25 17:00"), "snoozed"),
            ("snoozed_2", shanghai("2026-09-25 17:30"), ""),
        ]

    def test_one_in_the_quiet_hours_speaks_when_they_end(self, case: Case, alice: User):
        assert snooze(promise(case), alice, "2026-09-27 23:30") == shanghai("2026-09-28 08:00")

    def test_whoever_wants_no_quiet_hours_is_told_at_night(self, case: Case, alice: User):
        ReminderPreferences.objects.create(user=alice, quiet_from=None, quiet_until=None)

        assert snooze(promise(case), alice, "2026-09-27 23:30") == shanghai("2026-09-27 23:30")

    def test_every_reminder_has_a_message_id_of_its_own(self, case: Case, alice: User):
        deadline = promise(case)
        snooze(deadline, alice, "2026-09-25 17:00")
        snooze(deadline, alice, "2026-09-25 17:30", at="2026-09-25 12:05")

        ids = Reminder.objects.filter(deadline=deadline).values_list("message_id", flat=True)

        assert len(set(ids)) == len(ids) == 8

    def test_the_chain_says_until_when(self, case: Case, alice: User):
        deadline = promise(case)

        snooze(deadline, alice, "2026-09-27 09:00")

        entry = CustodyEntry.objects.filter(case=case).latest("sequence")
        assert (entry.action, entry.actor) == ("deadline_snoozed", f"user:{alice.pk}")
        assert entry.details == {
            "deadline": deadline.pk,
            "rule": "douyin.promise.kept",
            "version": 1,
            "until": "2026-09-27T01:00:00+00:00",
            "step": "snoozed_1",
        }
        assert custody.verify(case) == []

    def test_reminders_of_the_owner_are_not_a_helpers_to_put_off(self, case: Case, helga: User):
        deadline = promise(case)

        snooze(deadline, helga, "2026-09-27 09:00")

        assert {reason for _step, _due, reason in ledger(deadline)} == {""}
        assert Reminder.objects.get(step="snoozed_1").user == helga

    def test_a_deadline_that_moves_reminds_anew(self, case: Case, alice: User):
        deadline = promise(case)
        snooze(deadline, alice, "2026-09-27 09:00")
        Deadline.objects.update(due_at=shanghai("2026-09-27 18:00"))

        deadlines.recompute(case=case, at=shanghai("2026-09-25 13:00"))

        pending = Reminder.objects.pending().filter(deadline=deadline).order_by("due_at")
        assert {row.version for row in pending} == {2}
        assert [row.step for row in pending][:2] == ["day_before", "hours_before"]
        assert Reminder.objects.get(step="snoozed_1").cancel_reason == "not_needed"

    def test_one_that_is_met_is_silent(self, case: Case, alice: User):
        deadline = promise(case)
        snooze(deadline, alice, "2026-09-27 09:00")

        deadlines.mark_met(deadline=deadline, by=alice, at=shanghai("2026-09-25 13:00"))

        assert not Reminder.objects.pending().filter(deadline=deadline).exists()

    def test_new_preferences_bring_nothing_back_that_was_put_off(self, case: Case, alice: User):
        deadline = promise(case)
        snooze(deadline, alice, "2026-09-27 09:00")

        reminder_plans.replan(alice, at=shanghai("2026-09-25 13:00"))

        assert ledger(deadline)[0] == ("day_before", shanghai("2026-09-25 18:00"), "snoozed")
        assert ("snoozed_1", shanghai("2026-09-27 09:00"), "") in ledger(deadline)


class TestTakingASnoozeBack:
    def take_back(self, deadline: Deadline, user: User, at: str = "2026-09-25 12:06") -> None:
        snoozes.take_back(deadline=deadline, by=user, at=shanghai(at))

    def test_what_was_put_off_comes_after_all_and_the_put_off_one_does_not(self, case: Case, alice: User):
        deadline = promise(case)
        before = ledger(deadline)
        snooze(deadline, alice, "2026-09-27 09:00")

        self.take_back(deadline, alice)

        assert [row for row in ledger(deadline) if row[0] != "snoozed_1"] == before
        assert ("snoozed_1", shanghai("2026-09-27 09:00"), "not_needed") in ledger(deadline)
        entry = CustodyEntry.objects.filter(case=case).latest("sequence")
        assert (entry.action, entry.actor) == ("deadline_snooze_taken_back", f"user:{alice.pk}")
        assert custody.verify(case) == []

    def test_only_the_last_one_is_taken_back(self, case: Case, alice: User):
        """The second one is told earlier than the first, so that it put off nothing."""
        deadline = promise(case)
        snooze(deadline, alice, "2026-09-27 09:00")
        once = ledger(deadline)
        snooze(deadline, alice, "2026-09-25 17:00", at="2026-09-25 12:05")

        self.take_back(deadline, alice)

        assert [row for row in ledger(deadline) if row[0] != "snoozed_2"] == once
        assert ("snoozed_2", shanghai("2026-09-25 17:00"), "not_needed") in ledger(deadline)

    def test_a_second_tap_on_tomorrow_is_the_same_snooze(self, case: Case, alice: User):
        deadline = promise(case)
        before = ledger(deadline)
        for at in ("2026-09-25 12:00", "2026-09-25 12:01"):
            snooze(deadline, alice, "2026-09-27 09:00", at=at)
        assert CustodyEntry.objects.filter(action="deadline_snoozed").count() == 1

        self.take_back(deadline, alice)

        assert [row for row in ledger(deadline) if row[0] != "snoozed_1"] == before

    def test_twice_is_once(self, case: Case, alice: User):
        deadline = promise(case)
        snooze(deadline, alice, "2026-09-27 09:00")
        self.take_back(deadline, alice)
        after = (ledger(deadline), CustodyEntry.objects.count())

        self.take_back(deadline, alice)

        assert (ledger(deadline), CustodyEntry.objects.count()) == after

    def test_one_that_is_over_stands_as_it_is(self, case: Case, alice: User):
        deadline = promise(case)
        snooze(deadline, alice, "2026-09-25 17:00")
        before = ledger(deadline)

        self.take_back(deadline, alice, at="2026-09-25 17:00")

        assert ledger(deadline) == before

    def test_that_of_another_stands_as_it_is(self, case: Case, alice: User, helga: User):
        deadline = promise(case)
        snooze(deadline, alice, "2026-09-27 09:00")
        before = ledger(deadline)

        self.take_back(deadline, helga)

        assert ledger(deadline) == before

    def test_where_reminders_were_stopped_meanwhile_none_comes_back(self, case: Case, alice: User):
        deadline = promise(case)
        snooze(deadline, alice, "2026-09-27 09:00")
        reminder_stops.stop_case(case, alice, at=shanghai("2026-09-25 12:01"))
        before = ledger(deadline)

        with pytest.raises(ValidationError, match="You stopped these reminders"):
            self.take_back(deadline, alice)

        assert ledger(deadline) == before


class TestOnesOwnDeadline:
    def test_it_is_told_at_the_last_planned_time_at_the_latest(self, case: Case, alice: User):
        deadline = mine(case)

        said_at = snooze(deadline, alice, "2026-09-28 09:00")

        assert said_at == shanghai("2026-09-26 18:00")
        assert next(row for row in ledger(deadline) if not row[2])[0] == "due"
        assert not Reminder.objects.filter(step__startswith="snoozed").exists()

    def test_the_last_one_that_its_user_wants_counts(self, case: Case, alice: User):
        ReminderPreferences.objects.create(user=alice, when_due=False)

        assert snooze(mine(case), alice, "2026-09-28 09:00") == shanghai("2026-09-26 16:00")

    def test_where_none_is_left_two_hours_before_the_end_is_the_latest(self, case: Case, alice: User):
        deadline = mine(case)
        Reminder.objects.filter(step__in=("day_before", "hours_before", "due")).update(
            sent_at=shanghai("2026-09-25 11:00")
        )

        assert snooze(deadline, alice, "2026-09-28 09:00") == shanghai("2026-09-26 16:00")

    def test_within_two_hours_of_its_end_it_is_told_as_it_ends(self, case: Case, alice: User):
        deadline = mine(case)
        Reminder.objects.filter(step="due").delete()

        said_at = snooze(deadline, alice, "2026-09-28 09:00", at="2026-09-26 17:00")

        assert said_at == shanghai("2026-09-26 18:00")

    def test_a_last_word_in_the_quiet_hours_comes_before_them(self, case: Case, alice: User):
        deadline = mine(case, "2026-09-26 23:30")
        Reminder.objects.filter(deadline=deadline, due_at__lte=deadline.due_at).delete()

        assert snooze(deadline, alice, "2026-09-28 09:00") == shanghai("2026-09-26 21:30")

    def test_one_that_is_late_waits_as_asked(self, case: Case, alice: User):
        deadline = mine(case)

        said_at = snooze(deadline, alice, "2026-09-29 09:00", at="2026-09-26 19:00")

        assert said_at == shanghai("2026-09-29 09:00")


class TestWhatCannotBe:
    @pytest.mark.parametrize("until", ["2026-09-25 12:00", "2026-09-01 09:00"])
    def test_a_time_that_has_passed(self, case: Case, alice: User, until: str):
        with pytest.raises(ValidationError) as refused:
            snooze(promise(case), alice, until)

        assert refused.value.message_dict == {
            "until": ["This time has passed already. Choose one that is still ahead."]
        }

    def test_more_than_a_year_ahead(self, case: Case, alice: User):
        with pytest.raises(ValidationError, match="more than a year ahead"):
            snooze(promise(case), alice, "2027-10-01 09:00")

    def test_a_closed_case(self, case: Case, alice: User):
        deadline = promise(case)
        case_service.close_case(case=case, by=alice, at=shanghai("2026-09-25 11:00"), outcome="given_up")

        with pytest.raises(ValidationError, match="This case is closed"):
            snooze(deadline, alice, "2026-09-27 09:00")

    def test_a_deadline_that_is_met(self, case: Case, alice: User):
        deadline = promise(case)
        deadlines.mark_met(deadline=deadline, by=alice, at=shanghai("2026-09-25 11:00"))

        with pytest.raises(ValidationError, match="no longer open"):
            snooze(deadline, alice, "2026-09-27 09:00")

    def test_reminders_that_were_stopped(self, case: Case, alice: User):
        deadline = promise(case)
        reminder_stops.stop_case(case, alice, at=shanghai("2026-09-25 11:00"))

        with pytest.raises(ValidationError, match="You stopped these reminders"):
            snooze(deadline, alice, "2026-09-27 09:00")

    def test_nothing_is_written_then(self, case: Case, alice: User):
        deadline = promise(case)
        before, entries = ledger(deadline), CustodyEntry.objects.count()

        with pytest.raises(ValidationError):
            snooze(deadline, alice, "2026-09-01 09:00")

        assert (ledger(deadline), CustodyEntry.objects.count()) == (before, entries)


class TestTomorrow:
    def test_it_is_nine_on_the_users_clock(self, alice: User):
        assert snoozes.tomorrow(alice, shanghai("2026-09-25 23:50")) == shanghai("2026-09-26 09:00")

    def test_it_is_the_end_of_quiet_hours_that_last_longer(self, alice: User):
        ReminderPreferences.objects.create(user=alice, quiet_from=time(23), quiet_until=time(10, 30))

        assert snoozes.tomorrow(alice, shanghai("2026-09-25 12:00")) == shanghai("2026-09-26 10:30")

    def test_the_clock_that_changes_overnight_shows_nine_all_the_same(self, alice: User):
        alice.time_zone = "Europe/Berlin"

        # Summer time ends in the night to Sunday 25 October 2026.
        assert snoozes.tomorrow(alice, datetime(2026, 10, 24, 10, 0, tzinfo=UTC)) == datetime(
            2026, 10, 25, 8, 0, tzinfo=UTC
        )
