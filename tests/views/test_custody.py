"""The custody chain on the screen."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.models import Case
from cases.services import contacts
from tests import factories
from tests.views.asking import text_of
from tracker.accounts.models import User


def url(case: Case) -> str:
    return reverse("cases:custody", args=[case.reference])


def test_a_whole_chain_is_called_unchanged(case: Case, alice: User, alice_client: Client):
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="hotline", outcome="answered")

    text = text_of(alice_client.get(url(case)))

    assert "entries are unchanged since they were written." in text
    assert text.index("Contact logged") < text.index("Case opened")
    assert "alice@example.org" in text
    assert "authentic" not in text


def test_a_changed_entry_is_named(case: Case, alice: User, alice_client: Client):
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="hotline", outcome="answered")
    with connection.cursor() as cursor:
        for name in triggers(cursor):
            table = " ON cases_custodyentry" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{table}")
        cursor.execute("UPDATE cases_custodyentry SET actor = 'user:999' WHERE sequence = 1")

    text = text_of(alice_client.get(url(case)))

    assert "The chain does not hold." in text
    assert "Entry 1: its words do not match its hash; it was changed." in text
    assert "unchanged since" not in text


@pytest.mark.parametrize(
    ("column", "value"),
    [
        pytest.param("actor", "user:" + "9" * 25, id="a number that no row has"),
        pytest.param("actor", "user:" + "9" * 49, id="a number that no computer counts"),
        pytest.param("actor", "user:٣", id="digits of another script"),
        pytest.param("details", '{"what": 123456789012345678901234567890}', id="a huge number"),
        pytest.param("details", "[1]", id="no object"),
    ],
)
def test_an_entry_that_was_made_unreadable_is_named_like_any_other(
    case: Case, alice_client: Client, column: str, value: str
):
    with connection.cursor() as cursor:
        for name in triggers(cursor):
            table = " ON cases_custodyentry" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{table}")
        cursor.execute(f"UPDATE cases_custodyentry SET {column} = %s WHERE sequence = 1", [value])  # noqa: S608

    response = alice_client.get(url(case))

    assert response.status_code == 200
    assert "Entry 1" in text_of(response)


def triggers(cursor: object) -> list[str]:
    """The database's own guards, which whoever owns the database can take away."""
    if connection.vendor == "postgresql":
        query = (
            "SELECT tgname FROM pg_trigger "
            "WHERE tgrelid = 'cases_custodyentry'::regclass AND NOT tgisinternal"
        )
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'cases_custodyentry'"
    cursor.execute(query)  # type: ignore[attr-defined]
    return [name for (name,) in cursor.fetchall()]  # type: ignore[attr-defined]


def test_looking_changes_nothing(case: Case, alice_client: Client):
    before = case.custody_entries.count()

    alice_client.get(url(case))

    assert case.custody_entries.count() == before


def test_a_reader_may_look_and_nobody_may_write(case: Case, alice_client: Client, bob_client: Client):
    assert bob_client.get(url(case)).status_code == 200
    assert alice_client.post(url(case)).status_code == 405
    assert bob_client.post(url(case)).status_code == 403


def test_a_stranger_gets_404(case: Case, mallory_client: Client):
    assert mallory_client.get(url(case)).status_code == 404
