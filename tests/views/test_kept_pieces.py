"""Pieces of pages that look the same for everybody are drawn once, and shown only where they are right."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils.safestring import mark_safe

from cases.forms.contacts import QuickContactForm
from cases.models import Case
from cases.templatetags.choices import choice
from tests import factories
from tracker.accounts.models import User


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    caches["template_fragments"].clear()
    yield
    caches["template_fragments"].clear()


def page_of(client: Client, case: Case, query: str = "") -> str:
    return client.get(case.get_absolute_url() + query).content.decode()


def channels_in(page: str) -> set[str]:
    return set(re.findall(r'name="channel" value="([^"]+)"', page))


def test_a_case_on_another_platform_offers_its_own_channels(case: Case, alice: User, alice_client: Client):
    other = factories.make_case(owner=alice, playbook="jd")

    first, second = page_of(alice_client, case), page_of(alice_client, other)

    assert "appeal_upload" in channels_in(first) and "step_in" not in channels_in(first)
    assert "step_in" in channels_in(second) and "appeal_upload" not in channels_in(second)


def test_the_blank_form_speaks_the_language_of_each_reader(case: Case, alice: User, alice_client: Client):
    assert "Log it, now" in page_of(alice_client, case)

    alice.language = "zh-hans"
    alice.save()
    page = page_of(alice_client, case)

    assert "Log it, now" not in page
    assert "店铺私信" in page and "Shop private message" not in page


def test_a_channel_chosen_beforehand_is_chosen_and_does_not_stay_so(case: Case, alice_client: Client):
    assert " checked>" not in page_of(alice_client, case)

    assert 'value="hotline" required checked' in page_of(alice_client, case, "?channel=hotline")

    assert " checked>" not in page_of(alice_client, case)


def test_what_was_typed_wrongly_is_not_kept_for_others(case: Case, alice_client: Client):
    page_of(alice_client, case)
    refused = alice_client.post(case.get_absolute_url(), {"outcome": "answered", "summary": "Only mine"})

    assert refused.status_code == 422
    assert "Only mine" in refused.content.decode()
    assert "Only mine" not in page_of(alice_client, case)


def test_the_bar_marks_the_page_that_is_open(case: Case, alice_client: Client):
    def marked(path: str) -> list[str]:
        bar = alice_client.get(path).content.decode().partition('class="bar"')[2].partition("</nav>")[0]
        return re.findall(r'href="([^"]+)" aria-current="(page|true)"', bar)

    assert marked("/") == [("/", "page")]
    assert marked("/cases/") == [("/cases/", "page")]
    assert marked(case.get_absolute_url()) == [("/cases/", "true")]
    assert marked("/") == [("/", "page")]


def test_only_those_who_are_logged_in_are_led_to_the_insights(client: Client, alice_client: Client):
    for _turn in range(2):
        assert 'href="/insights/"' in alice_client.get("/playbooks/").content.decode()
        assert 'href="/insights/"' not in client.get("/playbooks/").content.decode()


def test_a_plain_name_is_escaped_even_where_a_safe_one_of_its_text_was_drawn_before(case: Case):
    field = QuickContactForm(case=case)["channel"]

    assert "<strong><b>Shop</b></strong>" in choice(field, "hotline", mark_safe("<b>Shop</b>"))
    assert "<strong>&lt;b&gt;Shop&lt;/b&gt;</strong>" in choice(field, "hotline", "<b>Shop</b>")
