"""The buttons for example cases on Today."""

from __future__ import annotations

from django.test import Client

from cases.models import Case
from tests.views.asking import text_of


def test_an_empty_start_has_them_one_tap_away_and_they_go_after_a_word(alice_client: Client):
    assert "Look around with example cases" in text_of(alice_client.get("/"))

    page = alice_client.post("/examples/", {"do": "add"}, follow=True)
    assert "These are examples. Try whatever you like on them." in text_of(page)
    assert "Remove the examples What you added to them goes with them. Remove them for good" in text_of(page)
    assert Case.objects.filter(is_example=True).count() == 3

    page = alice_client.post("/examples/", {"do": "remove"}, follow=True)
    assert "The examples are removed." in text_of(page)
    assert "Did an order go wrong?" in text_of(page)


def test_whoever_has_a_case_is_not_offered_them(case: Case, alice_client: Client):
    text = text_of(alice_client.get("/"))

    assert "Look around" not in text
    assert "Remove the examples" not in text


def test_looking_at_the_address_changes_nothing(alice_client: Client):
    assert alice_client.get("/examples/").status_code == 405
    assert alice_client.post("/examples/", {"do": "x"})["Location"] == "/"
    assert not Case.objects.exists()


def test_strangers_are_asked_to_log_in(db: None, client: Client):
    assert client.post("/examples/", {"do": "add"})["Location"] == "/accounts/login/?next=/examples/"
    assert not Case.objects.exists()
