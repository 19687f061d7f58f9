"""Hints stand at the exhibit and are announced in the gallery; advice on capturing goes with the channel."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from cases.models import Case
from cases.services import contacts
from tests.rules.screenshots import chat
from tests.services.test_hints import exhibit


def test_the_page_of_an_exhibit_says_what_was_seen_why_and_what_to_do(alice_client: Client, case: Case):
    exhibit(case, 1, metadata={"software": ["Meitu 10"]})

    page = alice_client.get(f"/cases/{case.reference}/exhibits/1/").content.decode()

    assert "The file names a program that edits pictures: Meitu 美图." in page
    assert "a court asks for the original" in page
    assert "If the untouched picture is still on your phone, add it as well" in page
    assert "A hint can be mistaken, and refuses nothing" in page


def test_what_a_file_says_of_itself_is_escaped(alice_client: Client, case: Case):
    exhibit(case, 1, metadata={"software": ["<script>alert(1)</script> GIMP"]})

    page = alice_client.get(f"/cases/{case.reference}/exhibits/1/").content.decode()

    assert "GIMP" in page
    assert "<script>alert" not in page


def test_a_hint_about_two_leads_to_the_other(alice_client: Client, case: Case):
    exhibit(case, 1, chat())
    exhibit(case, 2, chat(clock="21:09"))

    page = alice_client.get(f"/cases/{case.reference}/exhibits/2/").content.decode()

    assert "Nearly the same text was read on E1 and E2." in page
    assert f'href="/cases/{case.reference}/exhibits/1/"' in page


def test_the_gallery_counts_them(alice_client: Client, case: Case):
    exhibit(case, 1, metadata={"software": ["Meitu 10"]})
    exhibit(case, 2)

    page = alice_client.get(f"/cases/{case.reference}/exhibits/").content.decode()

    assert page.count('class="hinted"') == 1
    assert f'href="/cases/{case.reference}/exhibits/1/#hints"' in page
    assert "1 hint<" in page


def test_hints_are_in_the_language_of_the_page(alice_client: Client, case: Case):
    exhibit(case, 1, metadata={"software": ["Meitu 10"]})
    case.owner.__class__.objects.filter(pk=case.owner.pk).update(language="zh-hans")

    page = alice_client.get(f"/cases/{case.reference}/exhibits/1/").content.decode()

    assert "文件里留有图片编辑软件的名字：Meitu 美图。" in page


def log(case: Case, channel: str) -> int:
    now = timezone.now()
    contact = contacts.log_contact(case=case, by=case.owner, at=now, channel=channel, outcome="answered")
    return contact.pk


def test_the_general_advice_is_there_without_a_contact(alice_client: Client, case: Case):
    page = alice_client.get(f"/cases/{case.reference}/exhibits/").content.decode()

    assert "Take whole screens, neither cropped nor drawn on" in page
    assert "Arts. 15, 23, 90" in page
    assert "30 minutes afterwards" not in page


def test_the_channel_of_the_contact_comes_first(alice_client: Client, case: Case):
    contact = log(case, "live_room")

    page = alice_client.get(f"/cases/{case.reference}/exhibits/?contact={contact}").content.decode()

    assert "Livestream window: its record can usually be looked up for only 30 minutes afterwards." in page
    assert page.index("record the screen in one go: from the home screen to the host") < page.index(
        "Take whole screens, neither cropped"
    )


@pytest.mark.parametrize("contact", ["x", "0", "-1", "²", "9" * 30, "99999999999999999999", "%00"])
def test_a_contact_that_is_none_leaves_the_general_advice(alice_client: Client, case: Case, contact: str):
    response = alice_client.get(f"/cases/{case.reference}/exhibits/?contact={contact}")

    assert response.status_code == 200
    assert "Take whole screens" in response.content.decode()


def test_after_logging_a_contact_whose_record_disappears_the_advice_is_at_hand(
    alice_client: Client, case: Case
):
    def logged(channel: str) -> str:
        data = {"channel": channel, "outcome": "answered", "direction": "outgoing"}
        address = f"/cases/{case.reference}/contacts/"
        return alice_client.post(address, data, headers={"HX-Request": "true"}).content.decode()

    assert "Livestream window: its record can usually be looked up for only 30 minutes" in logged("live_room")
    assert "can usually be looked up" not in logged("shop_message")


def test_the_public_page_of_a_playbook_tells_how_to_keep_proof(client: Client, db: None):
    page = client.get("/playbooks/douyin/").content.decode()

    assert "How to keep proof of it" in page or "怎样留证" in page
