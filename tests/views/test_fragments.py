"""Pages for browsers, pieces for htmx."""

from __future__ import annotations

import pytest
from django.test import Client

from cases.models import Case
from tests.views.asking import HTMX

SCREENS = ["", "contacts/", "milestones/", "orders/", "exhibits/", "deadlines/", "case-files/"]


@pytest.mark.parametrize("screen", SCREENS)
def test_htmx_receives_a_piece_whose_root_bears_its_name(case: Case, alice_client: Client, screen: str):
    response = alice_client.get(f"/cases/{case.reference}/{screen}", headers=HTMX)

    content = response.content.decode()
    assert "<html" not in content
    assert f'<div id="{screen.strip("/") or "case"}"' in content
    assert {"HX-Request", "HX-Boosted", "HX-History-Restore-Request"} <= set(response["Vary"].split(", "))


def test_what_happened_is_put_into_the_live_region_that_was_there_before(case: Case, alice_client: Client):
    page = alice_client.get(f"/cases/{case.reference}/").content.decode()
    piece = alice_client.post(
        f"/cases/{case.reference}/", {"channel": "hotline", "outcome": "answered"}, headers=HTMX
    ).content.decode()

    assert '<div id="messages" class="stack-small" role="status">' in page
    assert "Logged." in piece.split('<div id="messages" data-hx-swap-oob="innerHTML">')[1]


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_boosted_links_and_restored_history_receive_the_whole_page(
    case: Case, alice_client: Client, header: str
):
    response = alice_client.get(f"/cases/{case.reference}/", headers={**HTMX, header: "true"})

    assert "<html" in response.content.decode()


@pytest.mark.parametrize("screen", SCREENS)
def test_every_htmx_form_works_without_it(case: Case, alice_client: Client, screen: str):
    content = alice_client.get(f"/cases/{case.reference}/{screen}").content.decode()

    for tag in [piece.split(">")[0] for piece in content.split("<form")[1:]]:
        if "data-hx-post" in tag:
            assert f'action="{tag.split("data-hx-post=")[1].split(chr(34))[1]}"' in tag
            assert 'method="post"' in tag
