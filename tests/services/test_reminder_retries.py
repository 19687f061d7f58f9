"""What was given up, or waits, goes out again; nothing goes out twice for it."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db.models.functions import Now

from cases.models import CancelReason, Case, Deadline, OwnReminder, Reminder, ReminderPreferences
from cases.services import cases, contacts, custody, deadlines, reminder_health, reminder_retries, reminders
from tests import factories
from tests.services.sending import Refusing
from tests.services.when import shanghai
from tracker.accounts.models import User

pytestmark = pytest.mark.usefixtures("platform_alone")

AT = shanghai("2026-09-01 21:00")
HOUR = timedelta(hours=1)


@pytest.fixture
def deadline(case: Case) -> Deadline:
    """One that is open, without reminders; its owner is told at night as well, whenever this runs."""
    ReminderPreferences.objects.create(user=case.owner, quiet_from=None, quiet_until=None)
    contact = contacts.log_contact(
        case=case, by=case.owner, at=factories.NOON, channel="shop_message", outcome="no_answer"
    )
    Reminder.objects.all().delete()
    return contact.deadlines.get()


def failed(deadline: Deadline, step: str = "due", **fields: Any) -> Reminder:
    fields = {
        "due_at": Now() - HOUR,
        "failed_at": Now() - HOUR,
        "failure": "550 no such mailbox",
        "attempts": 1,
        "claimed_by": "a batch of long ago",
        **fields,
    }
    return Reminder.objects.create(
        user=deadline.case.owner, deadline=deadline, step=step, message_id=f"<{step}@localhost>", **fields
    )


class TestByTheUser:
    def test_what_was_refused_goes_out_again_under_its_own_message_id(self, deadline: Deadline, alice: User):
        row = failed(deadline)

        assert reminder_retries.retry_failed(alice, at=AT) == 1
        assert reminder_health.trouble_of(alice) is None
        assert reminders.send_due().sent == 1

        row.refresh_from_db()
        assert (row.sent_at is not None, row.failed_at, row.attempts) == (True, None, 2)
        assert [message.extra_headers["Message-ID"] for message in mail.outbox] == ["<due@localhost>"]

    def test_it_stands_in_the_chain_of_its_case(self, deadline: Deadline, alice: User, case: Case):
        failed(deadline)

        reminder_retries.retry_failed(alice, at=AT)

        entry = case.custody_entries.get(action="reminder_tried_again")
        assert entry.actor == f"user:{alice.pk}"
        assert (entry.details["deadline"], entry.details["step"]) == (deadline.pk, "due")
        assert custody.verify(case) == []

    def test_of_one_deadline_the_last_word_alone(self, deadline: Deadline, alice: User):
        first = failed(deadline, "due", due_at=Now() - 3 * HOUR)
        failed(deadline, "overdue_1", due_at=Now() - 2 * HOUR)

        assert reminder_retries.retry_failed(alice, at=AT) == 1

        assert Reminder.objects.due().get().step == "overdue_1"
        first.refresh_from_db()
        assert (first.cancelled_at, first.cancel_reason) == (AT, CancelReason.NOT_NEEDED)

    def test_pressed_twice_it_frees_nothing_twice(self, deadline: Deadline, alice: User, case: Case):
        failed(deadline)

        assert reminder_retries.retry_failed(alice, at=AT) == 1
        assert reminder_retries.retry_failed(alice, at=AT) == 0
        assert case.custody_entries.filter(action="reminder_tried_again").count() == 1

    @pytest.mark.parametrize("end", ["met", "closed", "moved"])
    def test_what_no_longer_matters_is_not_said_and_no_trouble_any_more(
        self, deadline: Deadline, alice: User, case: Case, end: str
    ):
        failed(deadline)
        if end == "met":
            deadlines.mark_met(deadline=deadline, by=alice, at=AT)
        elif end == "closed":
            cases.close_case(case=case, by=alice, at=AT, outcome="solved")
        else:
            Deadline.objects.filter(pk=deadline.pk).update(version=2)

        assert reminder_retries.retry_failed(alice, at=AT) == 0

        assert reminder_health.trouble_of(alice) is None
        assert not Reminder.objects.due().exists()

    def test_of_a_case_that_the_user_may_not_see_any_more_nothing(
        self, deadline: Deadline, alice: User, case: Case
    ):
        failed(deadline)
        case.memberships.filter(user=alice).delete()

        assert reminder_retries.retry_failed(alice, at=AT) == 0

    def test_an_own_reminder_goes_out_again_until_it_is_done(self, case: Case, alice: User):
        own = OwnReminder.objects.create(
            case=case, user=alice, text="Ask the depot", remind_at=AT, made_at=AT, changed_at=AT
        )
        Reminder.objects.all().delete()
        row = Reminder.objects.create(
            user=alice,
            own_reminder=own,
            step="own",
            due_at=AT,
            failed_at=AT,
            attempts=1,
            message_id="<own@x>",
        )

        assert reminder_retries.retry_failed(alice, at=AT) == 1
        assert Reminder.objects.pending().get() == row
        assert case.custody_entries.get(action="reminder_tried_again").details["own_reminder"] == own.pk

    def test_a_summary_of_a_day_that_is_over_is_not_sent_again(self, alice: User):
        Reminder.objects.create(
            user=alice, step="morning_summary", due_at=AT, failed_at=AT, attempts=1, message_id="<summary@x>"
        )

        assert reminder_retries.retry_failed(alice, at=AT) == 0
        assert reminder_health.trouble_of(alice) is None

    def test_nothing_of_others_is_touched(self, deadline: Deadline, bob: User):
        failed(deadline)

        assert reminder_retries.retry_failed(bob, at=AT) == 0
        assert Reminder.objects.get().failed_at is not None

    def test_refused_once_more_it_is_trouble_once_more(
        self, deadline: Deadline, alice: User, monkeypatch: pytest.MonkeyPatch
    ):
        failed(deadline)
        reminder_retries.retry_failed(alice, at=AT)

        def refuse(*_args: Any, **_kwargs: Any) -> Any:
            raise smtplib.SMTPRecipientsRefused({"alice@example.org": (550, b"still no such mailbox")})

        monkeypatch.setattr(mail.backends.locmem.EmailBackend, "send_messages", refuse)

        assert reminders.send_due().failed == 1
        assert reminder_health.trouble_of(alice).failure == "550 still no such mailbox"

    def test_it_has_its_ten_tries_anew(self, deadline: Deadline, alice: User, server: type[Refusing]):
        row = failed(deadline, attempts=60)
        server.failure = smtplib.SMTPDataError(451, b"greylisted")
        reminder_retries.retry_failed(alice, at=AT)

        assert reminders.send_due().retried == 1
        row.refresh_from_db()
        assert (row.attempts, row.failed_at) == (2, None)


class TestByWhoeverRunsTheSite:
    def test_what_was_given_up_and_what_waits(self, deadline: Deadline, bob: User):
        given_up = failed(deadline)
        waiting = failed(deadline, "overdue_1", failed_at=None, next_attempt_at=Now() + HOUR)
        ahead = failed(deadline, "overdue_2", failed_at=None, attempts=0, due_at=Now() + HOUR)

        freed = reminder_retries.try_again([given_up.pk, waiting.pk, ahead.pk], by=bob, at=AT)

        assert {row.pk for row in freed} == {given_up.pk, waiting.pk}
        assert set(Reminder.objects.due()) == {given_up, waiting}

    def test_what_no_longer_matters_is_asked_anew_before_it_is_sent(
        self, deadline: Deadline, alice: User, bob: User
    ):
        row = failed(deadline)
        deadlines.mark_met(deadline=deadline, by=alice, at=AT)
        reminder_retries.try_again([row.pk], by=bob, at=AT)

        assert reminders.send_due() == reminders.SendReport(cancelled=1)
        assert mail.outbox == []
