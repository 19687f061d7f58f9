"""A NUL, which PostgreSQL takes nowhere: what holds one is refused with a sentence or stored without it."""

from __future__ import annotations

import pytest
from django.test import Client

from cases.models import Case, CaseDraft, IncomingShare
from tests import factories
from tracker.accounts.models import User

NUL = "a\x00b"
# Of every form whatever it may be named; a form leaves what it does not know.
FIELDS = (
    "title", "pasted", "problem_statement", "demand", "merchant", "merchant_address", "amount", "summary",
    "promise", "person", "ticket_number", "channel", "outcome", "platform", "order", "number", "kind", "note",
    "shows", "text", "url", "reference", "email", "login", "password", "q", "first_name", "time_zone", "name",
    "submission", "undo", "do", "action", "until", "from", "contact", "deadline", "language", "case",
    "code", "recipient", "remind_at", "happened_at", "started_at", "playbook", "problem_kind", "key", "after",
)  # fmt: skip
OF_A_CASE = (
    "", "edit/", "status/", "close/", "erase/", "orders/", "contacts/", "milestones/", "drafts/", "exhibits/",
    "deadlines/", "case-files/", "custody/", "uploads/",
)  # fmt: skip
PAGES = (
    "/", "/cases/", "/cases/cases.csv", "/cases/new/", "/cases/new/draft/", "/cases/import/", "/insights/",
    "/settings/", "/settings/reminders/", "/playbooks/", "/verify/", "/seals/", "/share/", "/examples/",
    "/accounts/login/", "/accounts/signup/",
)  # fmt: skip


def test_no_form_and_no_address_fails_over_it(alice: User, case: Case):
    client = factories.logged_in(alice)
    client.raise_request_exception = False
    typed = dict.fromkeys(FIELDS, NUL)
    failed = []
    for path in (*PAGES, *(f"/cases/{case.reference}/{room}" for room in OF_A_CASE)):
        for answer in (client.get(path, typed), client.post(path, typed)):
            if answer.status_code >= 500:
                failed.append((answer.request["REQUEST_METHOD"], path))

    assert failed == []


@pytest.mark.parametrize("path", ["/share/%00/", "/cases/%00/", "/playbooks/%00/", "/shared/%00/", "/%00/"])
def test_no_address_holds_one(db: None, path: str):
    assert Client().get(path).status_code == 404


def test_what_is_shared_and_what_is_typed_is_kept_without_it(alice: User):
    client = factories.logged_in(alice)
    client.post("/share/", {"text": NUL})
    client.post("/cases/new/draft/", {"title": NUL})

    assert IncomingShare.objects.get().words == "ab"
    assert CaseDraft.objects.get().fields["title"] == ["ab"]
