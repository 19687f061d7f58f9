"""Reminders through a real SMTP server, whatever it answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cases.models import Case, Reminder
from cases.services import contacts, reminders
from tests.mail_server import DROP_AFTER, DROP_BEFORE, OK, MailServer
from tests.programs import free_port
from tests.services.when import shanghai
from tracker.accounts.models import User

EVENING = shanghai("2026-09-01 20:45")
DUE = shanghai("2026-09-01 21:15")
FIVE_MINUTES_LATER = shanghai("2026-09-01 21:20")

pytestmark = pytest.mark.usefixtures("platform_alone")


@pytest.fixture
def server(smtp_server: MailServer, settings: Any) -> MailServer:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_server.port
    settings.EMAIL_TIMEOUT = 5
    return smtp_server


@pytest.fixture
def three(case: Case, alice: User) -> list[Reminder]:
    """Three reminders, all due at 21:15, in the order in which they are sent."""
    for _number in range(3):
        contacts.log_contact(case=case, by=alice, at=EVENING, channel="shop_message", outcome="no_answer")
    return list(Reminder.objects.order_by("due_at", "pk"))


def accepted(server: MailServer) -> list[str]:
    return [message["Message-ID"] for message in server.messages]


def failures() -> list[str]:
    return list(Reminder.objects.order_by("pk").values_list("failure", flat=True))


def test_three_mails_go_out_with_their_own_ids(server: MailServer, three: list[Reminder]):
    assert reminders.send_due(at=DUE) == reminders.SendReport(sent=3)

    assert accepted(server) == [reminder.message_id for reminder in three]
    assert {message["To"] for message in server.messages} == {"alice@example.org"}
    assert {message.get_content_type() for message in server.messages} == {"multipart/alternative"}


@pytest.mark.parametrize("answer", ["421 closing", "450 busy", "451 greylisted", "452 no space"])
def test_a_temporary_answer_puts_off_that_mail_alone(server: MailServer, three: list[Reminder], answer: str):
    server.answers.extend([OK, answer])

    assert reminders.send_due(at=DUE) == reminders.SendReport(sent=2, retried=1)
    assert failures() == ["", answer, ""]

    assert reminders.send_due(at=FIVE_MINUTES_LATER) == reminders.SendReport(sent=1)
    assert sorted(accepted(server)) == sorted(reminder.message_id for reminder in three)


def test_a_final_answer_ends_that_mail_alone(server: MailServer, three: list[Reminder]):
    server.answers.extend([OK, "554 not wanted"])

    assert reminders.send_due(at=DUE) == reminders.SendReport(sent=2, failed=1)
    assert failures() == ["", "554 not wanted", ""]
    assert reminders.send_due(at=FIVE_MINUTES_LATER) == reminders.SendReport()


def test_an_unknown_recipient_ends_it_with_the_servers_reason(server: MailServer, three: list[Reminder]):
    server.refused_recipients["alice@example.org"] = "550 5.1.1 No such user here"

    assert reminders.send_due(at=DUE) == reminders.SendReport(failed=3)
    assert set(failures()) == {"550 5.1.1 No such user here"}
    assert server.messages == []


def test_a_full_mailbox_is_tried_again(server: MailServer, three: list[Reminder]):
    server.refused_recipients["alice@example.org"] = "452 4.2.2 Mailbox full"
    assert reminders.send_due(at=DUE) == reminders.SendReport(retried=3)
    server.refused_recipients.clear()

    assert reminders.send_due(at=FIVE_MINUTES_LATER) == reminders.SendReport(sent=3)


def test_a_line_that_breaks_before_the_answer_loses_nothing(server: MailServer, three: list[Reminder]):
    server.answers.extend([OK, DROP_BEFORE])

    assert reminders.send_due(at=DUE) == reminders.SendReport(sent=2, retried=1)
    assert reminders.send_due(at=FIVE_MINUTES_LATER) == reminders.SendReport(sent=1)

    assert sorted(accepted(server)) == sorted(reminder.message_id for reminder in three)


def test_an_answer_that_got_lost_repeats_the_mail_under_the_same_id(
    server: MailServer, three: list[Reminder]
):
    server.answers.extend([OK, DROP_AFTER])

    reminders.send_due(at=DUE)
    reminders.send_due(at=FIVE_MINUTES_LATER)

    ids = accepted(server)
    assert len(ids) == 4
    assert set(ids) == {reminder.message_id for reminder in three}
    assert ids.count(three[1].message_id) == 2


def test_a_server_that_is_away_is_told_in_the_ledger(
    settings: Any, server: MailServer, three: list[Reminder]
):
    settings.EMAIL_PORT = free_port()

    assert reminders.send_due(at=DUE) == reminders.SendReport(retried=3)
    assert all(reason.startswith("The mail server cannot be reached") for reason in failures())

    settings.EMAIL_PORT = server.port
    assert reminders.send_due(at=DUE + timedelta(minutes=5)) == reminders.SendReport(sent=3)
