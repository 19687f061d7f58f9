"""The page on which an owner erases a case, and what is left for everybody afterwards."""

from __future__ import annotations

import pytest
from django.test import Client

from cases.models import Case, Membership, Role, Tombstone
from tests import factories
from tests.views.asking import text_of
from tracker.accounts.models import User


def test_the_page_says_what_is_lost_and_offers_a_case_file_first(case: Case, alice_client: Client) -> None:
    answer = alice_client.get(f"/cases/{case.reference}/erase/")
    page = text_of(answer)

    assert "This cannot be undone, by nobody." in page
    assert "2 other people can no longer open it" in page
    assert f"/cases/{case.reference}/case-files/" in answer.content.decode()
    assert case.reference in page


def test_looking_at_the_page_erases_nothing(case: Case, alice_client: Client) -> None:
    alice_client.get(f"/cases/{case.reference}/erase/")

    assert alice_client.get(f"/cases/{case.reference}/").status_code == 200


@pytest.mark.parametrize("typed", ["", "yes", "2222222222", "x" * 41, "ｋ7m2q9r4xw"])
def test_anything_but_the_reference_erases_nothing(case: Case, alice_client: Client, typed: str) -> None:
    answer = alice_client.post(f"/cases/{case.reference}/erase/", {"typed": typed})

    assert answer.status_code == 422
    assert Case.objects.filter(pk=case.pk, title="Parcel never arrived").exists()
    assert not Tombstone.objects.exists()


def test_the_reference_typed_erases_the_case_for_every_member(
    case: Case, alice_client: Client, bob_client: Client, helga: User
) -> None:
    helpers = factories.logged_in(helga)

    answer = alice_client.post(f"/cases/{case.reference}/erase/", {"typed": f" {case.reference.upper()} "})

    assert (answer.status_code, answer["Location"]) == (302, "/cases/")
    for client in (alice_client, bob_client, helpers):
        for room in ("", "exhibits/", "custody/", "case-files/", "erase/", "timeline/"):
            assert client.get(f"/cases/{case.reference}/{room}").status_code == 404
        assert "Parcel never arrived" not in text_of(client.get("/cases/"))


def test_sent_twice_it_is_erased_once(case: Case, alice_client: Client) -> None:
    for status in (302, 404):
        answer = alice_client.post(f"/cases/{case.reference}/erase/", {"typed": case.reference})
        assert answer.status_code == status

    assert Tombstone.objects.count() == 1


def test_helpers_readers_and_strangers_find_no_such_page(
    case: Case, bob_client: Client, mallory_client: Client, helga: User
) -> None:
    helpers = factories.logged_in(helga)
    for client in (bob_client, mallory_client, helpers):
        assert client.get(f"/cases/{case.reference}/erase/").status_code == 404
    for client, status in ((bob_client, 403), (mallory_client, 404), (helpers, 404)):
        answer = client.post(f"/cases/{case.reference}/erase/", {"typed": case.reference})
        assert answer.status_code == status
    assert not Tombstone.objects.exists()


def test_only_the_owner_is_led_to_the_page(case: Case, alice_client: Client, helga: User) -> None:
    link = f"/cases/{case.reference}/erase/"

    for client, is_there in ((alice_client, True), (factories.logged_in(helga), False)):
        page = client.get(f"/cases/{case.reference}/").content.decode()
        assert (link in page) is is_there


def test_the_settings_list_the_tombstones_of_the_owner_alone(
    case: Case, alice_client: Client, bob_client: Client
) -> None:
    assert "Cases you erased" not in text_of(alice_client.get("/settings/"))
    alice_client.post(f"/cases/{case.reference}/erase/", {"typed": case.reference})

    page = text_of(alice_client.get("/settings/"))

    assert "Cases you erased" in page
    assert case.reference in page
    assert case.reference not in text_of(bob_client.get("/settings/"))


def test_an_owner_of_another_case_cannot_erase_where_they_help(
    case: Case, mallory: User, mallory_client: Client
) -> None:
    Membership.objects.create(case=case, user=mallory, role=Role.HELPER, since=factories.NOON)
    factories.make_case(owner=mallory)

    answer = mallory_client.post(f"/cases/{case.reference}/erase/", {"typed": case.reference})

    assert answer.status_code == 404
    assert Case.objects.filter(pk=case.pk, title="Parcel never arrived").exists()
