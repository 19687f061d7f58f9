"""manage.py send_due_reminders"""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from cases.models import Case
from cases.services import contacts
from tests.programs import free_port
from tests.services.when import shanghai


@pytest.fixture(autouse=True)
def unanswered(case: Case) -> None:
    """A message to the shop of 20:45 in Shanghai: due at 21:15, which is 13:15 in UTC."""
    contacts.log_contact(
        case=case,
        by=case.owner,
        at=shanghai("2026-09-01 20:45"),
        channel="shop_message",
        outcome="no_answer",
    )


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("send_due_reminders", *arguments, stdout=output)
    return output.getvalue()


@pytest.mark.parametrize(
    ("at", "count"),
    [
        pytest.param("2026-09-01T21:14:59+08:00", 0, id="a second early"),
        pytest.param("2026-09-01T21:15:00+08:00", 1, id="at the moment"),
        pytest.param("2026-09-01T13:15:00", 1, id="without an offset it is UTC"),
        pytest.param("2026-09-01T13:14:59Z", 0, id="a second early in UTC"),
    ],
)
def test_it_sends_what_is_due_at_the_given_moment(at: str, count: int):
    assert run("--at", at) == (f"Reminders: {count} sent, 0 put off, 0 given up, 0 no longer needed.\n")
    assert len(mail.outbox) == count


def test_sending_twice_sends_once():
    run("--at", "2026-09-01T21:15:00+08:00")
    run("--at", "2026-09-01T21:15:00+08:00")

    assert len(mail.outbox) == 1


def test_while_no_mail_server_answers_it_says_so(settings: Any):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()

    assert run("--at", "2026-09-01T21:15:00+08:00") == (
        "Reminders: 0 sent, 0 put off, 0 given up, 0 no longer needed.\n"
        "The rest waits for the mail server. The mail server cannot be reached: "
        "[Errno 111] Connection refused\n"
    )


def test_what_is_no_moment_is_refused_with_a_sentence():
    with pytest.raises(CommandError, match="“tomorrow” is not a moment; write it like"):
        run("--at", "tomorrow")
