"""The one door."""

from __future__ import annotations

import pytest
from django.test import Client

from cases.models import Case
from tests.views.asking import text_of


def test_a_stranger_cannot_tell_a_case_from_one_that_never_was(case: Case, mallory_client: Client):
    known = mallory_client.get(f"/cases/{case.reference}/")
    never = mallory_client.get("/cases/2222222222/")

    assert known.status_code == never.status_code == 404
    assert text_of(known) == text_of(never)
    assert "Parcel never arrived" not in text_of(known)


def test_a_method_the_page_does_not_know_tells_a_stranger_nothing(case: Case, mallory_client: Client):
    assert mallory_client.delete(f"/cases/{case.reference}/custody/").status_code == 404


def test_the_owner_is_told_which_methods_there_are(case: Case, alice_client: Client):
    response = alice_client.delete(f"/cases/{case.reference}/")

    assert response.status_code == 405
    assert response["Allow"] == "GET, POST, HEAD"
    assert alice_client.options(f"/cases/{case.reference}/")["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_a_reader_who_writes_is_told_whom_to_ask(case: Case, bob_client: Client):
    response = bob_client.post(f"/cases/{case.reference}/", {})

    assert response.status_code == 403
    assert "Ask its owner to make you a helper." in response.content.decode()


def test_a_role_taken_away_counts_at_the_next_request(case: Case, bob_client: Client):
    assert bob_client.get(f"/cases/{case.reference}/").status_code == 200

    case.memberships.filter(user__email="bob@example.org").delete()

    assert bob_client.get(f"/cases/{case.reference}/").status_code == 404


@pytest.mark.parametrize("reference", ["abc", "aaaaaaaaaa", "k7m2q9r4xw0", "K7M2Q9R4XW"])
def test_what_cannot_be_a_reference_is_no_address(alice_client: Client, reference: str):
    assert alice_client.get(f"/cases/{reference}/").status_code == 404
