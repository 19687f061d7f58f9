"""The calendar feed."""

from __future__ import annotations

from django.test import Client

from cases.models import Case
from cases.services import calendar_feed, contacts
from tests import factories
from tracker.accounts.models import User


def test_the_token_alone_opens_the_feed(case: Case, alice: User, client: Client):
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer")
    token = calendar_feed.token_for_new(alice, at=factories.NOON)

    response = client.get(f"/calendar/{token}.ics")

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "SUMMARY:The shop has not replied" in response.content.decode()


def test_a_token_that_is_none_or_renewed_opens_nothing(alice: User, client: Client):
    old = calendar_feed.token_for_new(alice, at=factories.NOON)
    calendar_feed.token_for_new(alice, at=factories.NOON)

    assert client.get(f"/calendar/{old}.ics").status_code == 404
    assert client.get("/calendar/guess.ics").status_code == 404


def test_the_token_is_not_a_log_in(alice: User, client: Client):
    token = calendar_feed.token_for_new(alice, at=factories.NOON)
    client.get(f"/calendar/{token}.ics")

    assert client.get("/cases/").status_code == 302


def test_it_is_for_reading(alice: User, client: Client):
    token = calendar_feed.token_for_new(alice, at=factories.NOON)

    assert client.post(f"/calendar/{token}.ics").status_code == 405
