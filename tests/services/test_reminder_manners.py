"""What good manners make of what is due: one mail for several, a pause at night, few to strangers."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db.models import F

from cases.models import (
    MORNING_SUMMARY,
    CancelReason,
    Case,
    Deadline,
    Membership,
    Reminder,
    ReminderPreferences,
    Whose,
)
from cases.services import cases, own_reminders, reminder_claims, reminder_stops, reminders
from cases.services.reminders import SendReport, send_due
from tests import factories
from tests.services.sending import DUE, EVENING, Refusing, leave_unanswered, the, unanswered_of
from tests.services.when import shanghai
from tracker.accounts.models import User

pytestmark = pytest.mark.usefixtures("platform_alone")

MINUTE = timedelta(minutes=1)


def told() -> list[str]:
    """The Message-IDs of the mails that went out."""
    return [message.extra_headers["Message-ID"] for message in mail.outbox]


def move(deadline: Deadline, at: datetime, **fields: Any) -> Deadline:
    """Have it told at that moment."""
    deadline.reminders.update(due_at=at, **fields)
    return deadline


class TestOneMail:
    def test_what_is_due_to_one_user_comes_in_one_mail_under_the_first_ones_id(self, case: Case):
        several = [leave_unanswered(case, EVENING + number * MINUTE) for number in range(3)]

        assert send_due(DUE + 10 * MINUTE).sent == 3

        assert told() == [reminders.message_id_of(several[0].pk, "due", 1)]
        assert {the(deadline).message_id for deadline in several} == set(told())
        assert case.custody_entries.filter(action="reminder_sent").count() == 3

    def test_a_mail_tells_at_most_twenty(self, case: Case):
        for number in range(21):
            leave_unanswered(case, EVENING + timedelta(seconds=number))

        assert send_due(DUE + MINUTE).sent == 21
        assert len(mail.outbox) == 2

    def test_two_users_get_two_mails(self, case: Case):
        leave_unanswered(case)
        unanswered_of("dora@example.org")

        send_due(DUE)

        assert {message.to[0] for message in mail.outbox} == {"alice@example.org", "dora@example.org"}

    def test_the_steps_of_one_deadline_that_an_outage_left_are_told_once(self, alice: User):
        case = factories.make_case(owner=alice, at=shanghai("2026-09-01 10:00"), urgency="urgent")
        closing = case.deadlines.get(rule="douyin.hotline.closing")  # at 20:47 that day

        assert send_due(shanghai("2026-09-06 10:00")).sent == 5

        (message,) = mail.outbox
        assert message.subject.startswith("Late: ")
        assert message.body.count(closing.because["action"]["en"]) == 1

    def test_the_first_waits_for_the_last_of_its_quarter_of_an_hour(self, case: Case):
        for minutes in (0, 4, 14):
            leave_unanswered(case, EVENING + minutes * MINUTE)

        assert send_due(DUE) == SendReport()
        assert send_due(DUE + 4 * MINUTE) == SendReport()
        assert Reminder.objects.filter(attempts=0, claimed_by="", lease_until=None).count() == 3
        assert send_due(DUE + 14 * MINUTE).sent == 3
        assert len(mail.outbox) == 1

    def test_it_does_not_wait_for_the_next_quarter(self, case: Case):
        leave_unanswered(case)
        leave_unanswered(case, EVENING + 15 * MINUTE)

        assert send_due(DUE).sent == 1

    def test_ones_own_deadline_within_the_hour_waits_for_nothing(self, case: Case):
        urgent = leave_unanswered(case)
        Deadline.objects.filter(pk=urgent.pk).update(whose=Whose.MINE, due_at=DUE + 59 * MINUTE)
        leave_unanswered(case, EVENING + 4 * MINUTE)

        assert send_due(DUE).sent == 1
        assert told() == [the(urgent).message_id]


class TestRepeats:
    """A mail that may have gone out goes again as it was, and with nothing else in it."""

    def test_after_an_answer_for_now_the_same_rows_go_again(self, case: Case, server: type[Refusing]):
        first, second = leave_unanswered(case), leave_unanswered(case, EVENING + MINUTE)
        server.failure = smtplib.SMTPServerDisconnected("gone")
        assert send_due(DUE + MINUTE).retried == 2
        server.failure = None
        later = leave_unanswered(case, EVENING + 5 * MINUTE)

        assert send_due(DUE + 6 * MINUTE).sent == 3

        assert sorted(told()) == sorted([the(first).message_id, the(later).message_id])
        assert the(second).message_id == the(first).message_id

    def test_what_a_dead_sender_put_together_goes_again_together(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ):
        leave_unanswered(case)
        leave_unanswered(case, EVENING + MINUTE)

        class Killed(BaseException):
            """What a signal does to a process."""

        def die(*args: Any) -> None:
            raise Killed

        with monkeypatch.context() as dying:
            dying.setattr(reminders, "record", die)
            with pytest.raises(Killed):
                send_due(DUE + MINUTE)
        leave_unanswered(case, EVENING + timedelta(seconds=70))

        assert send_due(DUE + 2 * MINUTE).sent == 3
        before, *after = mail.outbox
        (again,) = (message for message in after if message.body.count("\n") == before.body.count("\n"))
        assert again.extra_headers["Message-ID"] == before.extra_headers["Message-ID"]
        assert len(after) == 2

    def test_a_batch_that_is_full_still_takes_all_that_was_told_in_one_mail(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ):
        several = [leave_unanswered(case, EVENING + number * MINUTE) for number in range(3)]
        Reminder.objects.update(message_id="<told@together>", attempts=1)
        monkeypatch.setattr(reminder_claims, "LARGEST_BATCH", 2)

        assert send_due(DUE + 2 * MINUTE).sent == len(several)
        assert told() == ["<told@together>"]

    def test_no_other_sender_takes_a_row_of_a_user_of_whom_one_is_held(self, case: Case):
        leave_unanswered(case)
        leave_unanswered(case, EVENING + 15 * MINUTE)
        assert reminder_claims.claim(DUE)
        Reminder.objects.update(due_at=DUE)

        assert reminder_claims.claim(DUE) is None


class TestNight:
    def test_what_an_outage_brought_into_the_night_waits_for_the_morning(self, case: Case):
        leave_unanswered(case)

        assert send_due(shanghai("2026-09-01 22:30")) == SendReport()
        assert send_due(shanghai("2026-09-02 07:59")) == SendReport()
        assert send_due(shanghai("2026-09-02 08:00")).sent == 1

    def test_ones_own_deadline_that_the_morning_would_be_too_late_for_comes_at_night(self, case: Case):
        deadline = leave_unanswered(case)
        Deadline.objects.filter(pk=deadline.pk).update(whose=Whose.MINE, due_at=shanghai("2026-09-02 08:30"))

        assert send_due(shanghai("2026-09-01 22:30")).sent == 1

    def test_in_the_night_the_clocks_change_the_morning_is_that_of_the_users_clock(
        self, case: Case, alice: User
    ):
        """In Berlin the quiet hours end at 8:00, which is 6:00 in UTC before that night and 7:00 after."""
        User.objects.filter(pk=alice.pk).update(time_zone="Europe/Berlin")
        leave_unanswered(case)
        move(case.deadlines.get(), datetime.fromisoformat("2026-10-24T19:59:00+00:00"))

        assert send_due(datetime.fromisoformat("2026-10-24T20:00:00+00:00")) == SendReport()
        assert send_due(datetime.fromisoformat("2026-10-25T06:59:00+00:00")) == SendReport()
        assert send_due(datetime.fromisoformat("2026-10-25T07:00:00+00:00")).sent == 1

    def test_a_user_without_quiet_hours_is_told_at_night(self, case: Case, alice: User):
        ReminderPreferences.objects.create(user=alice, quiet_from=None, quiet_until=None)
        leave_unanswered(case)

        assert send_due(shanghai("2026-09-01 22:30")).sent == 1


class TestWhoeverActed:
    def test_a_warning_waits_until_a_quarter_of_an_hour_after_its_user_acted(self, case: Case):
        leave_unanswered(case)  # at 20:45, by alice
        move(case.deadlines.get(), shanghai("2026-09-01 20:50"), step="hours_before")

        assert send_due(shanghai("2026-09-01 20:59")) == SendReport()
        assert send_due(shanghai("2026-09-01 21:00")).sent == 1

    def test_what_another_did_delays_nothing(self, case: Case, helga: User):
        deadline = leave_unanswered(case)
        move(deadline, shanghai("2026-09-01 20:50"), step="hours_before", user=helga)

        assert send_due(shanghai("2026-09-01 20:50")).sent == 1

    def test_that_it_is_due_is_told_all_the_same(self, case: Case):
        move(leave_unanswered(case), shanghai("2026-09-01 20:50"))

        assert send_due(shanghai("2026-09-01 20:50")).sent == 1


class TestStopped:
    def test_who_stopped_all_gets_nothing_and_can_see_why(self, case: Case, alice: User):
        deadline = leave_unanswered(case)
        reminder_stops.stop_all(alice, at=EVENING)

        assert send_due(DUE) == SendReport(cancelled=1)
        assert the(deadline).cancel_reason == CancelReason.STOPPED

    def test_who_stopped_one_case_is_told_of_the_others(self, case: Case, alice: User):
        stopped = leave_unanswered(case)
        heard = leave_unanswered(factories.make_case(owner=alice))
        reminder_stops.stop_case(case, alice, at=EVENING)

        assert send_due(DUE) == SendReport(sent=1, cancelled=1)
        assert (the(stopped).cancel_reason, the(heard).sent_at) == (CancelReason.STOPPED, DUE)

    def test_a_member_who_left_is_told_nothing(self, case: Case, helga: User):
        deadline = move(leave_unanswered(case), DUE, user=helga)
        Membership.objects.filter(user=helga).delete()

        assert send_due(DUE) == SendReport(cancelled=1)
        assert the(deadline).cancel_reason == CancelReason.NOT_NEEDED


class TestOwnReminders:
    @pytest.fixture
    def own(self, case: Case, helga: User) -> Reminder:
        made = own_reminders.add(case=case, by=helga, text="Ask the neighbour", remind_at=DUE, at=EVENING)
        return made.reminders.get()

    def test_it_is_told_to_whoever_set_it(self, own: Reminder, case: Case):
        assert send_due(DUE).sent == 1

        assert mail.outbox[0].to == ["helga@example.org"]
        assert case.custody_entries.get(action="reminder_sent").details == {
            "own_reminder": own.own_reminder_id,
            "step": "own",
            "version": 1,
            "due_at": "2026-09-01T13:15:00+00:00",
        }

    def test_it_is_told_of_a_closed_case_too(self, own: Reminder, case: Case, alice: User):
        cases.close_case(case=case, by=alice, at=EVENING, outcome="solved")

        assert send_due(DUE).sent == 1

    @pytest.mark.parametrize("change", [{"done_at": EVENING}, {"version": F("version") + 1}])
    def test_one_that_is_done_or_was_moved_is_silent(self, own: Reminder, change: dict[str, Any]):
        assert own.own_reminder is not None
        type(own.own_reminder).objects.update(**change)

        assert send_due(DUE) == SendReport(cancelled=1)


class TestSummaries:
    @pytest.fixture
    def summary(self, case: Case, alice: User) -> Reminder:
        return Reminder.objects.create(
            user=alice, step=MORNING_SUMMARY, due_at=DUE, message_id="<summary@example.org>"
        )

    def test_a_summary_is_a_mail_of_its_own(self, summary: Reminder, case: Case):
        leave_unanswered(case)

        assert send_due(DUE).sent == 2
        assert len(mail.outbox) == 2

    def test_one_that_has_nothing_to_tell_is_not_sent(self, summary: Reminder, case: Case):
        Deadline.objects.update(dropped_at=EVENING)

        assert send_due(DUE) == SendReport(cancelled=1)
        summary.refresh_from_db()
        assert summary.cancel_reason == CancelReason.NOTHING_TO_TELL


class TestAddressesNeverConfirmed:
    @pytest.fixture
    def stranger(self, db: None) -> Case:
        owner = factories.make_user("dora@example.org", language="en", is_confirmed=False)
        return factories.make_case(owner=owner)

    def test_they_get_five_mails_in_a_day_and_the_rest_in_one_after_it(self, stranger: Case):
        for number in range(7):
            leave_unanswered(stranger, EVENING - timedelta(hours=3) + 15 * number * MINUTE)
        for number in range(7):
            send_due(DUE - timedelta(hours=3) + 15 * number * MINUTE)
        assert len(mail.outbox) == 5

        assert send_due(shanghai("2026-09-02 18:14")) == SendReport()
        send_due(shanghai("2026-09-02 18:15"))
        assert len(mail.outbox) == 6

    def test_one_more_may_warn_of_a_right_that_ends_within_the_hour(self, stranger: Case):
        for number in range(12):
            leave_unanswered(stranger, EVENING - timedelta(hours=3) + 15 * number * MINUTE)
        Deadline.objects.update(whose=Whose.MINE, due_at=DUE + timedelta(minutes=30))
        for number in range(12):
            send_due(DUE - timedelta(hours=3) + 15 * number * MINUTE)

        assert len(mail.outbox) == 6, "the last of them alone comes within the hour"

    def test_an_address_that_was_confirmed_for_another_account_name_does_not_count(self, stranger: Case):
        stranger.owner.emailaddress_set.update(email="other@example.org", verified=True)
        for number in range(6):
            leave_unanswered(stranger, EVENING - timedelta(hours=3) + 15 * number * MINUTE)
            send_due(DUE - timedelta(hours=3) + 15 * number * MINUTE)

        assert len(mail.outbox) == 5
