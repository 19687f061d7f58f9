"""Name, language, time zone and the calendar address."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests import factories
from tests.views.asking import text_of
from tracker.accounts.models import User

FORM = {"name": "林晓雨", "language": "zh-hans", "time_zone": "Europe/Berlin"}


def test_settings_ask_for_a_log_in(db: None, client: Client):
    assert client.get("/settings/")["Location"] == "/accounts/login/?next=/settings/"


def test_what_is_saved_holds_for_the_next_page_and_for_the_log_in_page(alice: User, alice_client: Client):
    response = alice_client.post("/settings/", FORM)

    alice.refresh_from_db()
    assert (alice.name, alice.language, alice.time_zone) == ("林晓雨", "zh-hans", "Europe/Berlin")
    assert response.cookies["django_language"].value == "zh-hans"
    page = alice_client.get("/settings/")
    assert 'lang="zh-Hans"' in page.content.decode()
    assert "设置已保存。" in text_of(page)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            {"time_zone": "Mars/Olympus"},
            "“Mars/Olympus” is not a known time zone; write it like Asia/Shanghai.",
        ),
        ({"language": "tlh"}, "Select a valid choice."),
    ],
)
def test_a_mistake_is_told_and_changes_nothing(alice: User, alice_client: Client, wrong, sentence: str):
    response = alice_client.post("/settings/", {**FORM, **wrong})

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert 'lang="en"' in response.content.decode()
    alice.refresh_from_db()
    assert (alice.name, alice.time_zone) == ("", "Asia/Shanghai")


def test_nobody_becomes_staff_by_a_form(alice: User, alice_client: Client):
    alice_client.post("/settings/", {**FORM, "is_staff": "on", "email": "root@example.org"})

    alice.refresh_from_db()
    assert (alice.is_staff, alice.email) == (False, "alice@example.org")


def test_a_calendar_address_is_shown_once_and_works(alice_client: Client, client: Client):
    page = alice_client.post("/settings/calendar/")

    address = re.search(r'value="(http://localhost:8000/calendar/\S+\.ics)"', page.content.decode())
    assert address
    assert client.get(address[1].removeprefix("http://localhost:8000")).status_code == 200
    assert ".ics" not in alice_client.get("/settings/").content.decode()


def test_a_calendar_address_is_never_made_by_looking(alice: User, alice_client: Client):
    assert alice_client.get("/settings/calendar/").status_code == 405


def test_times_are_shown_on_the_users_clock(alice: User, alice_client: Client):
    case = factories.make_case(owner=alice)
    assert "2026-09-01 10:00:00 UTC+08:00" in text_of(alice_client.get(f"/cases/{case.reference}/custody/"))

    alice_client.post("/settings/", {**FORM, "language": "en"})

    assert "2026-09-01 04:00:00 UTC+02:00" in text_of(alice_client.get(f"/cases/{case.reference}/custody/"))
