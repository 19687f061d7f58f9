"""Hints are worked out from what is stored, and need what a machine read only where they speak of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image, PngImagePlugin

from cases.models import Case, Exhibit, ExhibitSource, Recognition, RecognitionState
from cases.rules.readings_rows import Line
from cases.services import contacts, exhibits, hints
from tests import pictures
from tests.factories import NOON
from tests.rules.screenshots import chat


def exhibit(case: Case, number: int, lines: list[Line] | None = None, **fields: Any) -> Exhibit:
    """A row as intake writes it; no bytes are needed for hints."""
    row = Exhibit.objects.create(
        **{
            "case": case,
            "number": number,
            "sha256": f"{number:064x}",
            "size": 1000,
            "media_type": "image/png",
            "storage_key": f"originals/x/{number}",
            "width": 1080,
            "height": 2400,
            "source": ExhibitSource.UPLOAD,
            "received_at": NOON,
            **fields,
        }
    )
    if lines is not None:
        stored = [
            {"page": one.page, "text": one.text, "score": one.score, "box": list(one.box)} for one in lines
        ]
        Recognition.objects.create(exhibit=row, state=RecognitionState.DONE, lines=stored)
    return row


def codes(found: Any) -> list[str]:
    return [hint.code for hint in found]


def test_an_exhibit_that_is_as_it_should_be_has_no_hint(case: Case):
    row = exhibit(case, 1, chat())

    assert hints.hints_of(row) == ()
    assert hints.hints_of_case(case) == {}


def test_the_program_of_the_file_needs_no_reading(case: Case):
    row = exhibit(case, 1, metadata={"software": ["GIMP 2.10"]})

    assert codes(hints.hints_of(row)) == ["edited"]


def test_the_clock_is_that_of_the_owner(case: Case):
    # 21:07 on the screen; 13:00 UTC is 21:00 in Shanghai, where alice lives.
    assert case.owner.zone.key == "Asia/Shanghai"
    fits = exhibit(
        case, 1, chat(clock="21:07"), claimed_at=NOON.replace(hour=13), received_at=NOON.replace(hour=14)
    )
    differs = exhibit(
        case,
        2,
        chat(0, 4, clock="21:07", name="抖音客服"),
        claimed_at=NOON,
        received_at=NOON.replace(hour=14),
    )

    assert hints.hints_of(fits) == ()
    assert codes(hints.hints_of(differs)) == ["clock_differs"]


def test_the_camera_without_an_offset_goes_by_the_owners_clock(case: Case):
    fits = exhibit(case, 1, claimed_at=NOON, metadata={"taken_at": "2026-09-01T10:05:00", "camera": True})
    differs = exhibit(
        case, 2, claimed_at=NOON, metadata={"taken_at": "2026-09-01T10:05:00+00:00", "camera": True}
    )

    assert hints.hints_of(fits) == ()
    assert codes(hints.hints_of(differs)) == ["camera_differs"]


def test_a_gap_is_looked_for_among_the_pictures_of_one_contact(case: Case):
    rows = [exhibit(case, 1, chat(0, 5)), exhibit(case, 2, chat(5, 10), received_at=NOON + timedelta(days=2))]
    assert hints.hints_of_case(case) == {}

    contacts.log_contact(
        case=case, by=case.owner, at=NOON, channel="shop_message", outcome="answered", exhibits=rows
    )

    assert {number: codes(found) for number, found in hints.hints_of_case(case).items()} == {
        1: ["gap"],
        2: ["gap"],
    }


@pytest.mark.parametrize(
    "stored",
    [
        None,
        {"a": 1},
        [1, "x", None, {}],
        [{"page": 1, "text": "x", "score": 1, "box": [1, 2]}],
        [{"page": "x", "text": "x", "score": 1, "box": [1, 2, 3, 4]}],
    ],
)
def test_lines_that_are_none_are_passed_over(case: Case, stored: Any):
    row = exhibit(case, 1)
    Recognition(exhibit=row, state=RecognitionState.DONE, lines=stored if stored is not None else []).save()

    assert hints.hints_of(row) == ()


@pytest.mark.parametrize(
    "notes", [[], {"software": 7, "taken_at": 5}, {"taken_at": "0001-01-01T00:00:00"}, {"taken_at": "soon"}]
)
def test_notes_that_are_none_are_passed_over(case: Case, notes: Any):
    assert hints.hints_of(exhibit(case, 1, metadata=notes, claimed_at=NOON)) == ()


def test_hints_take_three_queries_however_many_exhibits_there_are(case: Case):
    for number in range(1, 13):
        exhibit(case, number, chat(0, 4))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = hints.hints_of_case(Case.objects.get(pk=case.pk))

    assert len(queries) == 4  # the case itself, its owner, exhibits with what was read, contacts
    assert codes(found[12]) == ["nearly_same"]


def test_what_a_file_says_of_itself_is_kept_when_it_comes_in(case: Case):
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Software", "GIMP 2.10")
    upload = pictures.upload(pictures.encoded(Image.new("RGB", (40, 80)), "PNG", pnginfo=notes))

    row = exhibits.add_exhibit(case=case, by=case.owner, at=NOON, upload=upload)

    row.refresh_from_db()
    assert row.metadata == {"software": ["GIMP 2.10"]}
    assert codes(hints.hints_of(row)) == ["edited"]


def test_what_shows_the_same_as_a_redacted_exhibit_is_named_while_it_is_not_redacted_itself(case: Case):
    for number in (1, 2, 4):
        exhibit(case, number, chat())
    exhibit(case, 3, chat(4, 10, name="抖音客服"))

    assert hints.uncovered_twins(case, [1]) == [(2, 1), (4, 1)]
    assert hints.uncovered_twins(case, [2]) == [(1, 2), (4, 2)]
    assert hints.uncovered_twins(case, [1, 2, 4]) == []
    assert hints.uncovered_twins(case, [3]) == []
