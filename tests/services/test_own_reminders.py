"""Reminders of one's own: told whatever becomes of the case, and nobody else's business."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from django.core.exceptions import ValidationError

from cases.models import Case, CustodyEntry, Membership, OwnReminder, Reminder, ReminderPreferences
from cases.services import cases as case_service
from cases.services import custody, own_reminders
from tests import factories
from tests.services.when import shanghai
from tracker.accounts.models import User

AT = shanghai("2026-09-24 12:00")


def add(
    case: Case, user: User, text: str = "Ask the bank", remind_at: str = "2026-10-15 09:00"
) -> OwnReminder:
    return own_reminders.add(case=case, by=user, text=text, remind_at=shanghai(remind_at), at=AT)


def ledger(own: OwnReminder) -> list[tuple[int, datetime, str]]:
    rows = Reminder.objects.filter(own_reminder=own).order_by("version")
    return [(row.version, row.due_at, row.cancel_reason) for row in rows]


class TestAdding:
    def test_it_is_told_at_its_time_to_whoever_set_it(self, case: Case, bob: User):
        own = add(case, bob)

        row = Reminder.objects.get(own_reminder=own)
        assert (row.user, row.step, row.due_at) == (bob, "own", datetime(2026, 10, 15, 1, 0, tzinfo=UTC))
        assert row.message_id.startswith(f"<reminder.own{own.pk}.own.1.")

    def test_one_in_the_quiet_hours_is_told_when_they_end(self, case: Case, alice: User):
        own = add(case, alice, remind_at="2026-10-15 23:00")

        assert own.remind_at == shanghai("2026-10-15 23:00")
        assert ledger(own) == [(1, shanghai("2026-10-16 08:00"), "")]

    def test_it_may_be_set_in_a_closed_case(self, case: Case, alice: User):
        case_service.close_case(case=case, by=alice, at=AT, outcome="given_up")

        assert add(case, alice).pk

    def test_the_end_of_the_case_leaves_it_be(self, case: Case, alice: User):
        own = add(case, alice)

        case_service.close_case(case=case, by=alice, at=AT, outcome="given_up")

        assert ledger(own) == [(1, shanghai("2026-10-15 09:00"), "")]

    def test_its_text_is_one_line(self, case: Case, alice: User):
        assert add(case, alice, text="  Ask\r\n the \t bank ").text == "Ask the bank"

    @pytest.mark.parametrize(
        ("text", "remind_at", "field", "sentence"),
        [
            (" \n", "2026-10-15 09:00", "text", "Write down what to remind you of."),
            ("x" * 201, "2026-10-15 09:00", "text", "at most 200 characters"),
            ("Ask", "2026-09-24 12:00", "remind_at", "This time has passed already."),
            ("Ask", "2037-01-01 09:00", "remind_at", "more than ten years ahead"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, case: Case, alice: User, text: str, remind_at: str, field: str, sentence: str
    ):
        with pytest.raises(ValidationError) as refused:
            add(case, alice, text=text, remind_at=remind_at)

        assert sentence in refused.value.message_dict[field][0]
        assert not CustodyEntry.objects.filter(action="own_reminder_added").exists()

    def test_a_user_has_fifty_open_ones_in_a_case_at_most(self, case: Case, alice: User, helga: User):
        for number in range(50):
            own = add(case, alice, text=f"Number {number}")

        with pytest.raises(ValidationError, match="You have 50 reminders of your own"):
            add(case, alice)
        add(case, helga)
        own_reminders.mark_done(own=own, by=alice, at=AT)
        add(case, alice)


class TestPuttingBack:
    def test_one_that_was_put_off_is_told_at_its_first_time(self, case: Case, alice: User):
        own = add(case, alice)
        own_reminders.put_off(own=own, until=shanghai("2026-10-17 09:00"), by=alice, at=AT)

        own_reminders.put_back(own=own, by=alice, at=AT)

        own.refresh_from_db()
        assert (own.remind_at, own.version) == (shanghai("2026-10-15 09:00"), 3)
        assert own.reminders.pending().get().due_at == shanghai("2026-10-15 09:00")

    def test_one_that_was_changed_since_stays_as_it_is(self, case: Case, alice: User):
        own = add(case, alice)
        own_reminders.put_off(own=own, until=shanghai("2026-10-17 09:00"), by=alice, at=AT)
        own_reminders.change(own=own, by=alice, text="Another", remind_at=shanghai("2026-10-17 09:00"), at=AT)

        own_reminders.put_back(own=own, by=alice, at=AT)

        own.refresh_from_db()
        assert (own.remind_at, own.version) == (shanghai("2026-10-17 09:00"), 2)


class TestTheChain:
    def test_it_says_when_and_never_what(self, case: Case, alice: User):
        own = add(case, alice, text="My lawyer is Chen")
        own_reminders.change(
            own=own, by=alice, text="My lawyer is Li", remind_at=shanghai("2026-10-16 09:00"), at=AT
        )
        own_reminders.put_off(own=own, until=shanghai("2026-10-17 09:00"), by=alice, at=AT)
        own_reminders.mark_done(own=own, by=alice, at=AT)
        own_reminders.remove(own=own, by=alice, at=AT)

        entries = CustodyEntry.objects.filter(action__startswith="own_reminder").order_by("sequence")

        assert [(entry.action, entry.details) for entry in entries] == [
            (
                action,
                {
                    "own_reminder": own.pk,
                    "version": version,
                    "remind_at": f"2026-10-{day}T01:00:00+00:00",
                    **told,
                },
            )
            for action, version, day, told in [
                ("own_reminder_added", 1, 15, {}),
                ("own_reminder_changed", 2, 16, {}),
                ("own_reminder_changed", 3, 17, {"put_off_from": "2026-10-16T01:00:00+00:00"}),
                ("own_reminder_done", 3, 17, {}),
                ("own_reminder_removed", 3, 17, {}),
            ]
        ]
        assert {entry.actor for entry in entries} == {f"user:{alice.pk}"}
        assert custody.verify(case) == []


class TestChanging:
    def test_another_time_is_told_anew(self, case: Case, alice: User):
        own = add(case, alice)

        own_reminders.change(
            own=own, by=alice, text="Ask the bank", remind_at=shanghai("2026-10-20 09:00"), at=AT
        )

        assert ledger(own) == [
            (1, shanghai("2026-10-15 09:00"), "not_needed"),
            (2, shanghai("2026-10-20 09:00"), ""),
        ]

    def test_other_words_alone_are_no_other_version(self, case: Case, alice: User):
        own = add(case, alice)

        changed = own_reminders.change(own=own, by=alice, text="Ask", remind_at=own.remind_at, at=AT)

        assert (changed.text, changed.version) == ("Ask", 1)
        assert ledger(own) == [(1, shanghai("2026-10-15 09:00"), "")]

    def test_the_same_again_changes_nothing(self, case: Case, alice: User):
        own = add(case, alice)
        entries = CustodyEntry.objects.count()

        own_reminders.change(own=own, by=alice, text=own.text, remind_at=own.remind_at, at=AT)

        assert CustodyEntry.objects.count() == entries

    def test_other_words_for_one_whose_time_has_come(self, case: Case, alice: User):
        own = add(case, alice)

        changed = own_reminders.change(
            own=own, by=alice, text="Ask", remind_at=own.remind_at, at=shanghai("2026-10-16 09:00")
        )

        assert changed.text == "Ask"

    def test_one_that_was_told_is_put_off_and_told_again(self, case: Case, alice: User):
        own = add(case, alice)
        Reminder.objects.filter(own_reminder=own).update(sent_at=shanghai("2026-10-15 09:00"))

        said_at = own_reminders.put_off(
            own=own, until=shanghai("2026-10-16 07:00"), by=alice, at=shanghai("2026-10-15 10:00")
        )

        assert said_at == shanghai("2026-10-16 08:00")  # the end of the quiet hours
        assert ledger(own) == [
            (1, shanghai("2026-10-15 09:00"), ""),
            (2, shanghai("2026-10-16 08:00"), ""),
        ]

    def test_one_that_is_ahead_is_put_off(self, case: Case, alice: User):
        own = add(case, alice)

        own_reminders.put_off(own=own, until=shanghai("2026-10-20 09:00"), by=alice, at=AT)

        assert ledger(own) == [
            (1, shanghai("2026-10-15 09:00"), "snoozed"),
            (2, shanghai("2026-10-20 09:00"), ""),
        ]

    def test_one_that_is_done_is_silent(self, case: Case, alice: User):
        own = add(case, alice)

        own_reminders.mark_done(own=own, by=alice, at=AT)

        assert ledger(own) == [(1, shanghai("2026-10-15 09:00"), "not_needed")]
        with pytest.raises(ValidationError, match="done already"):
            own_reminders.put_off(own=own, until=shanghai("2026-10-20 09:00"), by=alice, at=AT)

    def test_done_twice_is_done_once(self, case: Case, alice: User):
        own = add(case, alice)

        own_reminders.mark_done(own=own, by=alice, at=AT)
        own_reminders.mark_done(own=own, by=alice, at=AT)

        assert CustodyEntry.objects.filter(action="own_reminder_done").count() == 1

    def test_one_that_is_removed_is_gone(self, case: Case, alice: User):
        own = add(case, alice)

        own_reminders.remove(own=own, by=alice, at=AT)

        assert not Reminder.objects.filter(step="own").exists()
        with pytest.raises(ValidationError, match="removed meanwhile"):
            own_reminders.mark_done(own=own, by=alice, at=AT)


class TestWhoseTheyAre:
    def test_nobody_sees_those_of_others(self, case: Case, alice: User, bob: User):
        own = add(case, bob)

        assert list(own_reminders.open_of(case, bob)) == [own]
        assert list(own_reminders.open_of(case, alice)) == []
        assert list(own_reminders.open_for(alice)) == []

    def test_they_are_out_of_sight_for_whoever_left_the_case(self, case: Case, bob: User):
        own = add(case, bob)
        add(factories.make_case(owner=bob, title="Another"), bob)
        Membership.objects.filter(case=case, user=bob).delete()

        assert own not in own_reminders.open_for(bob)
        assert own_reminders.open_for(bob).count() == 1


class TestQuietHoursThatChange:
    def test_one_set_for_the_night_is_told_in_it_once_there_are_no_quiet_hours(self, case: Case, alice: User):
        own = add(case, alice, remind_at="2026-10-15 23:00")
        ReminderPreferences.objects.create(user=alice, quiet_from=None, quiet_until=None)

        own_reminders.replan(alice, at=AT)

        assert ledger(own) == [(1, shanghai("2026-10-15 23:00"), "")]

    def test_one_set_for_the_evening_leaves_quiet_hours_that_begin_sooner(self, case: Case, alice: User):
        own = add(case, alice, remind_at="2026-10-15 21:00")
        ReminderPreferences.objects.create(user=alice, quiet_from=time(20, 0), quiet_until=time(9, 30))

        own_reminders.replan(alice, at=AT)

        assert ledger(own) == [(1, shanghai("2026-10-16 09:30"), "")]

    def test_what_is_due_by_then_stays(self, case: Case, alice: User):
        own = add(case, alice, remind_at="2026-10-15 21:00")
        ReminderPreferences.objects.create(user=alice, quiet_from=time(20, 0), quiet_until=time(9, 30))

        own_reminders.replan(alice, at=shanghai("2026-10-15 21:00"))

        assert ledger(own) == [(1, shanghai("2026-10-15 21:00"), "")]


class TestMornings:
    @pytest.mark.parametrize(
        ("months", "today", "morning"),
        [(3, "2026-09-24", "2026-12-24"), (3, "2026-11-30", "2027-02-28"), (3, "2027-11-30", "2028-02-29")],
    )
    def test_a_month_keeps_the_day_where_it_has_one(self, alice: User, months: int, today: str, morning: str):
        found = own_reminders.morning_in_months(alice, months, shanghai(f"{today} 23:00"))

        assert found == shanghai(f"{morning} 09:00")
