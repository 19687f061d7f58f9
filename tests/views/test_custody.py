"""The custody chain on the screen."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from cases.services import cases, contacts, custody, seals
from tests import factories
from tests.tampering import without_triggers
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
    with without_triggers("cases_custodyentry") as run:
        run("UPDATE cases_custodyentry SET actor = 'user:999' WHERE sequence = 1")

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
    with without_triggers("cases_custodyentry") as run:
        run(f"UPDATE cases_custodyentry SET {column} = %s WHERE sequence = 1", [value])  # noqa: S608

    response = alice_client.get(url(case))

    assert response.status_code == 200
    assert "Entry 1" in text_of(response)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "'2026-13-45 99:99:99'"),
        ("at", "''"),
        ("at", "'yesterday'"),
        ("details", "'{'"),
        ("details", '\'{"a": "\\ud800"}\''),
        ("actor", "CAST(x'fffe' AS TEXT)"),
        ("actor", "CAST(x'eda080' AS TEXT)"),
        ("action", "CAST(x'ff' AS TEXT)"),
        ("exhibit_number", "'many'"),
        ("entry_hash", "CAST(x'ff' AS TEXT)"),
    ],
)
def test_what_no_entry_can_hold_is_named_and_never_an_error(
    case: Case, alice_client: Client, column: str, value: str
):
    with without_triggers("cases_custodyentry") as run:
        run("PRAGMA ignore_check_constraints = ON")
        run(f"UPDATE cases_custodyentry SET {column} = {value} WHERE sequence = 1")  # noqa: S608

    response = alice_client.get(url(case))

    assert response.status_code == 200
    assert "Entry 1: its words do not match its hash; it was changed." in text_of(response)


def test_a_long_chain_comes_in_pages(case: Case, alice: User, alice_client: Client):
    for number in range(101):
        cases.describe_case(case=case, by=alice, at=factories.NOON, title=f"Title {number}")

    first, last = (text_of(alice_client.get(f"{url(case)}?page={page}")) for page in (1, 2))

    count = case.custody_entries.count()
    for page in (first, last):
        assert f"all {count} entries are unchanged" in page
    assert f"{count} · Description of the case changed" in first
    assert ("1 · Case opened" in first, "1 · Case opened" in last) == (False, True)


def test_the_seals_of_the_chain_are_told_and_their_proof_can_be_saved(
    case: Case, alice_client: Client, mallory_client: Client
):
    assert alice_client.get(f"{url(case)}proof.json").status_code == 404
    seal = seals.seal_if_due(factories.NOON)
    assert seal is not None

    assert f"up to entry {case.custody_entries.count()}" in text_of(alice_client.get(url(case)))
    assert alice_client.get(f"{url(case)}proof.json").json()["seal"]["root"] == seal.root
    assert mallory_client.get(f"{url(case)}proof.json").status_code == 404


def test_many_looks_in_a_row_are_one_line_to_open(case: Case, alice: User, bob: User, alice_client: Client):
    for by in (alice, bob, alice):
        custody.record(case=case, action="exhibit_viewed", at=factories.NOON, by=by)
    cases.describe_case(case=case, by=alice, at=factories.NOON, title="Another title")
    custody.record(case=case, action="exhibit_viewed", at=factories.NOON, by=alice)

    page = alice_client.get(url(case)).content.decode()

    assert page.count(" times</summary>") == page.count("looked at 3 times") == 1
    assert page.count("Exhibit looked at") == 4


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
