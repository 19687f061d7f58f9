from __future__ import annotations

import fcntl
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.exceptions import ValidationError
from django.utils import timezone
from PIL import Image

from cases.evidence import redacting, store
from cases.evidence.redacting import Box
from cases.models import Case, CustodyEntry, Exhibit, Redaction
from cases.services import custody, exhibits, redaction_making, redactions
from tests import factories, pictures
from tests.factories import NOON
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db

HALF = Box(page=1, x=0, y=0, width=10_000, height=5_000)


def add(case: Case, data: bytes, name: str = "chat.png") -> Exhibit:
    return exhibits.add_exhibit(case=case, by=case.owner, at=NOON, upload=pictures.upload(data, name))


@pytest.fixture
def exhibit(case: Case) -> Exhibit:
    return add(case, pictures.picture())


def asked(exhibit: Exhibit, *boxes: Box) -> Redaction:
    return redactions.ask(exhibit=exhibit, boxes=boxes or (HALF,), by=exhibit.case.owner, at=NOON)


def made(exhibit: Exhibit, *boxes: Box) -> Redaction:
    redaction = asked(exhibit, *boxes)
    redactions.make(redaction_id=redaction.pk)
    redaction.refresh_from_db()
    return redaction


def test_a_redaction_is_a_file_of_its_own_that_names_its_original(exhibit: Exhibit):
    redaction = made(exhibit)

    with redactions.open_redaction(redaction) as file:
        data = file.read()
    seen = Image.open(io.BytesIO(data))
    assert redaction.failure == ""
    assert (redaction.number, redaction.media_type, redaction.width, redaction.height) == (
        1, "image/png", 270, 600,
    )  # fmt: skip
    assert redaction.size == len(data)
    assert redaction.original_sha256 == exhibit.sha256 != redaction.sha256
    assert store.digest(redaction.storage_key) == redaction.sha256
    assert redaction.storage_key == f"redactions/{exhibit.pk}/1-{redaction.sha256[:12]}.png"
    assert seen.crop((0, 0, 270, 300)).getextrema() == ((0, 0),) * 3
    assert seen.info["Comment"] == f"Redacted copy of E1, original SHA-256 {exhibit.sha256}"
    assert store.digest(exhibit.storage_key) == exhibit.sha256


def test_the_chain_says_what_was_redacted_and_holds(exhibit: Exhibit):
    redaction = made(exhibit, HALF, Box(1, 0, 6_000, 100, 100))

    entry = CustodyEntry.objects.get(action="exhibit_redacted")
    assert (entry.exhibit_number, entry.exhibit_sha256) == (1, exhibit.sha256)
    assert entry.actor == f"user:{exhibit.case.owner.pk}"
    assert entry.details == {"redaction": 1, "sha256": redaction.sha256, "boxes": 2, "pages": [1]}
    assert custody.verify(exhibit.case) == []


def test_each_page_of_a_pdf_is_shown_as_it_is_in_the_file(case: Case):
    redaction = made(add(case, pictures.pdf(), "letter.pdf"), Box(2, 0, 0, 10_000, 10_000))

    page, media_type = redactions.open_page(redaction, 2)

    assert (redaction.media_type, redaction.page_count, media_type) == ("application/pdf", 2, "image/jpeg")
    assert isinstance(page, bytes)
    assert Image.open(io.BytesIO(page)).getextrema() == ((0, 0),) * 3
    with pytest.raises(ValidationError, match="There is no such page"):
        redactions.open_page(redaction, 3)


def test_other_boxes_are_another_redaction_and_the_same_ones_the_same(exhibit: Exhibit):
    first = made(exhibit, HALF)

    assert asked(exhibit, HALF) == first
    assert asked(exhibit, HALF, HALF) == first
    assert asked(exhibit, Box(1, 0, 0, 5_000, 5_000)).number == 2


@pytest.mark.parametrize(
    ("boxes", "said"),
    [
        ((), "Draw at least one box over what is to be blacked out."),
        ((Box(1, 0, 0, 0, 100),), "A box has no size or lies outside its page."),
        ((Box(1, 0, 0, 100, -5),), "A box has no size or lies outside its page."),
        ((Box(1, -1, 0, 100, 100),), "A box has no size or lies outside its page."),
        ((Box(1, 9_950, 0, 51, 100),), "A box has no size or lies outside its page."),
        ((Box(1, 0, 10**9, 1, 1),), "A box has no size or lies outside its page."),
        ((Box(2, 0, 0, 100, 100),), "There is no page 2: E1 has 1."),
        ((Box(0, 0, 0, 100, 100),), "There is no page 0: E1 has 1."),
        ((HALF,) * 10_000, "At most 500 boxes are taken at once."),
    ],
)
def test_boxes_that_cannot_be_get_a_sentence(exhibit: Exhibit, boxes: tuple[Box, ...], said: str):
    with pytest.raises(ValidationError, match=said):
        redactions.ask(exhibit=exhibit, boxes=boxes, by=exhibit.case.owner, at=NOON)
    assert not Redaction.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        None, "boxes", {"page": 1}, [1], [{}], [{"page": 1, "x": 0, "y": 0, "width": 1}],
        [{"page": 1, "x": 0.5, "y": 0, "width": 1, "height": 1}],
        [{"page": True, "x": 0, "y": 0, "width": 1, "height": 1}],
        [{"page": 10**40, "x": 0, "y": 0, "width": 1, "height": 1}],
        [{"page": 1, "x": 0, "y": 0, "width": 1, "height": 1, "z": 1}],
    ],
)  # fmt: skip
def test_what_is_no_list_of_boxes_gets_a_sentence(raw: object):
    with pytest.raises(ValidationError, match="The boxes did not arrive as they were drawn"):
        redactions.boxes_of(raw)


def test_ten_thousand_boxes_are_refused_before_they_are_looked_at():
    with pytest.raises(ValidationError, match="At most 500 boxes"):
        redactions.boxes_of([{}] * 10_000)


def test_a_kind_without_a_picture_cannot_be_redacted(exhibit: Exhibit):
    exhibit.media_type = "audio/mp4"

    with pytest.raises(ValidationError, match="Only pictures and PDF can be redacted"):
        asked(exhibit)


def test_an_exhibit_has_at_most_fifty(exhibit: Exhibit, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(redactions, "MOST_OF_AN_EXHIBIT", 1)
    asked(exhibit)

    with pytest.raises(ValidationError, match="E1 has 1 redacted copies already"):
        asked(exhibit, Box(1, 1, 1, 1, 1))


def test_redacted_copies_count_into_the_share_of_the_disk(exhibit: Exhibit, settings: object):
    first = made(exhibit)
    settings.USER_MAX_BYTES = 2 * exhibit.size + first.size - 1  # type: ignore[attr-defined]

    with pytest.raises(ValidationError, match="The evidence of this account would pass"):
        asked(exhibit, Box(1, 1, 1, 1, 1))


def test_a_maker_that_died_leaves_its_work_to_the_sweep(
    exhibit: Exhibit, monkeypatch: pytest.MonkeyPatch, woken: list[int]
):
    redaction = asked(exhibit)

    def killed(*_arguments: object, **_more: object) -> None:
        raise SystemExit(9)

    monkeypatch.setattr(redacting, "redact", killed)
    with pytest.raises(SystemExit):
        redactions.make(redaction_id=redaction.pk)
    monkeypatch.undo()
    left = Path(site.FILE_UPLOAD_TEMP_DIR) / f"redaction-{redaction.pk}-left"
    left.write_bytes(b"half of it")

    assert redactions.make_waiting() == 0  # its lease still runs
    Redaction.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert redactions.make_waiting() == 1
    redactions.make(redaction_id=redaction.pk)

    redaction.refresh_from_db()
    assert (redaction.is_made, redaction.attempts) == (True, 2)
    assert not left.exists()
    assert CustodyEntry.objects.filter(action="exhibit_redacted").count() == 1


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    ids: list[int] = []
    monkeypatch.setattr(redaction_making, "wake", ids.append)
    return ids


def test_the_sweep_finds_what_a_lost_message_left(exhibit: Exhibit, woken: list[int]):
    redaction = asked(exhibit)
    Redaction.objects.update(asked_at=timezone.now() - timedelta(minutes=2))

    assert redactions.make_waiting() == 1
    assert woken == [redaction.pk]


def test_after_three_attempts_it_says_so(exhibit: Exhibit):
    redaction = asked(exhibit)
    Redaction.objects.update(attempts=3, lease_until=timezone.now() - timedelta(seconds=1))

    assert redactions.make_waiting() == 0

    redaction.refresh_from_db()
    assert redaction.failure.startswith("It could not be made in 3 attempts")
    assert not redaction.is_made


def test_one_at_a_time_and_the_next_is_woken(exhibit: Exhibit, woken: list[int]):
    first, second = asked(exhibit), asked(exhibit, Box(1, 1, 1, 1, 1))
    with (Path(site.DATA_DIR) / "redacting.lock").open("ab") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        redactions.make(redaction_id=first.pk)
    first.refresh_from_db()
    assert (first.is_made, first.attempts) == (False, 0)

    redactions.make(redaction_id=first.pk)

    first.refresh_from_db()
    assert first.is_made
    assert woken[-1] == second.pk


def test_what_cannot_be_drawn_fails_with_a_sentence_and_is_not_tried_again(
    exhibit: Exhibit, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(redacting, "_run", lambda *_arguments: b"no measures")

    redaction = made(exhibit)

    assert redaction.failure.startswith("It could not be drawn in full")
    assert redactions.make_waiting() == 0
    assert not CustodyEntry.objects.filter(action="exhibit_redacted").exists()


def test_of_an_original_that_was_altered_no_copy_is_made(exhibit: Exhibit):
    redaction = asked(exhibit)
    Redaction.objects.update(original_sha256="0" * 64)

    redactions.make(redaction_id=redaction.pk)

    redaction.refresh_from_db()
    assert redaction.failure.startswith("E1 is no longer what was received, so no redacted copy was made.")


def test_an_exhibit_that_was_erased_meanwhile_leaves_no_file(
    exhibit: Exhibit, monkeypatch: pytest.MonkeyPatch
):
    redaction, draw = asked(exhibit, Box(1, 77, 77, 777, 777)), redacting.redact
    before = set(store.keys())

    def erased_meanwhile(*arguments: object, **more: object) -> object:
        result = draw(*arguments, **more)  # type: ignore[arg-type]
        monkeypatch.setattr(redaction_making, "_prolong", lambda _redaction: None)
        Redaction.objects.all().delete()
        return result

    monkeypatch.setattr(redacting, "redact", erased_meanwhile)

    redactions.make(redaction_id=redaction.pk)

    assert set(store.keys()) == before


def test_what_is_handed_out_is_chosen_by_number_or_is_the_newest(case: Case, exhibit: Exhibit):
    made(exhibit)
    made(exhibit, Box(1, 1, 1, 1, 1))
    asked(exhibit, Box(1, 2, 2, 2, 2))

    assert redactions.chosen(case, None) == {"1": 2}
    assert redactions.chosen(case, {1: 1}) == {"1": 1}
    assert redactions.chosen(case, {}) == {}
    for wrong in ({1: 3}, {1: 9}, {2: 1}):
        with pytest.raises(ValidationError, match="There is no finished redacted copy"):
            redactions.chosen(case, wrong)


def test_redactions_of_another_case_are_not_to_be_had(case: Case, exhibit: Exhibit, alice: User):
    made(exhibit)
    other = factories.make_case(owner=alice)

    assert redactions.chosen(other, None) == {}
    with pytest.raises(ValidationError):
        redactions.chosen(other, {1: 1})
