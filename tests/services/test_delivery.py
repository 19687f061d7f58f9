"""Reminders through a real SMTP server, whatever it answers."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage

from cases.models import Reminder
from cases.services import delivery, reminders
from cases.services.delivery import Postman
from tests.mail_server import DROP_AFTER, DROP_BEFORE, OK, MailServer
from tests.programs import free_port
from tests.services.sending import DUE, unanswered_of
from tests.services.when import shanghai

NAMES = ("dora", "emil", "fred")
FIVE_MINUTES_LATER = shanghai("2026-09-01 21:20")

pytestmark = pytest.mark.usefixtures("platform_alone")


@pytest.fixture
def server(smtp_server: MailServer, settings: Any) -> MailServer:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_server.port
    settings.EMAIL_TIMEOUT = 5
    return smtp_server


@pytest.fixture
def three(db: None) -> list[Reminder]:
    """A reminder of each of three users, all due at 21:15, in the order in which they are sent."""
    for name in NAMES:
        unanswered_of(f"{name}@example.org")
    return list(Reminder.objects.order_by("due_at", "pk"))


def accepted(server: MailServer) -> list[str]:
    return [message["Message-ID"] for message in server.messages]


def failures() -> list[str]:
    return list(Reminder.objects.order_by("pk").values_list("failure", flat=True))


def test_three_mails_go_out_with_their_own_ids(server: MailServer, three: list[Reminder]):
    assert reminders.send_due(at=DUE) == reminders.SendReport(sent=3)

    assert accepted(server) == [reminder.message_id for reminder in three]
    assert [message["To"] for message in server.messages] == [f"{name}@example.org" for name in NAMES]
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
    server.refused_recipients["emil@example.org"] = "550 5.1.1 No such user here"

    assert reminders.send_due(at=DUE) == reminders.SendReport(sent=2, failed=1)
    assert failures() == ["", "550 5.1.1 No such user here", ""]
    assert [message["To"] for message in server.messages] == ["dora@example.org", "fred@example.org"]


def test_a_full_mailbox_is_tried_again(server: MailServer, three: list[Reminder]):
    server.refused_recipients["emil@example.org"] = "452 4.2.2 Mailbox full"
    assert reminders.send_due(at=DUE) == reminders.SendReport(sent=2, retried=1)
    server.refused_recipients.clear()

    assert reminders.send_due(at=FIVE_MINUTES_LATER) == reminders.SendReport(sent=1)


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


def test_while_the_server_is_away_every_row_waits_for_the_next_tick(
    settings: Any, server: MailServer, three: list[Reminder]
):
    settings.EMAIL_PORT = free_port()

    report = reminders.send_due(at=DUE)

    assert report.away.startswith("The mail server cannot be reached")
    assert (report.sent, report.retried, failures()) == (0, 0, ["", "", ""])

    settings.EMAIL_PORT = server.port
    assert reminders.send_due(at=DUE + timedelta(seconds=30)) == reminders.SendReport(sent=3)


def test_a_server_that_takes_one_mail_for_each_connection_gets_them_all(
    server: MailServer, three: list[Reminder], monkeypatch: pytest.MonkeyPatch
):
    limit_mails(server, monkeypatch, on_one_connection=1)

    assert reminders.send_due(at=DUE) == reminders.SendReport(sent=3)
    assert accepted(server) == [reminder.message_id for reminder in three]


def test_a_server_that_closes_every_connection_leaves_every_row_untried(
    server: MailServer, three: list[Reminder], monkeypatch: pytest.MonkeyPatch
):
    limit_mails(server, monkeypatch, on_one_connection=0)

    report = reminders.send_due(at=DUE)

    assert report == reminders.SendReport(away="The connection to the mail server broke: 421 enough for now")
    assert list(Reminder.objects.values_list("attempts", "claimed_by")) == [(0, "")] * 3


def test_a_server_that_breaks_off_three_mails_in_a_row_is_left_alone(
    server: MailServer, three: list[Reminder]
):
    unanswered_of("gina@example.org")
    server.answers.extend([DROP_BEFORE] * 3)

    report = reminders.send_due(at=DUE)

    assert (report.sent, report.retried) == (0, 3)
    assert report.away == "The connection to the mail server broke at 3 mails in a row."
    assert list(Reminder.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 1, 1, 0]


def test_a_line_that_begins_with_a_dot_arrives_as_it_was_written(server: MailServer):
    body = ".\r\n.. two\r\nend"
    with Postman() as postman:
        postman.open()
        postman.deliver(EmailMessage("Dots", body, to=["alice@example.org"]))

    (message,) = server.messages
    assert message.get_content().splitlines() == [".", ".. two", "end"]


def test_a_server_that_stops_answering_holds_a_mail_no_longer_than_its_time(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
):
    async def handle_rcpt(*args: Any) -> str:
        await asyncio.sleep(3600)
        return "250 OK"

    monkeypatch.setattr(server, "handle_RCPT", handle_rcpt)
    monkeypatch.setattr(delivery, "MAIL_SECONDS", 0.2)
    began = time.monotonic()
    with Postman() as postman, pytest.raises(delivery.TryLater, match="timed out"):
        postman.open()
        postman.deliver(EmailMessage("Slow", "text", to=["alice@example.org"]))

    assert time.monotonic() - began < 2


def limit_mails(server: MailServer, monkeypatch: pytest.MonkeyPatch, *, on_one_connection: int) -> None:
    """Have the server say 421 to whoever wants to hand over more."""
    begun: Counter[int] = Counter()

    async def handle_mail(_: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        begun[id(session)] += 1
        if begun[id(session)] > on_one_connection:
            return "421 enough for now"
        envelope.mail_from = address
        return "250 OK"

    monkeypatch.setattr(server, "handle_MAIL", handle_mail, raising=False)
