"""The ledger: what is planned, claimed, sent and silenced."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db.models.functions import Now

from cases.models import Case, Deadline, Reminder
from cases.services import cases, contacts, custody, deadlines, reminder_claims, reminders
from cases.services.delivery import Postman
from tests import factories
from tests.services.sending import DUE, EVENING, Refusing, leave_unanswered, the, unanswered_of
from tests.services.when import shanghai
from tracker.accounts.models import User

pytestmark = pytest.mark.usefixtures("platform_alone")


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
        for name in ("dora", "emil", "fred"):
            unanswered_of(f"{name}@example.org")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reminder_claims, "BATCH", 2)

            assert reminders.send_due(at=DUE).sent == 3

        assert server.opened == 1, "one connection for all of them"

    def test_a_run_whose_time_is_over_leaves_the_rest_to_the_next(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ):
        leave_unanswered(case)
        with monkeypatch.context() as patch:
            patch.setattr(reminders, "MOST_SECONDS", 0.0)
            assert reminders.send_due(at=DUE) == reminders.SendReport()

        assert reminders.send_due(at=DUE).sent == 1

    def test_the_mail_goes_to_the_owner_alone(self, case: Case, bob: User, helga: User):
        leave_unanswered(case)

        reminders.send_due(at=DUE)

        assert [message.to for message in mail.outbox] == [["alice@example.org"]]


def send(claim: reminder_claims.Claim | None) -> reminders.SendReport:
    """Send what is claimed already."""
    assert claim is not None
    report = reminders.SendReport()
    with Postman() as postman:
        reminders._Batch(claim, report, reminders._SignOfLife(None)).send(postman)
    return report


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
        claim = reminder_claims.claim(DUE)
        Deadline.objects.update(met_at=DUE, met_by="user")

        assert send(claim) == reminders.SendReport(cancelled=1)
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
        assert len(mail.outbox) == 1

        Deadline.objects.filter(pk=deadline.pk).update(due_at=shanghai("2026-09-01 20:00"))
        (moved,) = deadlines.recompute(case=case, at=shanghai("2026-09-01 20:40"))

        assert moved.deadline.version == 2
        assert reminders.send_due(at=shanghai("2026-09-01 20:47")).sent == 1
        assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 2

    def test_the_reminders_of_the_old_version_are_not_sent(self, case: Case):
        deadline = leave_unanswered(case)
        Deadline.objects.update(version=2)

        assert reminders.send_due(at=DUE) == reminders.SendReport(cancelled=1)
        assert deadline.reminders.get().cancelled_at == DUE
