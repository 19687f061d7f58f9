"""Asking for a case file, watching it, taking it away."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import BuildState, Case, CaseFile
from cases.services import case_files, contacts
from tests import factories
from tests.views.asking import text_of
from tracker.accounts.models import User


def url(case: Case) -> str:
    return reverse("cases:case-files", args=[case.reference])


@pytest.fixture
def queued(case: Case, alice: User) -> CaseFile:
    return case_files.request_case_file(case=case, by=alice, at=factories.NOON, language="en")


def test_a_case_file_is_asked_for_in_a_language(case: Case, alice: User, alice_client: Client):
    response = alice_client.post(url(case), {"language": "zh-hans"})

    assert response["Location"] == url(case)
    row = case.case_files.get()
    assert (row.language, row.state, row.requested_by) == ("zh-hans", BuildState.QUEUED, alice)
    assert "Waiting its turn" in text_of(alice_client.get(url(case)))


def test_a_second_request_shows_the_one_under_way_and_keeps_what_was_chosen(
    case: Case, alice_client: Client, queued: CaseFile
):
    chosen = {"language": "zh-hans", "profile": "court", "most_pages": "40", "submission": "of a second tab"}

    response = alice_client.post(url(case), chosen)

    assert response.status_code == 200
    assert "Case file 1 is being made. Ask again when it is ready, or cancel it." in text_of(response)
    content = response.content.decode()
    assert '<progress id="progress-1"' in content
    checked = re.findall(r'<input type="radio"[^>]*value="([^"]+)"[^>]* checked', content)
    assert checked == ["court", "zh-hans"]
    assert case.case_files.count() == 1
    # A page that loads itself anew would lose the choices.
    assert 'http-equiv="refresh"' not in content


def test_a_double_tap_asks_once(case: Case, alice_client: Client):
    twice = {"language": "en", "submission": "one and the same"}

    answers = [alice_client.post(url(case), twice)["Location"] for _tap in range(2)]

    assert answers == [url(case)] * 2
    assert case.case_files.count() == 1


def test_a_case_file_is_asked_for_in_both_languages(case: Case, alice_client: Client):
    assert alice_client.post(url(case), {"language": "both"}).status_code == 302

    assert CaseFile.objects.get(case=case).language == "both"


def test_an_unknown_language_is_refused(case: Case, alice_client: Client):
    assert alice_client.post(url(case), {"language": "tlh"}).status_code == 422


def test_a_finished_one_is_handed_out_whole(
    case: Case, alice: User, alice_client: Client, bob_client: Client
):
    built = case_files.build_now(case=case, by=alice, at=factories.NOON, language="en")
    assert built.state == BuildState.READY, built.failure

    response = bob_client.get(f"{url(case)}1/")

    data = b"".join(response.streaming_content)
    assert hashlib.sha256(data).hexdigest() == built.sha256
    assert response["Content-Disposition"] == f'attachment; filename="case-{case.reference}-1.zip"'
    assert response["Cache-Control"] == "private, no-store"
    assert built.sha256 in text_of(alice_client.get(url(case))).replace(" ", "")


def test_an_unfinished_one_cannot_be_taken(case: Case, alice_client: Client, queued: CaseFile):
    assert alice_client.get(f"{url(case)}1/").status_code == 404
    assert alice_client.get(f"{url(case)}7/").status_code == 404


def test_a_reader_may_look_and_not_ask(case: Case, bob_client: Client):
    assert 'name="language"' not in bob_client.get(url(case)).content.decode()
    assert bob_client.post(url(case), {"language": "en"}).status_code == 403
    assert case.case_files.count() == 0


def test_a_stranger_gets_404(case: Case, mallory_client: Client, queued: CaseFile):
    assert mallory_client.get(url(case)).status_code == 404
    assert mallory_client.get(f"{url(case)}1/").status_code == 404
    assert mallory_client.post(url(case), {"language": "en"}).status_code == 404


def test_what_came_since_stands_with_each(case: Case, alice: User, alice_client: Client):
    case_files.build_now(case=case, by=alice, at=factories.NOON, language="en")
    assert "Nothing came since." in text_of(alice_client.get(url(case)))

    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="hotline", outcome="answered")

    assert "Came since: 1 contact" in text_of(alice_client.get(url(case)))
