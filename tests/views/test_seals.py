"""The daily seals that anybody may read and keep."""

from __future__ import annotations

import base64
from datetime import timedelta

from django.test import Client

from cases.models import Case, Seal
from cases.services import cases, seals
from tests import factories
from tests.factories import NOON
from tests.views.asking import text_of
from tracker.accounts.models import User


def sealed(number: int) -> Seal:
    """A row as the sealing makes it, of a day long ago, with a stamp that is none."""
    return Seal.objects.create(
        number=number,
        sealed_at=NOON + timedelta(days=number),
        head_count=2,
        previous_root="0" * 64,
        root=f"{number:064x}",
        stamp=b"token",
    )


def test_anybody_may_read_the_roots_and_learns_of_no_case(case: Case, alice: User, client: Client):
    seal = seals.seal_if_due(NOON)
    assert seal is not None

    page = client.get("/seals/")
    told = client.get("/seals.json")

    assert page.status_code == told.status_code == 200
    assert f"Seal 1 2026-09-01 02:00:00 UTC+00:00 {seal.root[:8]}" in text_of(page)
    assert "by the clock of this site alone" in text_of(page)
    first = {"number": 1, "sealed_at": "2026-09-01T02:00:00+00:00", "chains": 1, "stamp": ""}
    roots = {"previous_root": "0" * 64, "root": seal.root}
    assert told.json() == {"seals": [{**first, **roots}], "next": None}
    assert set(told["Cache-Control"].split(", ")) == {"public", "max-age=600"}
    assert case.reference not in page.content.decode() + told.content.decode()


def test_a_day_on_which_nothing_happened_has_no_seal(case: Case, alice: User, client: Client):
    assert "The first seal comes" in text_of(client.get("/seals/"))
    assert client.get("/seals.json").json() == {"seals": [], "next": None}
    seals.seal_if_due(NOON)
    seals.seal_if_due(NOON + timedelta(days=1))
    cases.describe_case(case=case, by=alice, at=NOON, title="Another title")
    seals.seal_if_due(NOON + timedelta(days=2))

    assert [seal["number"] for seal in client.get("/seals.json").json()["seals"]] == [2, 1]


def test_many_seals_come_in_pages(db: None, client: Client):
    for number in range(1, 402):
        sealed(number)

    newest = client.get("/seals.json").json()
    oldest = client.get(newest["next"]).json()

    assert (len(newest["seals"]), newest["seals"][0]["number"], newest["next"]) == (
        400,
        401,
        "/seals.json?before=2",
    )
    assert (oldest["seals"][0]["root"], oldest["next"]) == (f"{1:064x}", None)
    assert base64.b64decode(oldest["seals"][0]["stamp"]) == b"token"
    assert "Page 14 of 14" in text_of(client.get("/seals/?page=14"))
    for odd in ("x", "-1", "9" * 30, "²"):
        assert client.get("/seals.json", {"before": odd}).status_code == 200


def test_only_reading_is_allowed(db: None, client: Client):
    assert client.post("/seals/").status_code == client.post("/seals.json").status_code == 405


def test_the_chain_of_a_case_leads_there(case: Case, alice: User):
    seals.seal_if_due(NOON)

    page = factories.logged_in(alice).get(f"/cases/{case.reference}/custody/")

    assert 'href="/seals/"' in page.content.decode()
