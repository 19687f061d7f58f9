"""The ledger when something fails: mails refused, a server away, a sender that dies or freezes."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import OperationalError

from cases.models import Case, Deadline, Reminder, ReminderPreferences
from cases.services import delivery, reminder_claims, reminder_records, reminders
from cases.services import mail as mail_service
from cases.services.delivery import Postman
from tests.services.sending import DUE, EVENING, Refusing, leave_unanswered, the, unanswered_of
from tests.services.when import shanghai

pytestmark = pytest.mark.usefixtures("platform_alone")


def without_quiet_hours(case: Case) -> None:
    ReminderPreferences.objects.create(user=case.owner, quiet_from=None, quiet_until=None)


class TestFailures:
    def test_a_mail_refused_for_now_is_tried_after_5_minutes_30_minutes_and_then_hourly(
        self, case: Case, server: type[Refusing]
    ):
        without_quiet_hours(case)
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
        without_quiet_hours(case)
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
        without_quiet_hours(case)
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

    def test_without_a_mail_server_one_connection_is_tried_and_every_row_waits_untouched(
        self, case: Case, server: type[Refusing]
    ):
        for minute in range(3):
            leave_unanswered(case, at=EVENING + timedelta(minutes=minute))
        unanswered_of("dora@example.org")
        before = list(Reminder.objects.order_by("pk").values())
        server.away = ConnectionRefusedError("Connection refused")

        report = reminders.send_due(at=shanghai("2026-09-01 21:20"))

        away = "The mail server cannot be reached: Connection refused"
        assert report == reminders.SendReport(away=away)
        assert server.opened == 1
        assert list(Reminder.objects.order_by("pk").values()) == before

    def test_what_a_dead_sender_may_have_sent_stays_so_marked_while_the_server_is_away(
        self, case: Case, server: type[Refusing]
    ):
        """Else it would be put together with others, and come a second time under another Message-ID."""
        leave_unanswered(case)
        dead = reminder_claims.claim(DUE)
        assert dead is not None
        dead.begin()
        server.away = ConnectionRefusedError("Connection refused")
        reminders.send_due(at=DUE + timedelta(minutes=1))
        leave_unanswered(case, at=EVENING + timedelta(minutes=1))
        server.away = None

        assert reminders.send_due(at=DUE + timedelta(minutes=1)).sent == 2
        assert len(mail.outbox) == 2

    def test_one_that_cannot_be_written_holds_up_no_other(self, case: Case):
        poisoned = leave_unanswered(case)
        healthy = unanswered_of("dora@example.org", at=EVENING + timedelta(minutes=1))
        Deadline.objects.filter(pk=poisoned.pk).update(because={})

        report = reminders.send_due(at=shanghai("2026-09-01 21:16"))

        assert report == reminders.SendReport(sent=1, retried=1)
        assert the(healthy).sent_at is not None
        assert "could not be written (KeyError" in the(poisoned).failure

    def test_one_that_cannot_even_be_read_holds_up_no_other(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ):
        poisoned = the(leave_unanswered(case))
        healthy = unanswered_of("dora@example.org")
        rows_of = reminders.rows_of

        def unreadable(claim: reminder_claims.Claim, keys: list[int] | None = None) -> list[Reminder]:
            rows = rows_of(claim, keys)
            if any(row.pk == poisoned.pk for row in rows):
                raise ValueError("this is no JSON")
            return rows

        monkeypatch.setattr(reminders, "rows_of", unreadable)

        assert reminders.send_due(at=DUE) == reminders.SendReport(sent=1, retried=1)
        poisoned.refresh_from_db()
        assert the(healthy).sent_at is not None
        assert poisoned.failure == "This mail could not be written (ValueError: this is no JSON)"
        assert poisoned.next_attempt_at == DUE + timedelta(hours=1)

    def test_one_that_cannot_be_judged_holds_up_no_other(self, case: Case):
        poisoned = leave_unanswered(case)
        healthy = unanswered_of("dora@example.org")
        type(case.owner).objects.filter(pk=case.owner.pk).update(time_zone="Nowhere/Land")

        assert reminders.send_due(at=DUE) == reminders.SendReport(sent=1, retried=1)
        assert the(healthy).sent_at is not None
        assert "Nowhere/Land" in the(poisoned).failure

    def test_one_that_could_not_be_written_goes_out_after_the_repair(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ):
        leave_unanswered(case)
        with monkeypatch.context() as broken:
            broken.setattr(mail_service, "write", None)
            assert reminders.send_due(at=DUE).retried == 1

        assert reminders.send_due(at=shanghai("2026-09-01 21:20")).sent == 1


class TestDying:
    """A sender that dies leaves rows that another one takes."""

    def test_what_a_dead_sender_had_claimed_goes_out_after_its_lease(self, case: Case):
        leave_unanswered(case)
        assert reminder_claims.claim(DUE)

        assert reminders.send_due(at=DUE + timedelta(seconds=24)).sent == 0
        assert reminders.send_due(at=DUE + timedelta(seconds=25)).sent == 1

    def test_what_a_sender_had_not_begun_to_send_when_it_died_comes_in_one_mail(self, case: Case):
        leave_unanswered(case)
        assert reminder_claims.claim(DUE)
        leave_unanswered(case, at=EVENING + timedelta(minutes=1))

        assert reminders.send_due(at=DUE + timedelta(minutes=1)).sent == 2
        assert len(mail.outbox) == 1

    def test_what_one_sender_had_begun_to_send_stays_so_marked_in_the_hands_of_the_next(self, case: Case):
        leave_unanswered(case)
        first = reminder_claims.claim(DUE)
        assert first is not None
        first.begin()
        Reminder.objects.update(lease_until=DUE)
        assert reminder_claims.claim(DUE), "and the next one dies before it begins"
        Reminder.objects.update(lease_until=DUE)
        leave_unanswered(case, at=EVENING + timedelta(minutes=1))

        assert reminders.send_due(at=DUE + timedelta(minutes=1)).sent == 2
        assert len(mail.outbox) == 2

    def test_dying_between_the_servers_yes_and_the_commit_repeats_the_same_message_id(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ):
        leave_unanswered(case)

        class Killed(BaseException):
            """What a signal does to a process."""

        def die(*args: Any) -> None:
            raise Killed

        with monkeypatch.context() as dying:
            dying.setattr(reminders, "record", die)
            with pytest.raises(Killed):
                reminders.send_due(at=DUE)
        assert reminders.send_due(at=shanghai("2026-09-01 21:20")).sent == 1

        first, second = mail.outbox
        assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]

    def test_a_sender_that_froze_beyond_its_lease_sends_nothing(self, case: Case):
        deadline = leave_unanswered(case)
        claim = reminder_claims.claim(DUE)
        assert claim is not None
        Reminder.objects.update(lease_until=DUE)

        report = reminders.SendReport()
        with Postman() as postman:
            reminders._Batch(claim, report, reminders._SignOfLife(None)).send(postman)

        assert report == reminders.SendReport()
        assert the(deadline).sent_at is None
        assert mail.outbox == []

    def test_a_sender_that_freezes_in_the_middle_sends_nothing_more_when_it_wakes(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ):
        for name in ("dora", "emil", "fred", "gina", "hans", "ines"):
            unanswered_of(f"{name}@example.org")
        claim = reminder_claims.claim(DUE)
        assert claim is not None
        record = reminders.record

        def freeze(*args: Any) -> None:
            record(*args)
            Reminder.objects.update(lease_until=DUE)

        monkeypatch.setattr(reminders, "RECORD_EVERY", 4)
        monkeypatch.setattr(reminders, "RECORD_SECONDS", 60.0)
        monkeypatch.setattr(reminders, "record", freeze)
        with Postman() as postman:
            reminders._Batch(claim, reminders.SendReport(), reminders._SignOfLife(None)).send(postman)
        monkeypatch.undo()

        assert len(mail.outbox) == 4, "the group that was recorded before it froze"
        assert reminders.send_due(at=DUE).sent == 2
        assert len({message.to[0] for message in mail.outbox}) == 6

    def test_a_server_that_is_slow_to_connect_to_gets_its_mails_all_the_same(
        self, case: Case, server: type[Refusing], monkeypatch: pytest.MonkeyPatch
    ):
        deadline = leave_unanswered(case)
        monkeypatch.setattr(reminder_claims, "RENEW_SECONDS", 0.0)

        def slowly(self: Refusing) -> bool:
            Reminder.objects.update(lease_until=DUE)
            return True

        monkeypatch.setattr(server, "open", slowly)

        assert reminders.send_due(at=DUE) == reminders.SendReport(sent=1)
        assert the(deadline).sent_at == DUE

    def test_what_another_took_while_it_connected_is_left_to_that_one(
        self, case: Case, server: type[Refusing], monkeypatch: pytest.MonkeyPatch
    ):
        leave_unanswered(case)
        monkeypatch.setattr(reminder_claims, "RENEW_SECONDS", 0.0)
        taken: list[reminder_claims.Claim | None] = []

        def slowly(self: Refusing) -> bool:
            Reminder.objects.update(lease_until=DUE)
            taken.append(reminder_claims.claim(DUE))
            return True

        monkeypatch.setattr(server, "open", slowly)

        assert reminders.send_due(at=DUE) == reminders.SendReport()
        assert mail.outbox == []
        assert len(taken) == 1

    def test_mails_that_are_out_are_recorded_before_a_connection_is_opened_anew(
        self, case: Case, server: type[Refusing], monkeypatch: pytest.MonkeyPatch
    ):
        for name in ("dora", "emil", "fred"):
            unanswered_of(f"{name}@example.org")
        monkeypatch.setattr(reminders, "RECORD_SECONDS", 60.0)
        recorded: list[int] = []

        def count(self: Refusing) -> bool:
            type(self).opened += 1
            recorded.append(Reminder.objects.filter(sent_at__isnull=False).count())
            return True

        def close_after_one(self: Refusing, messages: Any) -> int:
            if len(mail.outbox) == 1 and server.opened == 1:
                raise smtplib.SMTPDataError(421, b"closing")
            return int(EmailBackend.send_messages(self, messages))

        monkeypatch.setattr(server, "open", count)
        monkeypatch.setattr(server, "send_messages", close_after_one)

        assert reminders.send_due(at=DUE) == reminders.SendReport(sent=2, retried=1)
        assert recorded == [0, 1]

    def test_a_run_that_takes_long_says_that_it_lives(self, case: Case, monkeypatch: pytest.MonkeyPatch):
        leave_unanswered(case)
        monkeypatch.setattr(reminders, "ALIVE_SECONDS", 0.0)
        signs: list[None] = []

        reminders.send_due(DUE, alive=lambda: signs.append(None))

        assert len(signs) == 1

    def test_a_lease_is_renewed_while_a_slow_server_is_talked_to(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ):
        leave_unanswered(case)
        claim = reminder_claims.claim(DUE)
        assert claim is not None
        Reminder.objects.update(lease_until=DUE + timedelta(seconds=5))
        monkeypatch.setattr(reminder_claims, "RENEW_SECONDS", 0.0)

        key = Reminder.objects.get().pk
        assert claim.still_held([key]) == {key}
        assert Reminder.objects.get().lease_until == DUE + timedelta(seconds=25)

    def test_a_database_that_restarts_after_the_servers_yes_is_waited_for(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ):
        deadline = leave_unanswered(case)
        store = reminder_records._store
        answers = [OperationalError("restarting"), None]

        def restarting(*args: Any) -> Any:
            if (answer := answers.pop(0)) is not None:
                raise answer
            return store(*args)

        monkeypatch.setattr(reminder_records, "_store", restarting)
        monkeypatch.setattr(reminder_records, "connection", _OutsideAnyTransaction())
        monkeypatch.setattr(reminder_records.time, "sleep", lambda seconds: None)

        assert reminders.send_due(at=DUE).sent == 1
        assert the(deadline).sent_at == DUE

    def test_a_mail_that_is_out_is_never_repeated_for_want_of_its_custody_entry(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ):
        deadline = leave_unanswered(case)

        def fail(*args: Any, **fields: Any) -> None:
            raise ValueError("this cannot be written as canonical JSON")

        monkeypatch.setattr(reminder_records.custody, "record_all", fail)

        assert reminders.send_due(at=DUE).sent == 1
        assert reminders.send_due(at=shanghai("2026-09-01 22:00")) == reminders.SendReport()
        assert the(deadline).sent_at == DUE
        assert "custody" in the(deadline).failure

    def test_a_row_that_was_recorded_by_another_meanwhile_has_one_custody_entry(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ):
        """As when the answer to our own commit got lost, and it is tried once more."""
        other = unanswered_of("dora@example.org")
        deadline = leave_unanswered(case)
        record = reminders.record

        def twice(*args: Any) -> None:
            record(*args)
            record(*args)

        monkeypatch.setattr(reminders, "record", twice)

        assert reminders.send_due(at=DUE).sent == 2
        for told in (other, deadline):
            assert told.case.custody_entries.filter(action="reminder_sent").count() == 1

    def test_a_case_deleted_while_its_mail_was_under_way_keeps_no_other_from_being_recorded(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ):
        gone = unanswered_of("dora@example.org")
        kept = leave_unanswered(case)
        record = reminders.record

        def after_deletion(*args: Any) -> None:
            gone.reminders.all().delete()
            record(*args)

        monkeypatch.setattr(reminders, "record", after_deletion)

        assert reminders.send_due(at=DUE).sent == 1
        assert the(kept).sent_at == DUE


class _OutsideAnyTransaction:
    in_atomic_block = False

    def close(self) -> None:
        pass


def test_handing_over_a_mail_takes_less_than_what_a_lease_has_left():
    left = reminder_claims.LEASE.total_seconds() - reminder_claims.RENEW_SECONDS

    assert left > delivery.MAIL_SECONDS
