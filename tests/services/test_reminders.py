"""The ledger: what is planned, claimed, sent, put off and given up."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import OperationalError
from django.db.models.functions import Now

from cases.models import Case, Deadline, Reminder
from cases.services import cases, contacts, custody, deadlines, reminders
from cases.services import mail as mail_service
from tests import factories
from tests.services.when import shanghai
from tracker.accounts.models import User

EVENING = shanghai("2026-09-01 20:45")
DUE = shanghai("2026-09-01 21:15")

pytestmark = pytest.mark.usefixtures("platform_alone")


def leave_unanswered(case: Case, at: datetime = EVENING) -> Deadline:
    """A message to the shop without an answer: one reminder, half an hour later."""
    contact = contacts.log_contact(
        case=case, by=case.owner, at=at, channel="shop_message", outcome="no_answer"
    )
    return contact.deadlines.get()


def the(deadline: Deadline) -> Reminder:
    return deadline.reminders.get(version=deadline.version)


class Refusing(EmailBackend):
    """A mail server that answers with `failure` while there is one."""

    failure: Exception | None = None
    away: Exception | None = None
    opened = 0

    def open(self) -> bool:
        type(self).opened += 1
        if self.away is not None:
            raise self.away
        return True

    def send_messages(self, messages: Any) -> int:
        if self.failure is not None:
            raise self.failure
        return super().send_messages(messages)


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[Refusing]:
    settings.EMAIL_BACKEND = "tests.services.test_reminders.Refusing"
    for name, value in (("failure", None), ("away", None), ("opened", 0)):
        monkeypatch.setattr(Refusing, name, value)
    return Refusing


class TestPlanning:
    def test_planning_twice_adds_nothing(self, case: Case):
        deadline = leave_unanswered(case)

        reminders.plan_for(deadline=deadline, at=EVENING)

        assert deadline.reminders.count() == 1

    def test_the_message_id_is_made_from_the_row_and_the_host(self, settings: Any):
        settings.SITE_URL = "https://cases.example.org"

        first = reminders.message_id_of(12, "due", 1)

        assert first.startswith("<reminder.12.due.1.")
        assert first.endswith("@cases.example.org>")
        assert first == reminders.message_id_of(12, "due", 1)
        assert len({first, reminders.message_id_of(12, "due", 2), reminders.message_id_of(13, "due", 1)}) == 3


class TestSending:
    def test_nothing_goes_out_before_it_is_due(self, case: Case):
        leave_unanswered(case)

        report = reminders.send_due(at=shanghai("2026-09-01 21:14"))

        assert report == reminders.SendReport()
        assert mail.outbox == []

    def test_it_goes_out_when_it_is_due_and_once(self, case: Case):
        deadline = leave_unanswered(case)

        assert reminders.send_due(at=DUE).sent == 1
        assert reminders.send_due(at=DUE + timedelta(minutes=1)).sent == 0

        (message,) = mail.outbox
        assert message.to == ["alice@example.org"]
        assert message.extra_headers["Message-ID"] == the(deadline).message_id
        assert the(deadline).sent_at == DUE

    def test_one_that_was_missed_for_a_week_still_goes_out(self, case: Case):
        leave_unanswered(case)

        assert reminders.send_due(at=shanghai("2026-09-08 21:15")).sent == 1
        assert mail.outbox[0].subject.startswith("Late: ")

    def test_what_was_sent_is_recorded_without_personal_data(self, case: Case):
        deadline = leave_unanswered(case)

        reminders.send_due(at=DUE)

        entry = case.custody_entries.get(action="reminder_sent")
        assert entry.actor == "system"
        assert entry.details == {
            "deadline": deadline.pk,
            "rule": "douyin.shop_message.no_reply",
            "step": "due",
            "version": 1,
            "due_at": "2026-09-01T13:15:00+00:00",
        }
        assert custody.verify(case) == []

    def test_an_idle_tick_takes_one_query_and_no_lock(self, case: Case, django_assert_num_queries: Any):
        leave_unanswered(case)

        with django_assert_num_queries(1):
            reminders.send_due(at=EVENING)

    def test_the_database_says_what_time_it_is(self, case: Case, time_machine: Any):
        """A worker whose clock runs a year ahead sends nothing early."""
        leave_unanswered(case)
        Reminder.objects.update(due_at=Now() + timedelta(hours=1))
        time_machine.move_to(datetime.fromisoformat("2099-01-01T00:00:00+00:00"))

        assert reminders.send_due().sent == 0

    def test_by_the_databases_clock_what_is_due_goes_out(self, case: Case):
        leave_unanswered(case)
        Reminder.objects.update(due_at=Now() - timedelta(seconds=1))

        assert reminders.send_due().sent == 1
        assert Reminder.objects.get().sent_at is not None

    def test_more_than_one_batch_goes_out_in_one_run(self, case: Case, server: type[Refusing]):
        for minute in range(3):
            leave_unanswered(case, at=EVENING + timedelta(minutes=minute))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reminders, "BATCH", 2)

            assert reminders.send_due(at=shanghai("2026-09-01 22:00")).sent == 3

        assert server.opened == 2, "one connection for each batch"

    def test_the_mail_goes_to_the_owner_alone(self, case: Case, bob: User, helga: User):
        leave_unanswered(case)

        reminders.send_due(at=DUE)

        assert [message.to for message in mail.outbox] == [["alice@example.org"]]


class TestSilence:
    """What is no longer true is not said."""

    def test_a_deadline_that_was_met_says_nothing(self, case: Case):
        leave_unanswered(case)
        contacts.log_contact(
            case=case,
            by=case.owner,
            at=shanghai("2026-09-01 21:00"),
            channel="shop_message",
            outcome="answered",
        )

        assert reminders.send_due(at=DUE) == reminders.SendReport()

    def test_one_that_was_met_while_its_reminder_was_claimed_says_nothing(self, case: Case):
        deadline = leave_unanswered(case)
        token = reminders._claim(DUE)
        Deadline.objects.update(met_at=DUE, met_by="user")

        report = reminders.SendReport()
        reminders._send_batch(token, DUE, report)

        assert report == reminders.SendReport(cancelled=1)
        assert the(deadline).cancelled_at == DUE
        assert mail.outbox == []

    def test_a_closed_case_says_nothing(self, case: Case, alice: User):
        leave_unanswered(case)
        cases.close_case(case=case, by=alice, at=shanghai("2026-09-01 21:00"), outcome="solved")

        assert reminders.send_due(at=DUE) == reminders.SendReport()

    def test_an_account_that_was_closed_gets_nothing(self, case: Case, alice: User):
        leave_unanswered(case)
        User.objects.filter(pk=alice.pk).update(is_active=False)

        assert reminders.send_due(at=DUE) == reminders.SendReport(cancelled=1)

    def test_a_case_without_an_owner_gets_nothing(self, case: Case, alice: User):
        leave_unanswered(case)
        case.memberships.filter(user=alice).delete()

        assert reminders.send_due(at=DUE) == reminders.SendReport(cancelled=1)


class TestMoving:
    def test_a_deadline_that_moves_reminds_again_on_the_same_day(self, alice: User):
        case = factories.make_case(owner=alice, at=shanghai("2026-09-01 10:00"), urgency="urgent")
        deadline = case.deadlines.get(rule="douyin.hotline.closing")
        assert reminders.send_due(at=shanghai("2026-09-01 20:47")).sent == 2  # two hours before, and now

        Deadline.objects.filter(pk=deadline.pk).update(due_at=shanghai("2026-09-01 20:00"))
        (moved,) = deadlines.recompute(case=case, at=shanghai("2026-09-01 20:40"))

        assert moved.deadline.version == 2
        assert reminders.send_due(at=shanghai("2026-09-01 20:47")).sent == 1
        assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 3

    def test_the_reminders_of_the_old_version_are_not_sent(self, case: Case):
        deadline = leave_unanswered(case)
        Deadline.objects.update(version=2)

        assert reminders.send_due(at=DUE) == reminders.SendReport(cancelled=1)
        assert deadline.reminders.get().cancelled_at == DUE


class TestFailures:
    def test_a_mail_refused_for_now_is_tried_after_5_minutes_30_minutes_and_then_hourly(
        self, case: Case, server: type[Refusing]
    ):
        deadline = leave_unanswered(case)
        server.failure = smtplib.SMTPDataError(451, b"try again")
        tries = ["21:15", "21:20", "21:50", "22:50", "23:50"]

        for moment in tries:
            at = shanghai(f"2026-09-01 {moment}")
            assert reminders.send_due(at=at - timedelta(seconds=1)) == reminders.SendReport()
            assert reminders.send_due(at=at).retried == 1
        server.failure = None

        assert reminders.send_due(at=shanghai("2026-09-02 00:50")).sent == 1
        row = the(deadline)
        assert (row.attempts, row.failure) == (6, "")

    def test_it_is_given_up_two_days_after_the_deadline(self, case: Case, server: type[Refusing]):
        deadline = leave_unanswered(case)
        server.failure = smtplib.SMTPDataError(451, b"try again")
        at = DUE

        while the(deadline).failed_at is None:
            reminders.send_due(at=at)
            at = the(deadline).next_attempt_at or at

        assert the(deadline).failed_at == shanghai("2026-09-03 20:50")
        assert the(deadline).failure == "451 try again"
        assert reminders.send_due(at=shanghai("2026-09-04 20:00")) == reminders.SendReport()

    def test_one_that_starts_late_still_gets_ten_tries(self, case: Case, server: type[Refusing]):
        deadline = leave_unanswered(case)
        server.failure = smtplib.SMTPDataError(451, b"greylisted")
        at = shanghai("2026-09-08 10:00")

        while the(deadline).failed_at is None:
            reminders.send_due(at=at)
            at = the(deadline).next_attempt_at or at

        assert the(deadline).attempts == 10

    @pytest.mark.parametrize(
        ("failure", "reason"),
        [
            pytest.param(
                smtplib.SMTPRecipientsRefused({"alice@example.org": (550, b"No such user")}),
                "550 No such user",
                id="the server knows no such recipient",
            ),
            pytest.param(
                smtplib.SMTPDataError(554, b"Refused"), "554 Refused", id="the server refuses the message"
            ),
            pytest.param(
                smtplib.SMTPNotSupportedError("SMTPUTF8"),
                "The mail server cannot write to this address: SMTPUTF8",
                id="the server cannot write to the address",
            ),
        ],
    )
    def test_a_final_refusal_is_kept_with_the_servers_reason(
        self, case: Case, server: type[Refusing], failure: Exception, reason: str
    ):
        deadline = leave_unanswered(case)
        server.failure = failure

        assert reminders.send_due(at=DUE) == reminders.SendReport(failed=1)

        row = the(deadline)
        assert (row.failed_at, row.failure) == (DUE, reason)
        assert case.custody_entries.filter(action="reminder_failed").count() == 1
        assert reminders.send_due(at=shanghai("2026-09-02 09:00")) == reminders.SendReport()

    @pytest.mark.parametrize(
        "failure",
        [
            pytest.param(
                smtplib.SMTPRecipientsRefused({"alice@example.org": (452, b"Mailbox full")}),
                id="mailbox full",
            ),
            pytest.param(smtplib.SMTPSenderRefused(530, b"Log in first", "us"), id="the sender is refused"),
            pytest.param(smtplib.SMTPServerDisconnected("gone"), id="the line broke"),
            pytest.param(TimeoutError("timed out"), id="the server does not answer"),
        ],
    )
    def test_what_may_pass_is_tried_again(self, case: Case, server: type[Refusing], failure: Exception):
        deadline = leave_unanswered(case)
        server.failure = failure

        assert reminders.send_due(at=DUE) == reminders.SendReport(retried=1)
        assert the(deadline).next_attempt_at == shanghai("2026-09-01 21:20")

    def test_without_a_mail_server_one_connection_is_tried_and_the_batch_waits(
        self, case: Case, server: type[Refusing]
    ):
        for minute in range(3):
            leave_unanswered(case, at=EVENING + timedelta(minutes=minute))
        server.away = ConnectionRefusedError("Connection refused")

        report = reminders.send_due(at=shanghai("2026-09-01 22:00"))

        assert report == reminders.SendReport(retried=3)
        assert server.opened == 1
        assert "cannot be reached" in Reminder.objects.first().failure

    def test_one_that_cannot_be_written_holds_up_no_other(
        self, case: Case, alice: User, monkeypatch: pytest.MonkeyPatch
    ):
        poisoned = leave_unanswered(case)
        healthy = leave_unanswered(factories.make_case(owner=alice), at=EVENING + timedelta(minutes=1))
        Deadline.objects.filter(pk=poisoned.pk).update(because={})

        report = reminders.send_due(at=shanghai("2026-09-01 21:16"))

        assert report == reminders.SendReport(sent=1, retried=1)
        assert the(healthy).sent_at is not None
        assert "could not be written (KeyError" in the(poisoned).failure

    def test_one_that_could_not_be_written_goes_out_after_the_repair(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ):
        leave_unanswered(case)
        with monkeypatch.context() as broken:
            broken.setattr(mail_service, "when_of", None)
            assert reminders.send_due(at=DUE).retried == 1

        assert reminders.send_due(at=shanghai("2026-09-01 21:20")).sent == 1


class TestDying:
    """A sender that dies leaves rows that another one takes."""

    def test_what_a_dead_sender_had_claimed_goes_out_after_its_lease(self, case: Case):
        leave_unanswered(case)
        assert reminders._claim(DUE)

        assert reminders.send_due(at=shanghai("2026-09-01 21:19")).sent == 0
        assert reminders.send_due(at=shanghai("2026-09-01 21:20")).sent == 1

    def test_dying_between_the_servers_yes_and_the_commit_repeats_the_same_message_id(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ):
        leave_unanswered(case)

        class Killed(BaseException):
            """What a signal does to a process."""

        def die(*args: Any) -> None:
            raise Killed

        with monkeypatch.context() as dying:
            dying.setattr(reminders, "_record_sent", die)
            with pytest.raises(Killed):
                reminders.send_due(at=DUE)
        assert reminders.send_due(at=shanghai("2026-09-01 21:20")).sent == 1

        first, second = mail.outbox
        assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]

    def test_a_sender_that_froze_beyond_its_lease_sends_nothing(self, case: Case):
        deadline = leave_unanswered(case)
        token = reminders._claim(DUE)
        woken = shanghai("2026-09-01 21:18")  # two minutes of lease are too few for a slow server

        report = reminders.SendReport()
        reminders._send_batch(token, woken, report)

        assert report == reminders.SendReport()
        assert the(deadline).sent_at is None
        assert mail.outbox == []

    def test_a_database_that_restarts_after_the_servers_yes_is_waited_for(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ):
        deadline = leave_unanswered(case)
        mark = reminders._mark_sent
        answers = [OperationalError("restarting"), None]

        def restarting(row: Reminder, batch: Any) -> None:
            if (answer := answers.pop(0)) is not None:
                raise answer
            mark(row, batch)

        monkeypatch.setattr(reminders, "_mark_sent", restarting)
        monkeypatch.setattr(reminders, "connection", _OutsideAnyTransaction())
        monkeypatch.setattr(reminders.time, "sleep", lambda seconds: None)

        assert reminders.send_due(at=DUE).sent == 1
        assert the(deadline).sent_at == DUE

    def test_a_mail_that_is_out_is_never_repeated_for_want_of_its_custody_entry(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ):
        deadline = leave_unanswered(case)

        def fail(**fields: Any) -> None:
            raise ValueError("this cannot be written as canonical JSON")

        monkeypatch.setattr(reminders.custody, "record", fail)

        assert reminders.send_due(at=DUE).sent == 1
        assert reminders.send_due(at=shanghai("2026-09-01 22:00")) == reminders.SendReport()
        assert the(deadline).sent_at == DUE
        assert "custody" in the(deadline).failure


class _OutsideAnyTransaction:
    in_atomic_block = False

    def close(self) -> None:
        pass
