"""Files in pieces over HTTP: what the browser is answered, whoever sends whatever."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cases.models import Case, Exhibit, Membership, Role, Upload
from cases.services import exhibits
from tests import factories, pictures
from tests.factories import NOON
from tracker.accounts.models import User

PICTURE = pictures.picture("PNG")
SHA256 = hashlib.sha256(PICTURE).hexdigest()
PIECE = "application/offset+octet-stream"


def announce(client: Client, case: Case, **changes: Any) -> Any:
    told = {"name": "截图.png", "size": len(PICTURE), "sha256": SHA256, **changes}
    return client.post(f"/cases/{case.reference}/uploads/", json.dumps(told), "application/json")


def send(client: Client, url: str, content: bytes, offset: int | str = 0, kind: str = PIECE) -> Any:
    return client.patch(url, content, kind, headers={"Upload-Offset": str(offset)})


def test_a_file_comes_in_by_pieces(case: Case, alice_client: Client):
    announced = announce(alice_client, case, shows="The chat")
    url = announced.json()["url"]
    assert (announced.status_code, announced.json()["offset"]) == (201, 0)
    assert announced["Location"] == url

    first = send(alice_client, url, PICTURE[:1000])
    assert (first.status_code, first["Upload-Offset"]) == (204, "1000")
    asked = alice_client.head(url)
    assert (asked["Upload-Offset"], asked["Upload-Length"]) == ("1000", str(len(PICTURE)))

    last = send(alice_client, url, PICTURE[1000:], 1000)
    assert last.status_code == 200
    assert last.json() == {"label": "E1", "url": f"/cases/{case.reference}/exhibits/1/", "notes": []}
    assert Exhibit.objects.get().shows == "The chat"
    assert send(alice_client, url, b"", len(PICTURE)).json()["label"] == "E1"


def test_announced_again_it_says_where_to_go_on(case: Case, alice_client: Client):
    url = announce(alice_client, case).json()["url"]
    send(alice_client, url, PICTURE[:700])

    again = announce(alice_client, case)

    assert (again.status_code, again.json()) == (200, {"url": url, "offset": 700})


def test_a_piece_sent_twice_is_told_where_to_go_on(case: Case, alice_client: Client):
    url = announce(alice_client, case).json()["url"]
    send(alice_client, url, PICTURE[:700])

    twice = send(alice_client, url, PICTURE[:700])

    assert (twice.status_code, twice["Upload-Offset"]) == (409, "700")


def test_the_same_bytes_as_an_exhibit_are_told_of_and_not_refused(
    case: Case, alice: User, alice_client: Client
):
    earlier = NOON - timedelta(minutes=1)
    exhibits.add_exhibit(case=case, by=alice, at=earlier, upload=pictures.upload(PICTURE))
    url = announce(alice_client, case).json()["url"]

    answer = send(alice_client, url, PICTURE)

    assert answer.json()["label"] == "E1"
    assert answer.json()["notes"] == ["These are the same bytes as E1, so it stays one exhibit."]
    assert send(alice_client, url, b"", len(PICTURE)).json() == answer.json()


@pytest.mark.parametrize(
    "told",
    [
        {"size": -1},
        {"size": "many"},
        {"size": 10**30},
        {"size": [1]},
        {"sha256": "A" * 64},
        {"sha256": "a" * 63},
        {"sha256": f"{'a' * 64}\n"},
        {"sha256": None},
        {"name": "a\0b"},
        {"shows": "x" * 501},
        {"claimed_at": "yesterday"},
        {"claimed_at": "1999-01-01T00:00"},
        {"contact": 10**20},
        {"contact": {"pk": 1}},
        {"size": 0},
        {"size": 700 * 1024 * 1024},
    ],
)
def test_an_announcement_that_cannot_be_is_refused_with_a_sentence(
    case: Case, alice_client: Client, told: dict[str, Any]
):
    answer = announce(alice_client, case, **told)

    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert Upload.objects.count() == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"a"', b"\xff\xfe", b"[" * 5000])
def test_what_is_no_announcement_is_refused(case: Case, alice_client: Client, body: bytes):
    answer = alice_client.post(f"/cases/{case.reference}/uploads/", body, "application/json")

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("offset", "kind"), [("", PIECE), ("-1", PIECE), ("x", PIECE), ("9" * 40, PIECE), ("0", "image/png")]
)
def test_a_piece_that_cannot_be_read_is_refused(case: Case, alice_client: Client, offset: str, kind: str):
    url = announce(alice_client, case).json()["url"]

    assert send(alice_client, url, PICTURE, offset, kind).status_code == 400
    assert Upload.objects.get().offset == 0


def test_a_piece_larger_than_pieces_are_is_refused_unread(case: Case, alice_client: Client):
    url = announce(alice_client, case, size=20 * 1024 * 1024).json()["url"]

    assert send(alice_client, url, bytes(8 * 1024 * 1024 + 1)).status_code == 413


def test_what_is_no_evidence_is_refused_when_it_is_whole(case: Case, alice_client: Client):
    program = b"MZ\x90\0" + bytes(3000)
    sha256 = hashlib.sha256(program).hexdigest()
    url = announce(alice_client, case, size=len(program), sha256=sha256).json()["url"]

    answer = send(alice_client, url, program)

    assert answer.status_code == 422
    assert "This is a program" in answer.json()["errors"][0]


def test_a_torn_file_is_told_to_begin_again(case: Case, alice_client: Client):
    url = announce(alice_client, case).json()["url"]

    answer = send(alice_client, url, PICTURE[:-1] + b"?")

    assert answer.status_code == 422
    assert "its SHA-256 differs" in answer.json()["errors"][0]


def test_what_is_unfinished_is_listed_and_can_be_discarded(case: Case, alice_client: Client):
    url = announce(alice_client, case).json()["url"]
    send(alice_client, url, PICTURE[:700])
    page = alice_client.get(f"/cases/{case.reference}/exhibits/").content.decode()
    assert "Choose the same file again" in page
    assert "截图.png" in page

    assert alice_client.delete(url).status_code == 204

    assert "截图.png" not in alice_client.get(f"/cases/{case.reference}/exhibits/").content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["form", "htmx"])
def test_a_form_discards_it_too(case: Case, headers: dict[str, str], alice: User):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    Upload.objects.create(
        case=case, user=alice, name="截图.png", size=9, sha256=SHA256, began_at=NOON, last_at=NOON, key="k"
    )
    page = client.get(f"/cases/{case.reference}/exhibits/").content.decode()
    form = page[page.index('id="unfinished"') :]
    [action] = re.findall(r'<form method="post" action="([^"]+)"', form)[:1]
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[:1]

    answer = client.post(action, {"csrfmiddlewaretoken": token}, headers=headers, follow=True)

    assert (answer.status_code, Upload.objects.get().ended_at is None) == (200, False)
    if headers:
        assert answer.content == b""  # for the place where the row was
    else:
        assert "The upload is discarded. Nothing of it was kept." in answer.content.decode()


def test_what_is_an_exhibit_already_is_not_discarded(case: Case, alice_client: Client):
    url = announce(alice_client, case).json()["url"]
    send(alice_client, url, PICTURE)

    page = alice_client.post(url, follow=True).content.decode()

    assert "This file is stored already as E1." in page
    assert Exhibit.objects.count() == 1


def test_only_who_announced_it_goes_on_with_it(case: Case, alice_client: Client, helga: User):
    url = announce(alice_client, case).json()["url"]
    helper = factories.logged_in(helga)

    for answer in (helper.get(url), send(helper, url, PICTURE), helper.delete(url), helper.post(url)):
        assert answer.status_code == 404
    assert Upload.objects.get().offset == 0


def test_a_reader_announces_nothing(case: Case, bob_client: Client):
    assert announce(bob_client, case).status_code == 403


def test_who_lost_access_sends_nothing_more(case: Case, helga: User):
    helper = factories.logged_in(helga)
    url = announce(helper, case).json()["url"]
    Membership.objects.filter(case=case, user=helga).update(role=Role.READER)
    assert send(helper, url, PICTURE).status_code == 403

    Membership.objects.filter(case=case, user=helga).delete()
    assert send(helper, url, PICTURE).status_code == 404
    assert Upload.objects.get().offset == 0
