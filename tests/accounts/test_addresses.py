"""The page of addresses: nobody takes an address that is another user's, and nothing there ends in a 500."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from tests import factories
from tests.views.asking import text_of
from tracker.accounts.models import User

PAGE = "/accounts/email/"


@pytest.fixture
def wei(db: None) -> User:
    return factories.make_user("wei@example.org", language="en")


@pytest.fixture
def client_of_wei(wei: User) -> Client:
    """Logged in, and has just shown to know the password."""
    client = factories.logged_in(wei)
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    return client


@pytest.mark.parametrize("typed", ["alice@example.org", "Alice@Example.ORG"])
def test_an_address_of_another_user_is_not_added(
    client_of_wei: Client, wei: User, alice: User, typed: str
) -> None:
    response = client_of_wei.post(PAGE, {"action_add": "", "email": typed})

    assert "This address cannot be added to your account. Choose another one." in text_of(response)
    assert not EmailAddress.objects.filter(user=wei, email__iexact=typed).exists()


def test_an_address_of_nobody_is_added(client_of_wei: Client, wei: User) -> None:
    client_of_wei.post(PAGE, {"action_add": "", "email": "second@example.org"})

    assert EmailAddress.objects.filter(user=wei, email="second@example.org").exists()


def test_an_address_that_became_another_users_does_not_become_the_main_one(
    client_of_wei: Client, wei: User
) -> None:
    client_of_wei.post(PAGE, {"action_add": "", "email": "second@example.org"})
    EmailAddress.objects.filter(email="second@example.org").update(verified=True)
    factories.make_user("second@example.org", is_confirmed=False)

    response = client_of_wei.post(PAGE, {"action_primary": "", "email": "second@example.org"}, follow=True)

    assert response.status_code == 200
    assert "This address cannot become your main one. Remove it and add another one." in text_of(response)
    wei.refresh_from_db()
    assert wei.email == "wei@example.org"
    assert not EmailAddress.objects.filter(user=wei, email="second@example.org", primary=True).exists()
