"""Users are told where reminders do not reach them, with a way out, and when all of them are late."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db.models.functions import Now
from django.test import Client

from cases.models import Case, Reminder
from cases.services import contacts, reminder_health
from tests import factories
from tests.views.asking import text_of
from tracker.accounts.models import User
from tracker.health.models import Heartbeat


@pytest.fixture
def refused(case: Case, alice: User) -> Reminder:
    """A reminder of alice's case that the mail server refused for good."""
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer")
    row = Reminder.objects.earliest("pk")
    Reminder.objects.exclude(pk=row.pk).delete()
    row.failed_at, row.attempts = factories.NOON, 1
    row.failure = "550 5.1.1 No such user <here>"
    row.save()
    return row


class TestTrouble:
    @pytest.mark.parametrize("page", ["/", "case"])
    def test_it_stands_on_today_and_on_its_case_in_the_servers_words(
        self, refused: Reminder, case: Case, alice_client: Client, page: str
    ):
        response = alice_client.get(case.get_absolute_url() if page == "case" else page)
        text = text_of(response)

        assert "A reminder did not reach you" in text
        assert "The mail was given up on Tue 1 Sep 10:00" in text
        assert "550 5.1.1 No such user <here>" in text
        assert "Reminders go to alice@example.org" in text
        assert 'href="/accounts/email/"' in response.text
        assert 'action="/send-again/"' in response.text

    def test_not_on_another_case_nor_for_another_member(
        self, refused: Reminder, case: Case, alice: User, alice_client: Client, bob_client: Client
    ):
        other = factories.make_case(owner=alice)

        assert "did not reach you" not in text_of(alice_client.get(other.get_absolute_url()))
        assert "did not reach you" not in text_of(bob_client.get(case.get_absolute_url()))
        assert "did not reach you" not in text_of(bob_client.get("/"))

    def test_without_trouble_nothing_is_said(self, case: Case, alice_client: Client):
        assert "did not reach you" not in text_of(alice_client.get("/"))

    def test_sent_again_from_its_case_it_leads_back_there(
        self, refused: Reminder, case: Case, alice_client: Client
    ):
        response = alice_client.post("/send-again/", {"case": case.reference}, follow=True)

        assert response.redirect_chain == [(case.get_absolute_url(), 302)]
        assert "1 reminder goes out again, to alice@example.org." in text_of(response)
        assert "did not reach you" not in text_of(response)
        assert Reminder.objects.pending().get() == refused

    def test_where_nothing_is_still_to_be_said_that_is_said(self, case: Case, alice_client: Client):
        response = alice_client.post("/send-again/", follow=True)

        assert response.redirect_chain == [("/", 302)]
        assert "Nothing of it is still to be said" in text_of(response)

    @pytest.mark.parametrize("reference", ["nonsense", "\x00", "x" * 500])
    def test_a_case_that_is_none_leads_to_today(
        self, refused: Reminder, alice_client: Client, reference: str
    ):
        response = alice_client.post("/send-again/", {"case": reference})

        assert (response.status_code, response["Location"]) == (302, "/")

    def test_a_stranger_frees_nothing_and_learns_nothing(
        self, refused: Reminder, case: Case, mallory_client: Client
    ):
        response = mallory_client.post("/send-again/", {"case": case.reference})

        assert response["Location"] == "/"
        refused.refresh_from_db()
        assert refused.failed_at is not None

    def test_it_is_done_by_post_alone(self, refused: Reminder, alice_client: Client):
        assert alice_client.get("/send-again/").status_code == 405


class TestConfirming:
    def test_signing_up_sends_the_mail_that_confirms(self, db: None, client: Client):
        signed_up = {
            "email": "new@example.org", "password1": factories.PASSWORD, "language": "en", "time_zone": "UTC",
        }  # fmt: skip
        client.post("/accounts/signup/", signed_up)

        assert [message.to for message in mail.outbox] == [["new@example.org"]]
        assert "/accounts/confirm-email/" in mail.outbox[0].body
        user = User.objects.get(email="new@example.org")
        assert not reminder_health.standing_of(user).is_confirmed

    def test_until_then_today_says_what_is_missing(self, db: None):
        user = factories.make_user("new@example.org", is_confirmed=False, language="en")
        factories.make_case(owner=user)
        client = factories.logged_in(user)

        assert "Open the link in the mail we sent to new@example.org" in text_of(client.get("/"))
        user.emailaddress_set.update(verified=True)
        assert "Open the link" not in text_of(client.get("/"))

    def test_it_is_sent_again_from_the_page_of_addresses(self, db: None):
        user = factories.make_user("new@example.org", is_confirmed=False, language="en")
        client = factories.logged_in(user)
        client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})

        client.post("/accounts/email/", {"action_send": "", "email": "new@example.org"})

        assert [message.to for message in mail.outbox] == [["new@example.org"]]

    def test_a_user_made_by_a_command_can_confirm_as_well(self, db: None):
        user = User.objects.create_superuser("root@example.org", factories.PASSWORD, language="en")
        client = factories.logged_in(user)
        client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})

        assert "root@example.org" in text_of(client.get("/accounts/email/"))
        client.post("/accounts/email/", {"action_send": "", "email": "root@example.org"})
        assert [message.to for message in mail.outbox] == [["root@example.org"]]


class TestStalled:
    LATE = "Reminders are late just now. Nothing is lost"

    @pytest.fixture(autouse=True)
    def forgetful(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reminder_health, "_known", (-math.inf, False))

    @pytest.fixture
    def silent(self, db: None) -> None:
        Heartbeat.objects.create(name="tick", at=Now() - timedelta(minutes=4))

    @pytest.mark.parametrize("page", ["/", "/cases/", "/settings/", "/accounts/email/", "/insights/"])
    def test_every_page_says_so_to_a_user(self, silent: None, alice_client: Client, page: str):
        assert self.LATE in text_of(alice_client.get(page))

    def test_not_while_all_is_well(self, alice_client: Client):
        Heartbeat.objects.create(name="tick")

        assert self.LATE not in text_of(alice_client.get("/"))

    def test_strangers_are_not_told_nor_is_anything_asked_for_them(
        self, silent: None, client: Client, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(reminder_health, "_is_stalled", lambda: pytest.fail("asked for a stranger"))

        assert self.LATE not in text_of(client.get("/playbooks/"))

    def test_a_page_survives_a_question_that_cannot_be_answered(
        self, alice_client: Client, monkeypatch: pytest.MonkeyPatch
    ):
        def broken() -> Any:
            raise RuntimeError("out of order")

        monkeypatch.setattr(reminder_health, "_is_stalled", broken)

        assert alice_client.get("/").status_code == 200
