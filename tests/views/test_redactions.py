"""Drawing boxes, typing them, looking at the result, choosing what a case file hands out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from cases.models import Case, CaseFile, Exhibit, Recognition, RecognitionState, Redaction
from cases.services import exhibit_copies, exhibits, redactions
from tests import pictures
from tests.factories import NOON
from tests.rules.screenshots import chat

pytestmark = pytest.mark.django_db

BOX = {"page": 1, "x": 1000, "y": 2000, "width": 5000, "height": 500}


def add(case: Case, data: bytes) -> Exhibit:
    row = exhibits.add_exhibit(case=case, by=case.owner, at=NOON, upload=pictures.upload(data, "chat.png"))
    exhibit_copies.make_working_copies(exhibit_id=row.pk, at=NOON)
    return row


@pytest.fixture
def exhibit(case: Case) -> Exhibit:
    return add(case, pictures.picture())


def url(exhibit: Exhibit, rest: str = "") -> str:
    return f"/cases/{exhibit.case.reference}/exhibits/{exhibit.number}/redactions/{rest}"


def made(exhibit: Exhibit) -> Redaction:
    row = redactions.ask(exhibit=exhibit, boxes=redactions.boxes_of([BOX]), by=exhibit.case.owner, at=NOON)
    redactions.make(redaction_id=row.pk)
    row.refresh_from_db()
    return row


def test_boxes_that_were_drawn_become_a_redaction(exhibit: Exhibit, alice_client: Client):
    answer = alice_client.post(url(exhibit), {"boxes": json.dumps([BOX])})

    assert (answer.status_code, answer["Location"]) == (302, url(exhibit))
    assert Redaction.objects.get().boxes == [BOX]


def test_boxes_that_were_typed_in_percent_do_too(exhibit: Exhibit, alice_client: Client):
    typed = {
        "page": ["1", "1", "1"],
        "left": ["10", "", "0"],
        "top": ["20", "", "99,5 %"],
        "width": ["50", "", "100"],
        "height": ["5", "", "0.5"],
    }

    answer = alice_client.post(url(exhibit), typed)

    assert answer.status_code == 302
    assert Redaction.objects.get().boxes == [
        {"page": 1, "x": 0, "y": 9950, "width": 10_000, "height": 50},
        BOX,
    ]


def test_more_rows_come_without_losing_what_was_typed(exhibit: Exhibit, alice_client: Client):
    page = alice_client.post(url(exhibit), {"page": "1", "left": "12.34", "more": "1"})

    said = page.content.decode()
    assert page.status_code == 200
    assert 'value="12.34"' in said
    assert said.count('name="left"') == 4
    assert not Redaction.objects.exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Draw at least one box over what is to be blacked out."),
        ({"boxes": "[]"}, "Draw at least one box"),
        ({"boxes": "no JSON"}, "The boxes did not arrive as they were drawn."),
        ({"boxes": "[" * 5000}, "The boxes did not arrive as they were drawn."),
        ({"boxes": f"[{'9' * 5000}]"}, "The boxes did not arrive as they were drawn."),
        ({"boxes": json.dumps([BOX] * 10_000)}, "At most 500 boxes are taken at once."),
        ({"boxes": json.dumps([BOX | {"page": 2}])}, "There is no page 2: E1 has 1."),
        ({"boxes": json.dumps([BOX | {"width": 0}])}, "A box has no size or lies outside its page."),
        ({"left": "ten"}, "Row 1: give left, top, width and height in percent"),
        ({"left": "NaN", "top": "1", "width": "1", "height": "1"}, "Row 1: give left, top"),
        ({"left": "1e999999", "top": "1", "width": "1", "height": "1"}, "Row 1: give left, top"),
        ({"left": "1", "top": "1", "width": "-1", "height": "1"}, "Row 1: give left, top"),
        ({"left": "60", "top": "1", "width": "50", "height": "1", "page": "1"}, "lies outside its page"),
        ({"left": "1", "top": "1", "width": "5", "height": "1", "page": "x"}, "There is no page 0"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    exhibit: Exhibit, alice_client: Client, sent: dict[str, Any], said: str
):
    page = alice_client.post(url(exhibit), sent)

    assert page.status_code == 422
    assert said in page.content.decode()
    assert not Redaction.objects.exists()


def test_a_form_sent_twice_is_one_redaction(exhibit: Exhibit, alice_client: Client):
    for _try in range(2):
        alice_client.post(url(exhibit), {"boxes": json.dumps([BOX]), "submission": "once"})

    assert Redaction.objects.count() == 1


def test_the_page_shows_the_result_before_it_is_handed_out(exhibit: Exhibit, alice_client: Client):
    row = made(exhibit)

    said = alice_client.get(url(exhibit)).content.decode()

    assert "Redacted copy 1 of E1" in said
    assert f'src="{url(exhibit, "1/pages/1/")}"' in said
    assert row.sha256[:8] in said


def test_every_page_of_a_pdf_can_be_drawn_on(case: Case, alice_client: Client):
    letter = add(case, pictures.pdf())

    said = alice_client.get(url(letter)).content.decode()

    assert 'data-redact-page="1"' in said
    assert 'data-redact-page="2"' in said


def test_a_copy_is_shown_as_a_picture_and_saved_under_a_name_that_says_so(
    exhibit: Exhibit, alice_client: Client
):
    row = made(exhibit)

    shown, saved = alice_client.get(url(exhibit, "1/pages/1/")), alice_client.get(url(exhibit, "1/"))

    assert (shown["Content-Type"], saved["Content-Type"]) == ("image/png", "image/png")
    assert saved["Content-Disposition"] == 'attachment; filename="E1-redacted-1.png"'
    assert len(saved.getvalue()) == len(shown.getvalue()) == row.size
    assert alice_client.get(url(exhibit, "1/pages/2/")).status_code == 404
    assert alice_client.get(url(exhibit, "2/")).status_code == 404


def test_a_page_of_a_pdf_is_shown_as_it_is_in_the_file(case: Case, alice_client: Client):
    letter = add(case, pictures.pdf())
    made(letter)

    page = alice_client.get(url(letter, "1/pages/2/"))

    assert page["Content-Type"] == "image/jpeg"
    assert page.content.startswith(b"\xff\xd8")
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert alice_client.get(url(letter, "1/pages/3/")).status_code == 404
    opened = alice_client.get(url(letter, "1/pages/2/"), headers={"Sec-Fetch-Dest": "document"})
    assert opened["Content-Disposition"] == "attachment"


def test_one_that_waits_is_not_to_be_had_and_the_page_asks_again(exhibit: Exhibit, alice_client: Client):
    redactions.ask(exhibit=exhibit, boxes=redactions.boxes_of([BOX]), by=exhibit.case.owner, at=NOON)

    page = alice_client.get(url(exhibit)).content.decode()

    assert 'data-hx-trigger="every 2s"' in page
    assert '<meta http-equiv="refresh"' in page
    assert alice_client.get(url(exhibit, "1/")).status_code == 404
    assert alice_client.get(url(exhibit, "1/pages/1/")).status_code == 404
    fragment = {"HX-Request": "true"}
    assert alice_client.get(url(exhibit) + "?seen=1building", headers=fragment).status_code == 204
    assert b"<html" not in alice_client.get(url(exhibit) + "?seen=x", headers=fragment).content


def test_a_reader_looks_and_draws_nothing(exhibit: Exhibit, bob_client: Client):
    made(exhibit)

    page = bob_client.get(url(exhibit))

    assert b"data-redact-page" not in page.content
    assert "Redacted copy 1 of E1" in page.content.decode()
    assert bob_client.post(url(exhibit), {"boxes": json.dumps([BOX])}).status_code == 403


def test_what_has_no_picture_is_refused_with_a_sentence(exhibit: Exhibit, alice_client: Client):
    Exhibit.objects.update(media_type="audio/mp4")

    page = alice_client.post(url(exhibit), {"boxes": json.dumps([BOX])})

    assert page.status_code == 422
    assert "Only pictures and PDF can be redacted" in page.content.decode()


def test_the_exhibits_page_lists_its_redacted_copies(exhibit: Exhibit, alice_client: Client):
    row = made(exhibit)

    said = alice_client.get(f"/cases/{exhibit.case.reference}/exhibits/1/").content.decode()

    assert "Redacted copy 1 of E1" in said
    assert row.sha256[:8] in said
    assert url(exhibit) in said


def test_pages_that_stay_as_they_are_are_told(exhibit: Exhibit, alice_client: Client):
    made(exhibit)
    Exhibit.objects.update(page_count=5)
    told = "on page 1 of 5; the others stay as they are"

    for address in (url(exhibit), f"/cases/{exhibit.case.reference}/exhibits/1/"):
        assert told in alice_client.get(address).content.decode()
    choices = alice_client.get(f"/cases/{exhibit.case.reference}/case-files/").content.decode()
    assert "Redacted copy 1 (boxes on page 1 of 5)" in choices


def test_the_case_file_takes_the_newest_copy_unless_told_otherwise(exhibit: Exhibit, alice_client: Client):
    made(exhibit)
    address = f"/cases/{exhibit.case.reference}/case-files/"
    page = alice_client.get(address).content.decode()
    assert '<option value="1" selected>Redacted copy 1</option>' in page
    assert '<option value="0">The original, with everything on it</option>' in page

    assert alice_client.post(address, {"language": "en", "redaction_1": "1"}).status_code == 302
    assert CaseFile.objects.get().redactions == {"1": 1}
    CaseFile.objects.update(state="failed")
    assert alice_client.post(address, {"language": "en", "redaction_1": "0"}).status_code == 302
    assert CaseFile.objects.first().redactions == {}  # type: ignore[union-attr]


def test_a_form_that_knew_nothing_of_the_copy_sends_no_original_out(exhibit: Exhibit, alice_client: Client):
    made(exhibit)

    page = alice_client.post(f"/cases/{exhibit.case.reference}/case-files/", {"language": "en"})

    assert page.status_code == 422
    assert not CaseFile.objects.exists()


def test_the_second_picture_of_a_redacted_screen_is_named_where_the_copies_are_chosen(
    case: Case, alice_client: Client
):
    lines = [{"page": one.page, "text": one.text, "score": one.score, "box": list(one.box)} for one in chat()]
    first, second = add(case, pictures.picture()), add(case, pictures.picture(size=(600, 1200)))
    for row in (first, second):
        Recognition.objects.create(exhibit=row, state=RecognitionState.DONE, lines=lines)
    page = f"/cases/{case.reference}/case-files/"
    assert "data-twin" not in alice_client.get(page).content.decode()

    made(first)

    shown = alice_client.get(page).content.decode()
    assert "E2 shows nearly the same as E1 and has no redacted copy: it goes out whole." in shown
    assert f'href="{url(second)}"' in shown
