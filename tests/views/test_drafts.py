"""The texts to copy on the screen: for whom, in which language, and what the page says about them."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from types import MappingProxyType

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, Membership
from cases.rules.channels import DraftStyle
from cases.services import cases, contacts, playbooks
from tests import factories
from tests.views.asking import HTMX, text_of
from tracker.accounts.models import User


def url(case: Case, **query: str) -> str:
    return reverse("cases:drafts", args=[case.reference], query=query)


def written(response: object) -> str:
    """What stands in the text field, as a browser reads it."""
    content = response.content.decode()  # type: ignore[attr-defined]
    (text,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", content, re.DOTALL)
    return html.unescape(text)


@pytest.fixture
def described(case: Case, alice: User) -> Case:
    return cases.describe_case(
        case=case,
        by=alice,
        at=factories.NOON,
        problem_statement="The parcel is lost. The carrier says so.",
        demand="A full refund",
    )


def test_the_draft_of_the_next_step_comes_first_in_the_readers_language(
    described: Case, alice_client: Client
):
    response = alice_client.get(url(described))

    assert '<h2 id="draft-for">Order-card service</h2>' in response.content.decode()
    assert "The parcel is lost. The carrier says so." in written(response)
    assert 'lang="en">' in response.content.decode()


def test_each_channel_can_be_chosen_in_each_language(described: Case, alice_client: Client):
    response = alice_client.get(url(described, channel="hotline", language="zh-hans"))

    content = response.content.decode()
    assert '<h2 id="draft-for">Phone hotline</h2>' in content
    assert 'spellcheck="false" lang="zh-Hans">' in content
    assert written(response).startswith("您好，我叫【请填写：姓名】")
    assert "What you wrote yourself stays in your own words" in content
    for key in playbooks.channels_of(described):
        assert f"?channel={key}&amp;language=zh-hans" in content


def test_what_is_to_be_filled_in_and_how_long_it_is_stand_beside_the_text(case: Case, alice_client: Client):
    text = text_of(alice_client.get(url(case, channel="hotline")))

    assert "Fill this in before you send it: your name order number what happened what you ask for" in text
    assert re.search(r"Characters: \d+ ", text)


def test_a_limit_is_named_with_what_was_left_out_and_what_is_still_too_long(
    described: Case, alice: User, alice_client: Client, monkeypatch: pytest.MonkeyPatch
):
    contacts.log_contact(
        case=described, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer"
    )
    channels = playbooks.channels_of(described)
    narrow = replace(channels["hotline"], draft=DraftStyle("chat", 60))
    playbook = replace(playbooks.playbooks_of(described)[0], channels=MappingProxyType({"hotline": narrow}))
    monkeypatch.setattr(playbooks, "_found", lambda *_keys: (playbook,))

    response = alice_client.get(url(described, channel="hotline"))

    text = text_of(response)
    assert re.search(r"Characters: \d+ of at most 60", text)
    assert "Left out, because this channel takes only so much: the contacts" in text
    assert "The text is still too long for this channel, by" in text
    assert "A full refund" in written(response)


def test_what_people_typed_cannot_leave_the_text_field(case: Case, alice: User, alice_client: Client):
    nasty = "</textarea><script>alert(1)</script>&lt;\u202e{{ 7*7 }}"
    cases.describe_case(case=case, by=alice, at=factories.NOON, problem_statement=nasty, demand=nasty)

    response = alice_client.get(url(case, channel="shop_message", language="en"))

    assert "<script>alert" not in response.content.decode()
    assert "</textarea><script>alert(1)</script>&lt;{{ 7*7 }}" in written(response)


def test_the_log_of_this_contact_is_one_tap_away_with_its_channel_chosen(
    case: Case, alice_client: Client, bob_client: Client
):
    link = f'href="/cases/{case.reference}/contacts/?channel=hotline"'

    assert link in alice_client.get(url(case, channel="hotline")).content.decode()
    assert link not in bob_client.get(url(case, channel="hotline")).content.decode()


def test_htmx_gets_the_piece_alone(case: Case, alice_client: Client):
    content = alice_client.get(url(case, channel="hotline"), headers=HTMX).content.decode()

    assert content.lstrip().startswith('<div id="drafts"')
    assert "<html" not in content


def test_a_channel_that_is_not_the_cases_is_not_there(case: Case, alice_client: Client):
    assert alice_client.get(url(case, channel="carrier_pigeon")).status_code == 404
    assert alice_client.get(url(case, channel="\x00'\">")).status_code == 404


def test_a_language_that_is_not_ours_is_the_readers(case: Case, alice_client: Client):
    assert "Thank you." in written(alice_client.get(url(case, channel="shop_message", language="tlh")))


def test_a_case_whose_platform_is_gone_says_so(case: Case, alice_client: Client):
    Case.objects.filter(pk=case.pk).update(playbook="gone")

    response = alice_client.get(url(case))

    assert response.status_code == 200
    assert "Choose another platform in the case." in text_of(response)
    assert "<textarea" not in response.content.decode()


def test_a_closed_case_keeps_its_drafts(described: Case, alice: User, alice_client: Client):
    cases.close_case(case=described, by=alice, at=factories.NOON, outcome="given_up")

    response = alice_client.get(url(described))

    assert "The parcel is lost." in written(response)
    assert "Log this contact" not in text_of(response)


def test_reading_leaves_no_trace_in_the_custody_chain(case: Case, alice_client: Client):
    before = case.custody_entries.count()

    alice_client.get(url(case, channel="hotline"))

    assert case.custody_entries.count() == before


def test_a_reader_may_read_and_nobody_may_write(case: Case, alice_client: Client, bob_client: Client):
    assert bob_client.get(url(case)).status_code == 200
    assert alice_client.post(url(case)).status_code == 405
    assert bob_client.post(url(case)).status_code == 403


def test_a_stranger_gets_404(case: Case, mallory_client: Client):
    assert not Membership.objects.filter(case=case, user__email="mallory@example.org").exists()
    assert mallory_client.get(url(case, channel="hotline")).status_code == 404
