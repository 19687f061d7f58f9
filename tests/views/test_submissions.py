"""A form that is sent twice."""

from __future__ import annotations

import threading

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client

from cases.models import Case
from tests import factories

CONTACT = {"channel": "shop_message", "outcome": "no_answer", "submission": "one-tap"}


def test_a_double_tap_stores_one_contact_and_gives_the_same_answer(case: Case, alice_client: Client):
    first = alice_client.post(f"/cases/{case.reference}/", CONTACT)
    second = alice_client.post(f"/cases/{case.reference}/", CONTACT)

    assert case.contacts.count() == 1
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])


def test_a_double_tap_opens_one_case_and_leads_to_it_twice(alice_client: Client, alice):
    form = {
        "title": "Lost",
        "playbook": "douyin",
        "problem_kind": "parcel_lost",
        "currency": "CNY",
        "submission": "k",
    }

    first = alice_client.post("/cases/new/", form)
    second = alice_client.post("/cases/new/", form)

    assert Case.objects.visible_to(alice).count() == 1
    assert first["Location"] == second["Location"] == Case.objects.get().get_absolute_url()


def test_the_same_key_with_other_words_is_an_error_that_says_so(case: Case, alice_client: Client):
    alice_client.post(f"/cases/{case.reference}/", CONTACT)

    response = alice_client.post(f"/cases/{case.reference}/", {**CONTACT, "outcome": "answered"})

    assert response.status_code == 422
    assert "This form was already sent with other words in it." in response.content.decode()
    assert case.contacts.count() == 1


def test_a_form_that_was_refused_may_be_mended_and_sent_with_the_same_key(case: Case, alice_client: Client):
    url = f"/cases/{case.reference}/contacts/"
    refused = alice_client.post(url, {**CONTACT, "started_at": "2026-09-02T10:00"})

    mended = alice_client.post(url, {**CONTACT, "started_at": "2026-09-01T09:00"})

    assert (refused.status_code, mended.status_code) == (422, 302)
    assert case.contacts.count() == 1


def test_two_users_may_happen_on_the_same_key(case: Case, alice_client: Client, helga_client: Client):
    alice_client.post(f"/cases/{case.reference}/", CONTACT)
    helga_client.post(f"/cases/{case.reference}/", CONTACT)

    assert case.contacts.count() == 2


def test_the_note_of_a_submission_lets_nobody_in(case: Case, alice_client: Client, client: Client):
    before = set(Session.objects.values_list("pk", flat=True))
    alice_client.post(f"/cases/{case.reference}/", CONTACT)
    (note,) = set(Session.objects.values_list("pk", flat=True)) - before

    client.cookies["sessionid"] = note

    assert client.get(f"/cases/{case.reference}/").status_code == 302


def test_nothing_is_noted_when_storing_fails(
    case: Case, alice_client: Client, monkeypatch: pytest.MonkeyPatch
):
    before = Session.objects.count()

    def fail(**_arguments: object) -> None:
        raise RuntimeError("The disk is gone.")

    monkeypatch.setattr("cases.services.contacts.log_contact", fail)
    with pytest.raises(RuntimeError):
        alice_client.post(f"/cases/{case.reference}/", CONTACT)

    assert Session.objects.count() == before


def test_eight_taps_at_once_store_one_contact(committed_db: str):
    owner = factories.make_user("alice@example.org")
    case = factories.make_case(owner=owner)
    clients = [factories.logged_in(owner) for _tap in range(8)]
    answers: list[tuple[int, str]] = []
    together = threading.Barrier(len(clients))

    def tap(client: Client) -> None:
        together.wait()
        response = client.post(f"/cases/{case.reference}/", CONTACT)
        answers.append((response.status_code, response.headers.get("Location", "")))
        connections.close_all()

    threads = [threading.Thread(target=tap, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [(302, f"/cases/{case.reference}/")] * 8
    assert case.contacts.count() == 1
