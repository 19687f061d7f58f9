"""The form of a case file says what it would be before it is built."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from tests import pictures
from tests.casefile import stories
from tests.casefile.stories import at
from tests.views.asking import HTMX, text_of
from tracker.accounts.models import User


@pytest.fixture
def case_with_exhibit(case: Case, alice: User) -> Case:
    stories.add_exhibit(case, alice, at(6, 20), pictures.picture("PNG"), "聊天.png", "与店铺的聊天")
    return case


def url(case: Case) -> str:
    return reverse("cases:case-files", args=[case.reference])


def test_pages_and_size_stand_there_before_anything_is_built(case_with_exhibit: Case, alice_client: Client):
    page = text_of(alice_client.get(url(case_with_exhibit)))

    assert "About 8 pages, the PDF about 19" in page
    assert "Everything is in it: to keep, or for a lawyer." in page


def test_the_plan_of_a_recipient_tells_its_limits_and_who_says_so(
    case_with_exhibit: Case, alice_client: Client
):
    asked = {"plan": "1", "language": "en", "profile": "bank_chargeback"}

    page = text_of(alice_client.post(url(case_with_exhibit), asked, headers=HTMX))

    assert "At most: 20 pages, 8 MB" in page
    assert "What an acquirer takes from merchants in a chargeback" in page
    assert "one secondary source" in page
    assert not case_with_exhibit.case_files.exists()


def test_limits_of_ones_own_are_held_against_it(case_with_exhibit: Case, alice_client: Client):
    asked = {"plan": "1", "language": "en", "profile": "full", "most_pages": "3", "most_megabytes": "0.1"}

    page = text_of(alice_client.post(url(case_with_exhibit), asked))

    assert "That is too much." in page
    assert "What weighs most: E1 · 1 page, " in page
    assert "one secondary source" not in page


def test_it_is_built_as_it_was_planned(case_with_exhibit: Case, alice_client: Client):
    asked = {"language": "en", "profile": "court", "left_out": ["1"], "small_pictures": "on"}

    assert alice_client.post(url(case_with_exhibit), asked).status_code == 302

    row = case_with_exhibit.case_files.get()
    assert (row.profile, row.left_out, row.small_pictures) == ("court", [1], True)
    page = text_of(alice_client.get(url(case_with_exhibit)))
    assert "Court · English" in page
    assert "Left out: E1" in page


@pytest.mark.parametrize(
    "wrong", [{"profile": "x"}, {"left_out": ["7"]}, {"most_pages": "0"}, {"most_megabytes": "nan"}]
)
@pytest.mark.parametrize("more", [{}, {"plan": "1"}])
def test_what_cannot_be_is_refused_and_nothing_is_built(
    case_with_exhibit: Case, alice_client: Client, wrong: dict[str, object], more: dict[str, str]
):
    response = alice_client.post(url(case_with_exhibit), {"language": "en", **wrong, **more})

    assert response.status_code == 422
    assert not case_with_exhibit.case_files.exists()


def test_a_reader_sees_no_form(case_with_exhibit: Case, bob_client: Client):
    assert "About" not in text_of(bob_client.get(url(case_with_exhibit)))
