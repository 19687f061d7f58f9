"""Today: what to do now, what they owe me, then quiet."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from cases.models import Case
from cases.services import contacts
from tests import factories
from tests.views.asking import text_of
from tracker.accounts.models import User


def test_it_asks_strangers_to_log_in(db: None, client: Client):
    assert client.get("/")["Location"] == "/accounts/login/?next=/"


def test_without_a_case_it_leads_to_the_first_one(alice_client: Client):
    response = alice_client.get("/")

    assert "Did an order go wrong?" in text_of(response)
    assert 'href="/cases/new/"' in response.content.decode()


def test_a_silent_shop_stands_among_what_they_owe_with_its_time_left(
    case: Case, alice: User, alice_client: Client
):
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer")

    text = text_of(alice_client.get("/"))

    assert "What they owe you" in text
    assert "30 min left" in text
    assert "until Tue 1 Sep 10:30" in text


def test_a_deadline_that_passed_comes_first_and_says_how_late_it_is(
    case: Case, alice: User, alice_client: Client
):
    early = factories.NOON - timedelta(hours=3)
    other = factories.make_case(owner=alice, title="The other one")
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer")
    contacts.log_contact(case=other, by=alice, at=early, channel="shop_message", outcome="no_answer")

    text = text_of(alice_client.get("/"))

    assert "2 h 30 min late" in text
    assert text.index("The other one") < text.index("Parcel never arrived")


def test_a_case_without_a_deadline_shows_its_next_step(case: Case, alice_client: Client):
    text = text_of(alice_client.get("/"))

    assert "Nothing to do right now" in text
    assert "Next step: Order-card service" in text


def test_a_reader_sees_the_deadline_without_buttons(
    case: Case, alice: User, alice_client: Client, bob_client: Client
):
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer")

    assert 'name="action"' in alice_client.get("/").content.decode()
    assert "30 min left" in text_of(bob_client.get("/"))
    assert 'name="action"' not in bob_client.get("/").content.decode()


def test_it_shows_nothing_of_other_people(case: Case, alice: User, mallory_client: Client):
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer")

    assert "Parcel never arrived" not in text_of(mallory_client.get("/"))


def test_more_deadlines_cost_no_more_queries(alice: User, alice_client: Client, django_assert_num_queries):
    def with_silent_shops(count: int) -> None:
        for number in range(count):
            case = factories.make_case(owner=alice, title=f"Case {number}")
            contacts.log_contact(
                case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer"
            )

    with_silent_shops(1)
    with django_assert_num_queries(6):
        alice_client.get("/")
    with_silent_shops(6)
    with django_assert_num_queries(6):
        alice_client.get("/")
