"""The ledger of reminders as lines: what was planned, sent, refused, put off, and why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Case, Deadline, Reminder
from cases.services import contacts
from cases.views.ledger import ledger_of, lines_of
from tests import factories
from tests.services.when import shanghai
from tests.views.asking import text_of
from tracker.accounts.models import User

AT = shanghai("2026-09-25 12:00")
DAY_BEFORE = shanghai("2026-09-25 18:00")


@pytest.fixture
def deadline(case: Case, platform_alone: None) -> Deadline:
    contact = contacts.log_contact(
        case=case,
        by=case.owner,
        at=shanghai("2026-09-24 10:00"),
        channel="order_card",
        outcome="promised",
        promised_by=shanghai("2026-09-26 18:00"),
    )
    return contact.deadlines.get()


def states(deadline: Deadline, user: User) -> dict[str, str]:
    lines = ledger_of(deadline, user=user, at=AT)[0].lines
    return {line.reminder.step: line.state for line in lines}


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "planned"),
        ({"due_at": AT}, "due"),
        ({"sent_at": AT}, "sent"),
        ({"failed_at": AT, "failure": "550 No such mailbox"}, "failed"),
        ({"failed_at": AT, "cancelled_at": AT, "cancel_reason": "not_needed"}, "failed"),
        ({"cancelled_at": AT, "cancel_reason": "snoozed"}, "snoozed"),
        ({"cancelled_at": AT, "cancel_reason": "stopped"}, "cancelled"),
        ({"cancelled_at": AT}, "cancelled"),
        ({"next_attempt_at": AT + timedelta(minutes=5), "failure": "450 Try later"}, "refused"),
        ({"next_attempt_at": AT + timedelta(minutes=5)}, "waiting"),
        ({"next_attempt_at": AT, "due_at": AT, "failure": "450 Try later"}, "due"),
    ],
)
def test_each_row_has_one_state(deadline: Deadline, alice: User, fields: dict[str, object], state: str):
    Reminder.objects.filter(step="day_before").update(**fields)

    assert states(deadline, alice)["day_before"] == state


def test_the_version_that_counts_comes_first(deadline: Deadline, alice: User):
    Reminder.objects.update(cancelled_at=AT, cancel_reason="not_needed")
    Deadline.objects.update(version=2)
    Reminder.objects.create(
        user=alice, deadline=deadline, step="due", version=2, due_at=AT + timedelta(days=3), message_id="<2>"
    )
    deadline.refresh_from_db()

    versions = ledger_of(deadline, user=alice, at=AT)

    assert [(one.number, one.is_current, len(one.lines)) for one in versions] == [(2, True, 1), (1, False, 6)]
    assert versions[0].next_line.reminder.due_at == AT + timedelta(days=3)
    assert versions[1].next_line is None


def test_trouble_is_over_once_a_later_one_went_out(deadline: Deadline, alice: User):
    Reminder.objects.filter(step="day_before").update(failed_at=AT)
    assert ledger_of(deadline, user=alice, at=AT)[0].has_trouble
    Reminder.objects.filter(step="hours_before").update(sent_at=AT)
    assert not ledger_of(deadline, user=alice, at=AT)[0].has_trouble


def test_of_very_many_rows_the_last_forty_are_shown(deadline: Deadline, alice: User):
    rows = [Reminder(pk=number, user=alice, step="due", due_at=AT) for number in range(1, 101)]

    lines = lines_of(rows, user=alice, at=AT)

    assert [line.reminder.pk for line in lines] == list(range(61, 101))


class TestThePage:
    def url(self, case: Case) -> str:
        return f"/cases/{case.reference}/deadlines/"

    def test_it_says_what_became_of_each(
        self, case: Case, deadline: Deadline, alice: User, alice_client: Client
    ):
        in_an_hour = timezone.now() + timedelta(hours=1)
        rows = Reminder.objects.filter(deadline=deadline)
        rows.filter(step="day_before").update(sent_at=shanghai("2026-09-25 18:01"))
        rows.filter(step="hours_before").update(
            failed_at=shanghai("2026-09-26 16:01"), failure="550 <b>No</b> such mailbox"
        )
        rows.filter(step="due").update(next_attempt_at=in_an_hour, failure="450 Try later")
        rows.filter(step="overdue_1").update(next_attempt_at=in_an_hour)
        rows.filter(step="overdue_2").update(
            cancelled_at=shanghai("2026-09-26 20:00"), cancel_reason="snoozed"
        )
        rows.filter(step="overdue_3").update(
            cancelled_at=shanghai("2026-09-26 20:00"), cancel_reason="stopped"
        )

        response = alice_client.get(self.url(case))

        text = text_of(response)
        assert "Fri 25 Sep 18:00 · sent Fri 25 Sep 18:01 the day before" in text
        assert "Sat 26 Sep 16:00 · given up Sat 26 Sep 16:01 two hours before" in text
        assert "The answer was: 550 <b>No</b> such mailbox" in text
        assert "Sat 26 Sep 18:00 · put off by the mail server, next try" in text
        assert "The answer was: 450 Try later" in text
        assert "Sun 27 Sep 18:00 · waits until" in text
        assert "Mon 28 Sep 18:00 · put off Sat 26 Sep 20:00" in text
        assert "Tue 29 Sep 18:00 · not sent: You stopped the reminders" in text

    def test_the_words_of_the_server_are_for_whom_it_tells(
        self, case: Case, deadline: Deadline, bob_client: Client
    ):
        Reminder.objects.filter(step="due").update(failed_at=AT, failure="550 <alice@example.org> unknown")

        text = text_of(bob_client.get(self.url(case)))

        assert "given up" in text
        assert "for another member of the case" in text
        assert "550" not in text

    def test_why_another_gets_none_is_theirs_to_know(
        self, case: Case, deadline: Deadline, bob_client: Client
    ):
        Reminder.objects.filter(step="due").update(cancelled_at=AT, cancel_reason="stopped")

        text = text_of(bob_client.get(self.url(case)))

        assert "Sat 26 Sep 18:00 · not sent when it is due · for another member of the case" in text

    def test_times_are_on_the_readers_clock(self, case: Case, deadline: Deadline, alice: User):
        User.objects.filter(pk=alice.pk).update(time_zone="Europe/Berlin")

        text = text_of(factories.logged_in(User.objects.get(pk=alice.pk)).get(self.url(case)))

        assert "Fri 25 Sep 12:00 · " in text

    def test_many_deadlines_take_no_more_queries_than_one(
        self, case: Case, deadline: Deadline, alice: User, alice_client: Client
    ):
        def count() -> int:
            with CaptureQueriesContext(connection) as queries:
                alice_client.get(self.url(case))
            return len(queries)

        alice_client.get(self.url(case))
        before = count()
        for day in range(10):
            contacts.log_contact(
                case=case,
                by=alice,
                at=shanghai("2026-09-24 10:00"),
                channel="order_card",
                outcome="promised",
                promised_by=shanghai(f"2026-10-1{day} 18:00"),
            )

        assert count() == before
