"""What other apps share, where no service worker took it: kept, carried through a log-in, put into a case."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cases.models import Case, IncomingFile, IncomingShare
from cases.services import examples, incoming_shares
from cases.services.incoming_shares import Bound
from tests import factories, pictures
from tracker.accounts.models import User

PICTURE = pictures.picture("PNG", seed=5)


def hand_over(client: Client, *contents: bytes, **words: str) -> str:
    """As an app does it, without a token; the address to which the answer leads."""
    files = [SimpleUploadedFile(f"{at}.png", content, "image/png") for at, content in enumerate(contents)]
    response = client.post("/share/", {**words, "files": files})
    assert response.status_code == 302
    return response["Location"]


def test_a_picture_goes_into_the_case_that_is_tapped(case: Case, alice_client: Client):
    address = hand_over(alice_client, PICTURE)
    assert case.title in alice_client.get(address).content.decode()

    response = alice_client.post(address, {"case": case.reference})

    assert response["Location"] == f"/cases/{case.reference}/exhibits/"
    exhibit = case.exhibits.get()
    assert (exhibit.original_name, exhibit.size) == ("0.png", len(PICTURE))
    assert case.custody_entries.filter(action="exhibit_received").count() == 1
    assert not IncomingShare.objects.exists()
    assert alice_client.post(address, {"case": case.reference}).status_code == 404
    assert case.exhibits.count() == 1


def test_an_app_needs_no_token_and_no_login(client: Client, case: Case, alice: User):
    strict = Client(enforce_csrf_checks=True)
    address = hand_over(strict, PICTURE, text="Order 6921")

    response = strict.get(address)
    assert response["Location"] == f"/accounts/login/?next={address}"
    strict.force_login(alice)
    page = strict.get(address).content.decode()

    assert "0.png" in page
    assert "Order 6921" in page


def test_text_becomes_an_exhibit_word_for_word_and_once(case: Case, alice_client: Client):
    address = hand_over(alice_client, title="Parcel", text="It arrives on Friday", url="Parcel")

    alice_client.post(address, {"case": case.reference})

    exhibit = case.exhibits.get()
    assert exhibit.media_type == "text/plain"
    assert exhibit.size == len("Parcel\nIt arrives on Friday")


def test_what_is_refused_stays_shared_and_says_why(case: Case, alice_client: Client):
    address = hand_over(alice_client, PICTURE, b"MZ\x90\0" + bytes(300))

    response = alice_client.post(address, {"case": case.reference})

    assert response.status_code == 422
    assert "1.png: This is a program" in response.content.decode()
    assert (case.exhibits.count(), IncomingFile.objects.get().name) == (1, "1.png")
    assert alice_client.post(address, {"discard": "1"}).status_code == 302
    assert not IncomingShare.objects.exists()


def test_nobody_elses_is_found(alice_client: Client, mallory_client: Client, case: Case):
    address = hand_over(alice_client, PICTURE)

    for method in ("get", "post"):
        assert getattr(mallory_client, method)(address).status_code == 404
    assert mallory_client.get("/share/guess/").status_code == 404


def test_it_goes_into_no_case_that_one_may_not_write(case: Case, bob_client: Client, mallory_client: Client):
    for client, status in ((bob_client, 403), (mallory_client, 404)):
        address = hand_over(client, PICTURE)
        assert case.title not in client.get(address).content.decode()
        assert client.post(address, {"case": case.reference}).status_code == status
    assert IncomingShare.objects.count() == 2
    assert not case.exhibits.exists()


def test_the_case_that_was_used_last_stands_first(alice: User, alice_client: Client):
    for number, hours in enumerate((2, 1, 3)):
        factories.make_case(owner=alice, title=f"Case {number}", at=factories.NOON - timedelta(hours=hours))

    page = alice_client.get(hand_over(alice_client, PICTURE)).content.decode()

    places = [page.index(f"Case {number}") for number in (1, 0, 2)]
    assert places == sorted(places)


def test_no_example_is_offered(case: Case, alice: User, alice_client: Client):
    examples.add(by=alice, at=factories.NOON)
    page = alice_client.get(hand_over(alice_client, PICTURE)).content.decode()

    assert re.findall(r'name="case" value="([^"]*)"', page) == [case.reference]


def test_a_new_case_leads_back_to_what_waits_for_it(alice_client: Client):
    address = hand_over(alice_client, PICTURE)
    alice_client.get(address)
    told = {"title": "Shared first", "playbook": "douyin", "problem_kind": "fake_goods", "currency": "CNY"}

    response = alice_client.post("/cases/new/", told)

    assert response["Location"] == address
    assert "Shared first" in alice_client.get(address).content.decode()
    case = Case.objects.get(title="Shared first")
    alice_client.post(address, {"case": case.reference})
    assert alice_client.post("/cases/new/", {**told, "title": "Another"})["Location"] != address


def test_a_form_of_another_site_is_refused(db: None, client: Client):
    response = client.post("/share/", {"text": "Look"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 403
    assert not IncomingShare.objects.exists()


def test_nothing_is_told_to_come_again(alice_client: Client):
    address = hand_over(alice_client, b"")

    assert address == "/share/"
    assert "Nothing came along." in alice_client.get(address).content.decode()


@pytest.mark.parametrize(
    ("bound", "kept"),
    [
        (Bound(file_bytes=2 * len(PICTURE), shares=9, signs=9), 2),
        (Bound(file_bytes=9 * len(PICTURE), shares=1, signs=9), 1),
        (Bound(file_bytes=9 * len(PICTURE), shares=9, signs=2), 0),
    ],
    ids=["bytes", "shares", "signs"],
)
def test_strangers_cannot_fill_the_disk(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch, bound: Bound, kept: int
):
    monkeypatch.setattr(incoming_shares, "OF_NOBODY", bound)

    addresses = [hand_over(client, PICTURE, text="抖音订") for _time in range(3)]

    assert addresses[2] == "/share/"
    assert IncomingFile.objects.count() == IncomingShare.objects.count() == kept


def test_many_small_files_at_once_are_refused(alice_client: Client):
    assert hand_over(alice_client, *[b"x"] * 21) == "/share/"
    assert not IncomingFile.objects.exists()


def test_one_address_is_held_back_before_a_log_in(alice_client: Client, settings: Any):
    settings.ACCOUNT_RATE_LIMITS = {"share": "2/m/ip"}
    cache.clear()
    client = Client()
    answers = [client.post("/share/", {"text": "Order 6921"}).status_code for _time in range(3)]
    mine = alice_client.post("/share/", {"text": "Order 6921"}).status_code
    cache.clear()

    assert (answers, mine) == ([302, 302, 429], 302)


def test_a_body_that_is_too_large_is_refused_unread(client: Client):
    response = client.generic(
        "POST", "/share/", b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(23 * 1024 * 1024)
    )

    assert response.status_code == 413


def test_after_a_day_it_is_gone(alice_client: Client, monkeypatch: pytest.MonkeyPatch):
    address = hand_over(alice_client, PICTURE)
    monkeypatch.setattr(timezone, "now", lambda: factories.NOON + timedelta(days=1))

    assert alice_client.get(address).status_code == 404
    incoming_shares.clear_stale()
    assert not IncomingFile.objects.exists()
