"""What tests of sending share: a reminder that is due soon, and a mail server that can be told to fail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.mail.backends.locmem import EmailBackend

from cases.models import Case, Deadline, Reminder
from cases.services import contacts
from tests import factories
from tests.services.when import shanghai

EVENING = shanghai("2026-09-01 20:45")
DUE = shanghai("2026-09-01 21:15")


def leave_unanswered(case: Case, at: datetime = EVENING) -> Deadline:
    """A message to the shop without an answer: one reminder, half an hour later."""
    contact = contacts.log_contact(
        case=case, by=case.owner, at=at, channel="shop_message", outcome="no_answer"
    )
    return contact.deadlines.get()


def unanswered_of(email: str, at: datetime = EVENING) -> Deadline:
    """The same in a case of a user of their own: what is due for several users is several mails."""
    owner = factories.make_user(email, language="en")
    return leave_unanswered(factories.make_case(owner=owner), at)


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
