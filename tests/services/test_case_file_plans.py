"""What a case file would be is told before it is built, and is what it becomes."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.core.exceptions import ValidationError

from cases.casefile import layout
from cases.casefile.verify import verify
from cases.models import Case, CaseFile, CustodyEntry
from cases.services import case_files, exhibits
from cases.services.case_file_plans import MadeFor, plan
from tests import pictures
from tests.casefile import stories
from tests.casefile.stories import at
from tracker.accounts.models import User


@pytest.fixture
def parcel(alice: User) -> Case:
    """Four exhibits, all drawn."""
    case = stories.lost_parcel(alice)
    for exhibit in case.exhibits.all():
        exhibits.make_working_copies(exhibit_id=exhibit.pk, at=at(9, 11))
    return case


def built(case: Case, made_for: MadeFor, **more: Any) -> tuple[CaseFile, dict[str, bytes]]:
    case_file = case_files.build_now(
        case=case, by=case.owner, at=at(9, 12), language="zh-hans", made_for=made_for, **more
    )
    assert case_file.state == "ready", case_file.failure
    with case_files.open_zip(case_file) as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        return case_file, {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("profile", ["full", "bank_chargeback"])
def test_the_estimate_is_near_what_is_built(parcel: Case, profile: str):
    told = plan(parcel, MadeFor(profile))

    _case_file, files = built(parcel, MadeFor(profile))

    document = files[layout.DOCUMENT]
    assert abs(told.pages - len(pypdfium2.PdfDocument(document))) <= 1
    assert 0.6 < told.size / len(document) < 1.5


def test_small_pictures_make_a_smaller_document(parcel: Case):
    _large, large = built(parcel, MadeFor("court"))
    case_file, small = built(parcel, MadeFor("court", small_pictures=True))

    assert plan(parcel, case_file_of(case_file)).size < plan(parcel, MadeFor("court")).size
    assert len(small[layout.DOCUMENT]) < len(large[layout.DOCUMENT])
    originals = {name: content for name, content in large.items() if name.startswith(layout.EXHIBITS)}
    assert originals.items() <= small.items()


def case_file_of(row: CaseFile) -> MadeFor:
    return MadeFor(row.profile, frozenset(row.left_out), row.small_pictures)


def test_too_much_for_a_bank_names_what_weighs_most(parcel: Case):
    tight = plan(parcel, MadeFor("bank_chargeback"), most_pages=3, most_megabytes=0.1)
    wide = plan(parcel, MadeFor("bank_chargeback"))

    assert (tight.too_many_pages, tight.too_large, tight.is_from_profile) == (True, True, False)
    assert len(tight.heaviest) == 3
    assert [one.size for one in tight.heaviest] == sorted((one.size for one in tight.weights), reverse=True)[
        :3
    ]
    assert (wide.most_pages, wide.most_bytes, wide.is_from_profile) == (20, 8_000_000, True)
    assert (wide.too_many_pages, wide.too_large) == (False, False)
    assert plan(parcel, MadeFor("samr_12315")).most_pages is None


def test_what_is_left_out_is_nowhere_in_it_and_said_to_be_missing(parcel: Case, tmp_path: Path):
    hidden = parcel.exhibits.get(number=2)

    case_file, files = built(parcel, MadeFor("court", frozenset({2})))

    content = json.loads(files[layout.CASE_JSON])
    assert [one["number"] for one in content["exhibits"]] == [1, 3, 4]
    assert content["left_out"] == [{"number": 2, "sha256": hidden.sha256}]
    assert all(2 not in contact["exhibits"] for contact in content["contacts"])
    assert not any(name.startswith(f"{layout.EXHIBITS}E002") for name in files)
    text = "".join(
        page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(files[layout.DOCUMENT])
    )
    assert "left these out of this case file: E2." in text or "未放入本档案：E2。" in text
    requested = CustodyEntry.objects.get(action="case_file_requested")
    assert (requested.details["profile"], requested.details["left_out"]) == ("court", [2])

    path = tmp_path / "left-out.zip"
    with case_files.open_zip(case_file) as file:
        path.write_bytes(file.read())
    verdict = verify(path, key=case_files.own_key().public_pem)
    assert verdict.is_unaltered
    assert "E2" in " ".join(note.text.en for note in verdict.notes)


def test_what_left_out_exhibits_have_redacted_is_no_choice(parcel: Case):
    case_file, _files = built(parcel, MadeFor(left_out=frozenset({1, 2, 3, 4})))

    assert (case_file.redactions, case_file.left_out) == ({}, [1, 2, 3, 4])


@pytest.mark.parametrize(
    ("made_for", "field"), [(MadeFor("nobody"), "profile"), (MadeFor(left_out=frozenset({9})), "left_out")]
)
def test_what_is_not_there_cannot_be_asked_for(parcel: Case, made_for: MadeFor, field: str):
    with pytest.raises(ValidationError) as error:
        case_files.request_case_file(
            case=parcel, by=parcel.owner, at=at(9, 12), language="en", made_for=made_for
        )

    assert list(error.value.message_dict) == [field]
    assert not parcel.case_files.exists()


def test_a_picture_that_is_not_drawn_yet_counts_with_its_own_size(case: Case, alice: User):
    stories.add_exhibit(case, alice, at(6, 20), pictures.picture("PNG"), "聊天.png", "与店铺的聊天")

    told = plan(case, MadeFor("seller_letter"))

    assert told.weights[0].pages == 1
    assert told.weights[0].size > 0
