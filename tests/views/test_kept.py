"""What a phone kept and sends later: once, at the time of the tap, with sentences for what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from cases.models import Case
from tests import factories

ADDRESSES = ("/cases/{}/", "/cases/{}/contacts/")
TAPPED = {"channel": "shop_message", "outcome": "no_answer", "submission": "of-this-tap"}
LATER = {"Accept": "application/json"}


@pytest.fixture(params=ADDRESSES)
def address(request: pytest.FixtureRequest, case: Case) -> str:
    return str(request.param).format(case.reference)


def test_it_started_when_it_was_tapped(case: Case, alice_client: Client, address: str):
    answer = alice_client.post(address, {**TAPPED, "seconds_ago": "2700"}, headers=LATER)

    assert (answer.status_code, answer.json()) == (200, {"url": f"/cases/{case.reference}/"})
    contact = case.contacts.get()
    assert (contact.started_at, contact.logged_at) == (
        factories.NOON - timedelta(minutes=45),
        factories.NOON,
    )


def test_a_first_try_whose_answer_was_lost_is_known(case: Case, alice_client: Client, address: str):
    alice_client.post(address, TAPPED, headers={"HX-Request": "true"})
    answer = alice_client.post(address, {**TAPPED, "seconds_ago": "90"}, headers=LATER)

    assert answer.status_code == 200
    assert case.contacts.get().started_at == factories.NOON


def test_a_time_that_was_typed_stands(case: Case, alice_client: Client):
    typed = {**TAPPED, "started_at": "2026-08-31T18:00", "seconds_ago": "2700"}
    alice_client.post(f"/cases/{case.reference}/contacts/", typed, headers=LATER)

    assert case.contacts.get().started_at == factories.NOON - timedelta(hours=16)


@pytest.mark.parametrize("ago", ["-1", "soon", "9" * 30, str(91 * 86400)])
def test_a_span_that_cannot_be_is_refused_in_words(case: Case, alice_client: Client, address: str, ago: str):
    answer = alice_client.post(address, {**TAPPED, "seconds_ago": ago}, headers=LATER)

    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert not case.contacts.exists()


def test_a_refusal_names_the_field(case: Case, alice_client: Client, address: str):
    answer = alice_client.post(address, {**TAPPED, "outcome": ""}, headers=LATER)

    assert answer.json() == {"errors": ["How did it end?: This field is required."]}


def test_a_reader_is_refused_and_a_stranger_learns_nothing(
    bob_client: Client, mallory_client: Client, address: str
):
    assert bob_client.post(address, TAPPED, headers=LATER).status_code == 403
    assert mallory_client.post(address, TAPPED, headers=LATER).status_code == 404
