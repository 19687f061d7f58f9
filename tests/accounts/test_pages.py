"""The pages around the account, in both languages and without anything inline."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client

from tests import factories
from tests.views.asking import text_of
from tracker.accounts.models import User

OPEN = {
    "login": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "reset": "/accounts/password/reset/",
    "reset asked": "/accounts/password/reset/done/",
    "reset link that is none": "/accounts/password/reset/key/1-abc/",
    "reset done": "/accounts/password/reset/key/done/",
    "confirmation that is none": "/accounts/confirm-email/abc/",
    "confirmation sent": "/accounts/confirm-email/",
    "inactive": "/accounts/inactive/",
}
OWN = {
    "log out": "/accounts/logout/",
    "addresses": "/accounts/email/",
    "password": "/accounts/password/change/",
    "is it you": "/accounts/reauthenticate/",
}
INLINE = re.compile(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE)
STRONG = "seven-quiet-lanterns"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", OPEN.values(), ids=OPEN)
def test_a_page_for_strangers_speaks_their_language(db: None, client: Client, path: str, language: str):
    response = client.get(path, headers={"Accept-Language": language}, follow=True)

    assert response.status_code == 200
    content = response.content.decode()
    assert f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}">' in content
    assert not INLINE.search(content)
    if language == "zh-hans":
        assert not re.search(r"[A-Za-z]{4,} [a-z]{2,} [a-z]{2,}", text_of(response)), text_of(response)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", OWN.values(), ids=OWN)
def test_a_page_for_users_speaks_theirs(db: None, path: str, language: str):
    user = factories.make_user("wei@example.org", language=language)

    response = factories.logged_in(user).get(path, follow=True)

    assert response.status_code == 200
    assert not INLINE.search(response.content.decode())
    if language == "zh-hans":
        assert not re.search(r"[A-Za-z]{4,} [a-z]{2,} [a-z]{2,}", text_of(response)), text_of(response)


def test_strangers_choose_their_language_by_a_button(db: None, client: Client):
    client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/accounts/login/"})

    assert "登录" in text_of(client.get("/accounts/login/"))


def test_the_language_button_leads_to_no_other_site(db: None, client: Client):
    response = client.post("/i18n/setlang/", {"language": "en", "next": "https://evil.example/"})

    assert "evil" not in response["Location"]


def test_an_address_and_a_password_make_an_account(db: None, client: Client):
    response = client.post(
        "/accounts/signup/",
        {"email": "Wei@Example.org", "password1": STRONG, "language": "zh-hans", "time_zone": "Asia/Tokyo"},
    )

    assert response["Location"] == "/"
    user = User.objects.get()
    assert (user.email, user.language, user.time_zone) == ("wei@example.org", "zh-hans", "Asia/Tokyo")
    assert "订单出问题了？" in text_of(client.get("/"))


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "<script>"])
def test_a_browser_that_knows_no_zone_gets_shanghai(db: None, client: Client, zone: str):
    client.post(
        "/accounts/signup/",
        {"email": "wei@example.org", "password1": STRONG, "language": "tlh", "time_zone": zone},
        headers={"Accept-Language": "en"},
    )

    user = User.objects.get()
    assert (user.time_zone, user.language) == ("Asia/Shanghai", "en")


def test_a_short_password_is_refused_beside_its_field(db: None, client: Client):
    response = client.post(
        "/accounts/signup/",
        {"email": "wei@example.org", "password1": "short"},
        headers={"Accept-Language": "en"},
    )

    assert "This password is too short. It must contain at least 15 characters." in text_of(response)
    assert not User.objects.exists()


def test_known_and_unknown_addresses_are_answered_alike_at_log_in(alice: User, client: Client):
    known, unknown = (
        client.post(
            "/accounts/login/", {"login": email, "password": "wrong"}, headers={"Accept-Language": "en"}
        )
        for email in ("alice@example.org", "nobody@example.org")
    )

    assert known.status_code == unknown.status_code
    assert text_of(known) == text_of(unknown)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_reset_link_names_the_configured_address_whatever_the_host(alice: User, client: Client, host: str):
    client.post(
        "/accounts/password/reset/",
        {"email": "alice@example.org"},
        headers={"Host": host, "Accept-Language": "zh-hans"},
    )

    (message,) = mail.outbox
    assert message.subject == "重设您的账号密码"
    assert re.search(r"http://localhost:8000/accounts/password/reset/key/\S+/", message.body)
    assert "Hello" not in message.body


def test_a_reset_link_sets_a_new_password_once(alice: User, client: Client):
    client.post("/accounts/password/reset/", {"email": "alice@example.org"})
    link = re.search(r"http://localhost:8000(/accounts/password/reset/key/\S+/)", mail.outbox[0].body)
    assert link
    form = client.get(link[1], follow=True)

    client.post(form.request["PATH_INFO"], {"password1": STRONG, "password2": STRONG})

    alice.refresh_from_db()
    assert alice.check_password(STRONG)
    again = Client().get(link[1], headers={"Accept-Language": "en"})
    assert "This link no longer works" in text_of(again)


def test_logging_out_needs_a_tap_and_then_pages_ask_for_a_log_in(alice_client: Client):
    alice_client.get("/accounts/logout/")
    assert alice_client.get("/cases/").status_code == 200

    alice_client.post("/accounts/logout/")

    assert alice_client.get("/cases/").status_code == 302


def test_an_address_is_confirmed_by_a_button_never_by_opening_the_link(db: None, client: Client):
    client.post("/accounts/signup/", {"email": "wei@example.org", "password1": STRONG, "language": "en"})
    link = re.search(r"http://localhost:8000(/accounts/confirm-email/\S+/)", mail.outbox[0].body)
    assert link
    page = client.get(link[1])
    assert "Is wei@example.org yours?" in text_of(page)
    assert not User.objects.get().emailaddress_set.get().verified

    client.post(link[1])

    assert User.objects.get().emailaddress_set.get().verified
