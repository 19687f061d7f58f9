"""Who looked at what stands in the chain: once a day, without the thumbnails, and never in the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from cases.models import Case, Exhibit
from cases.services import custody, exhibits
from tests import factories, pictures
from tests.factories import NOON
from tracker.accounts.models import User


@pytest.fixture
def exhibit(case: Case, alice: User) -> Exhibit:
    upload = pictures.upload(pictures.picture())
    return exhibits.add_exhibit(case=case, by=alice, at=NOON, upload=upload)


def acts(case: Case, action: str) -> list[tuple[str, int | None]]:
    entries = case.custody_entries.filter(action=action).order_by("sequence")
    return list(entries.values_list("actor", "exhibit_number"))


def test_looking_at_an_exhibit_is_noted_once_for_each_user_and_day(
    case: Case, exhibit: Exhibit, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
):
    address = f"/cases/{case.reference}/exhibits/1/"
    later, next_day = NOON + timedelta(hours=1), NOON + timedelta(days=1)
    for user, moment in ((alice, NOON), (alice, later), (alice, next_day), (bob, next_day)):
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        client = factories.logged_in(user)
        client.get(address)
        client.get(f"{address}thumbnail/")

    mine, theirs = (f"user:{alice.pk}", 1), (f"user:{bob.pk}", 1)
    assert acts(case, "exhibit_viewed") == [mine, mine, theirs]
    assert custody.verify(case) == []


def test_each_saving_of_the_original_is_noted(case: Case, exhibit: Exhibit, bob: User, bob_client: Client):
    for _time in range(2):
        bob_client.get(f"/cases/{case.reference}/exhibits/1/original/")
    bob_client.head(f"/cases/{case.reference}/exhibits/1/original/")

    assert acts(case, "exhibit_original_saved") == [(f"user:{bob.pk}", 1)] * 2


def test_that_others_than_the_owner_opened_the_case_is_noted(
    case: Case, bob: User, alice_client: Client, bob_client: Client
):
    for client in (alice_client, bob_client, bob_client):
        client.get(f"/cases/{case.reference}/")

    assert acts(case, "case_viewed") == [(f"user:{bob.pk}", None)]


def test_who_looks_while_nothing_can_be_written_sees_it_all_the_same(
    case: Case, exhibit: Exhibit, bob_client: Client, monkeypatch: pytest.MonkeyPatch
):
    def locked(**_entry: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(custody, "record", locked)

    assert bob_client.get(f"/cases/{case.reference}/exhibits/1/").status_code == 200
    assert acts(case, "exhibit_viewed") == []
