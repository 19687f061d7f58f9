"""Stopping the reminders of one case, by each member for themselves."""

from __future__ import annotations

import pytest
from django.test import Client

from cases.models import Case
from cases.services import cases, reminder_stops
from tests import factories
from tests.views.asking import text_of
from tracker.accounts.models import User

STOPPED = "You get no reminders of this case since"


def test_the_owner_stops_them_and_is_told_on_the_case(case: Case, alice: User, alice_client: Client):
    page = alice_client.post(f"/settings/reminders/{case.reference}/", {"do": "stop"}, follow=True)

    assert page.redirect_chain == [(f"/cases/{case.reference}/", 302)]
    assert "You get no more reminders of this case." in text_of(page)
    assert STOPPED in text_of(page)
    assert reminder_stops.stops_of(case, alice).case_since


def test_they_come_again_from_the_same_place(case: Case, alice: User, alice_client: Client):
    reminder_stops.stop_case(case, alice, at=factories.NOON)
    assert f"{STOPPED} Tue 1 Sep." in text_of(alice_client.get(f"/cases/{case.reference}/"))

    page = alice_client.post(f"/settings/reminders/{case.reference}/", {"do": "resume"}, follow=True)

    assert "You are reminded of this case again." in text_of(page)
    assert STOPPED not in text_of(page)


def test_a_reader_stops_their_own_and_nobody_elses(case: Case, alice: User, bob: User, bob_client: Client):
    page = bob_client.post(f"/settings/reminders/{case.reference}/", {"do": "stop"}, follow=True)

    assert STOPPED in text_of(page)
    assert reminder_stops.stops_of(case, bob).case_since
    assert reminder_stops.stops_of(case, alice).case_since is None


def test_a_case_says_where_all_are_stopped(case: Case, alice: User, alice_client: Client):
    reminder_stops.stop_all(alice, at=factories.NOON)

    page = alice_client.get(f"/cases/{case.reference}/")

    assert "All your reminders are stopped since Tue 1 Sep; of this case nothing is sent either." in text_of(
        page
    )
    assert 'href="/settings/reminders/"' in page.content.decode()


def test_today_promises_no_mail_where_all_are_stopped(case: Case, alice: User, alice_client: Client):
    promise = "You are reminded by email before the next one."
    assert promise in text_of(alice_client.get("/"))

    reminder_stops.stop_all(alice, at=factories.NOON)

    page = text_of(alice_client.get("/"))
    assert "All your reminders are stopped since Tue 1 Sep: no mail comes before a deadline passes." in page
    assert promise not in page


def test_owner_and_reader_are_told_which_mails_they_get(case: Case, alice_client: Client, bob_client: Client):
    address = f"/cases/{case.reference}/"

    assert "You get a mail before a deadline passes" in text_of(alice_client.get(address))
    assert "The owner gets the mails about deadlines" in text_of(bob_client.get(address))


def test_of_a_closed_case_only_own_reminders_come(case: Case, alice: User, alice_client: Client):
    cases.close_case(case=case, by=alice, at=factories.NOON, outcome="given_up")

    page = alice_client.get(f"/cases/{case.reference}/")

    assert "The case is closed: only what you set yourself is still sent to you." in text_of(page)


@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "options"])
def test_a_stranger_gets_404(case: Case, mallory_client: Client, method: str):
    answer = getattr(mallory_client, method)(f"/settings/reminders/{case.reference}/", {"do": "stop"})

    assert answer.status_code == 404


def test_nothing_is_stopped_by_looking(case: Case, alice: User, alice_client: Client):
    assert alice_client.get(f"/settings/reminders/{case.reference}/?do=stop").status_code == 405
    assert reminder_stops.stops_of(case, alice).case_since is None


def test_an_unknown_wish_changes_nothing(case: Case, alice: User, alice_client: Client):
    assert alice_client.post(f"/settings/reminders/{case.reference}/", {"do": "x"}).status_code == 302
    assert reminder_stops.stops_of(case, alice).case_since is None


def test_whoever_is_not_logged_in_is_sent_to_log_in(case: Case, client: Client):
    url = f"/settings/reminders/{case.reference}/"

    assert client.post(url, {"do": "stop"})["Location"] == f"/accounts/login/?next={url}"
