"""Working copies are drawn once, by whoever comes first; what cannot be drawn is noted and left alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from cases.evidence import pdf_child, store
from cases.models import Case, CustodyEntry, Exhibit, WorkingCopy
from cases.services import custody, exhibit_copies, exhibit_intake, exhibits
from tests import hostile, pictures, recordings
from tests.factories import NOON
from tracker import env
from tracker.accounts.models import User

# Whole by its checksums, too large to be decoded at the door, and with no pixels in it.
NOT_DRAWABLE = hostile.png_of(
    (b"IHDR", b"\0\0\x07\xd0\0\0\x07\xd0\x08\x02\0\0\0"), (b"IDAT", b"no stream"), (b"IEND", b"")
)


@pytest.fixture(autouse=True)
def evidence(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGES = {**settings.STORAGES, "evidence": env.storage(tmp_path / "evidence")}
    return tmp_path / "evidence"


def add(case: Case, by: User, data: bytes | None = None, at: Any = NOON) -> Exhibit:
    upload = pictures.upload(pictures.picture() if data is None else data)
    return exhibits.add_exhibit(case=case, by=by, at=at, upload=upload)


def test_a_worker_is_woken_when_the_exhibit_is_committed(
    case: Case, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[tuple[Any, ...]] = []
    monkeypatch.setattr(exhibit_intake, "enqueue_on_commit", lambda *args: woken.append(args))

    exhibit = add(case, alice)

    assert ("cases.tasks.make_working_copies", exhibit.pk) in woken


def test_preview_and_thumbnail_are_stored_with_their_hashes(case: Case, alice: User, evidence: Path) -> None:
    exhibit = add(case, alice, pictures.encoded(pictures.screenshot(), "JPEG"))
    assert exhibits.thumbnail_of(exhibit) is None

    exhibits.make_working_copies(exhibit_id=exhibit.pk, at=NOON)

    preview, thumbnail = exhibits.preview_of(exhibit), exhibits.thumbnail_of(exhibit)
    assert preview is not None and thumbnail is not None
    assert (preview.width, preview.height) == (720, 1600)
    assert (thumbnail.width, thumbnail.height) == (240, 533)
    assert thumbnail.storage_key == f"copies/{exhibit.pk}/thumbnail-1.jpg"
    for copy in (preview, thumbnail):
        with exhibits.open_working_copy(copy) as file:
            data = file.read()
        assert (copy.size, copy.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert (copy.media_type, copy.made_at) == ("image/jpeg", NOON)


def test_drawing_twice_changes_nothing(case: Case, alice: User) -> None:
    exhibit = add(case, alice)

    for _turn in range(2):
        exhibits.make_working_copies(exhibit_id=exhibit.pk, at=NOON)

    assert WorkingCopy.objects.count() == 2


def test_a_worker_that_died_before_its_rows_is_followed_by_one_that_finishes(
    case: Case, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    exhibit = add(case, alice)

    def die(*_args: Any, **_keywords: Any) -> None:
        raise ZeroDivisionError("a fault")

    with monkeypatch.context() as patch:
        patch.setattr(WorkingCopy, "__init__", die)
        with pytest.raises(ZeroDivisionError):
            exhibits.make_working_copies(exhibit_id=exhibit.pk, at=NOON)
    assert len(list(store.keys())) > 1

    exhibits.make_working_copies(exhibit_id=exhibit.pk, at=NOON)

    assert exhibits.thumbnail_of(exhibit) is not None


def test_a_copy_that_an_older_version_left_without_a_row_is_replaced(
    case: Case, alice: User, evidence: Path
) -> None:
    exhibit = add(case, alice)
    left = evidence / store.copy_key(exhibit.pk, "preview", 1, "jpg")
    left.parent.mkdir(parents=True)
    left.write_bytes(b"drawn by an older version")

    exhibits.make_working_copies(exhibit_id=exhibit.pk, at=NOON)

    preview = exhibits.preview_of(exhibit)
    assert preview is not None
    assert store.digest(preview.storage_key) == preview.sha256


def test_an_original_that_cannot_be_drawn_is_noted_once_and_kept(case: Case, alice: User) -> None:
    exhibit = add(case, alice, NOT_DRAWABLE)
    assert exhibits.is_drawable(exhibit)

    for _turn in range(2):
        exhibits.make_working_copies(exhibit_id=exhibit.pk, at=NOON)

    noted = CustodyEntry.objects.get(action="exhibit_not_drawable")
    assert (noted.actor, noted.exhibit_number, noted.details) == ("system", 1, {"reason": "damaged"})
    assert not exhibits.is_drawable(exhibit)
    assert exhibits.thumbnail_of(exhibit) is None
    assert exhibits.verify_original(exhibit) is exhibits.OriginalState.WHOLE
    assert custody.verify(case) == []


def test_an_exhibit_that_went_away_meanwhile_is_no_failure(case: Case, alice: User) -> None:
    exhibit = add(case, alice)
    exhibit_id = exhibit.pk
    exhibit.delete()

    exhibits.make_working_copies(exhibit_id=exhibit_id, at=NOON)

    assert not WorkingCopy.objects.exists()


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The exhibits a worker was woken for, by a tick that remembers no earlier one."""
    cache.clear()
    woken: list[int] = []
    monkeypatch.setattr(
        exhibit_copies, "enqueue_on_commit", lambda task, exhibit_id: woken.append(exhibit_id)
    )
    return woken


def test_the_tick_asks_once_for_what_the_queue_lost_and_leaves_what_just_came_in(
    case: Case, alice: User, asked_for: list[int]
) -> None:
    lost = add(case, alice, pictures.picture(seed=1), at=timezone.now() - timedelta(minutes=5))
    add(case, alice, pictures.picture(seed=2), at=timezone.now())

    assert exhibits.make_missing_working_copies() == 1
    assert exhibits.make_missing_working_copies() == 0

    assert asked_for == [lost.pk]
    assert exhibits.thumbnail_of(lost) is None  # drawing is slow, and the tick has reminders to send


def test_the_tick_does_not_ask_for_what_cannot_be_drawn(
    case: Case, alice: User, asked_for: list[int]
) -> None:
    hopeless = add(case, alice, NOT_DRAWABLE, at=timezone.now() - timedelta(days=400))
    exhibits.make_working_copies(exhibit_id=hopeless.pk, at=NOON)

    assert exhibits.make_missing_working_copies() == 0


def test_the_tick_asks_for_a_few_at_a_time(
    case: Case, alice: User, asked_for: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exhibit_copies, "ASKED_AT_ONCE", 2)
    late = [add(case, alice, pictures.picture(seed=seed)).pk for seed in range(3)]

    assert [exhibits.make_missing_working_copies() for _ in range(3)] == [2, 1, 0]
    assert asked_for == late


def test_a_crash_of_the_pdf_reader_ends_in_a_note_and_not_in_the_worker(
    case: Case, alice: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    exhibit = add(case, alice, pictures.pdf())
    crash = tmp_path / "crash.py"
    crash.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(pdf_child, "__file__", str(crash))

    exhibits.make_working_copies(exhibit_id=exhibit.pk, at=NOON)

    assert not exhibits.is_drawable(exhibit)


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        (pictures.pdf, {"preview", "thumbnail", "page-1", "page-2"}),
        (lambda: "我：退款呢\n客服：今天".encode(), {"preview", "thumbnail", "page-1"}),
        (lambda: recordings.recording("mp4"), {"preview", "thumbnail"}),
        (lambda: recordings.recording("amr"), {"playable-1"}),
        (lambda: recordings.recording("mp3"), set()),
    ],
    ids=["pdf", "text", "film", "call", "music"],
)
def test_each_kind_has_the_copies_that_show_it(
    case: Case, alice: User, data: Callable[[], bytes], kinds: set[str]
) -> None:
    exhibit = add(case, alice, data())

    for _turn in range(2):
        exhibits.make_working_copies(exhibit_id=exhibit.pk, at=NOON)

    made = {
        f"{copy.kind}-{copy.page}" if copy.kind in {"page", "playable"} else copy.kind
        for copy in exhibit.working_copies.all()
    }
    assert made == kinds
    assert exhibits.is_drawable(exhibit)


def test_the_pages_of_a_document_and_the_sound_of_a_call_are_found(case: Case, alice: User) -> None:
    document, call = add(case, alice, pictures.pdf()), add(case, alice, recordings.recording("amr"))
    for exhibit in (document, call):
        exhibits.make_working_copies(exhibit_id=exhibit.pk, at=NOON)

    page, sound = exhibit_copies.page_of(document, 2), exhibit_copies.playable_of(call)

    assert page is not None and (page.width, page.height, page.media_type) == (1080, 1529, "image/jpeg")
    assert exhibit_copies.page_of(document, 3) is None
    assert sound is not None and (sound.media_type, sound.width) == ("audio/mpeg", 0)
    assert sound.storage_key == f"copies/{call.pk}/playable-1.mp3"


def test_the_tick_asks_for_the_sound_of_a_call_and_not_for_pictures_of_music(
    case: Case, alice: User, asked_for: list[int]
) -> None:
    late = timezone.now() - timedelta(minutes=5)
    call = add(case, alice, recordings.recording("amr"), at=late)
    add(case, alice, recordings.recording("m4a"), at=late)

    assert exhibits.make_missing_working_copies() == 1
    assert asked_for == [call.pk]
