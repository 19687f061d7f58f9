"""Exhibits are read one after the other, whatever dies on the way, and what was read is in the chain."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from cases.evidence import recognition, store
from cases.evidence.recognition import Read, ReaderFailed, Unreadable
from cases.models import Case, CustodyEntry, Exhibit, Recognition, RecognitionState
from cases.services import custody, exhibits, recognitions
from tests import factories, pictures
from tracker.accounts.models import User

LINES = [("订单编号", [500, 500, 1500, 200]), ("6930112233445566778", [5000, 505, 4500, 190])]
TEXT = "订单编号 6930112233445566778"


class StandIn:
    """A reader that says the same of every page, or fails as it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.fails: list[Exception] = []

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def read(self, path: Path, media_type: str, page: int = 1) -> Read:
        assert path.exists()
        self.asked.append((media_type, page))
        if self.fails:
            raise self.fails.pop(0)
        lines: list[dict[str, Any]] = [
            {"page": page, "text": text, "score": 990, "box": box} for text, box in LINES
        ]
        return Read(lines, "stand-in 1.0")


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> StandIn:
    stand_in = StandIn()
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(recognition, "is_installed", lambda: True)
    monkeypatch.setattr(recognitions, "Reader", lambda: stand_in)
    return stand_in


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(recognitions, "enqueue_on_commit", names.append)
    monkeypatch.setattr(recognitions.cache, "add", lambda *_: True)
    return names


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What time it is; a test moves it by changing the one item."""
    now = [factories.NOON]
    monkeypatch.setattr(timezone, "now", lambda: now[0])
    yield now


def add(case: Case, alice: User, data: bytes | None = None, seed: int = 0) -> Exhibit:
    upload = pictures.upload(data or pictures.picture(seed=seed))
    return exhibits.add_exhibit(case=case, by=alice, at=factories.NOON, upload=upload)


def test_what_waits_is_read_oldest_first_and_kept_with_its_entry_in_the_chain(
    case: Case, alice: User, reader: StandIn
):
    first, second = add(case, alice), add(case, alice, seed=1)

    assert recognitions.read_waiting() == 2

    row = Recognition.objects.get(exhibit=first)
    first.refresh_from_db()
    assert (row.state, row.engine, row.attempts, row.lease_until) == ("done", "stand-in 1.0", 1, None)
    assert [line["text"] for line in row.lines] == ["订单编号", "6930112233445566778"]
    assert first.recognised_text == TEXT
    read = CustodyEntry.objects.filter(case=case, action="exhibit_read").order_by("sequence")
    assert [entry.exhibit_number for entry in read] == [first.number, second.number]
    assert read[0].details == {
        "engine": "stand-in 1.0", "lines": 2, "text_sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
    }  # fmt: skip
    assert read[0].actor == "system"
    assert custody.verify(case) == []


def test_what_was_read_is_not_read_again(case: Case, alice: User, reader: StandIn):
    add(case, alice)

    assert (recognitions.read_waiting(), recognitions.read_waiting()) == (1, 0)
    assert len(reader.asked) == 1


def test_every_page_of_a_pdf_is_read(case: Case, alice: User, reader: StandIn):
    exhibit = add(case, alice, pictures.pdf())

    recognitions.read_waiting()

    exhibit.refresh_from_db()
    assert reader.asked == [("application/pdf", 1), ("application/pdf", 2)]
    assert exhibit.recognised_text == f"{TEXT}\n\n{TEXT}"


def test_a_reader_that_dies_is_tried_three_times_and_then_it_is_said(
    case: Case, alice: User, reader: StandIn, clock: list[Any]
):
    exhibit = add(case, alice)
    for attempt in range(1, 4):
        reader.fails = [ReaderFailed("killed")]
        assert recognitions.read_waiting() == 0
        row = Recognition.objects.get(exhibit=exhibit)
        assert row.attempts == attempt
        clock[0] += recognitions.PAUSE + timedelta(seconds=1)

    assert (row.state, row.lease_until) == (RecognitionState.FAILED, None)
    assert recognitions.read_waiting() == 0
    assert not CustodyEntry.objects.filter(case=case, action="exhibit_read").exists()


def test_after_one_failure_the_next_attempt_waits_a_minute_and_others_do_not(
    case: Case, alice: User, reader: StandIn, clock: list[Any]
):
    bad, good = add(case, alice), add(case, alice, seed=1)
    reader.fails = [ReaderFailed("killed")]

    assert recognitions.read_waiting() == 1
    assert recognitions.read_waiting() == 0
    clock[0] += timedelta(seconds=61)
    assert recognitions.read_waiting() == 1

    states = dict(Recognition.objects.values_list("exhibit_id", "state"))
    assert states == {bad.pk: "done", good.pk: "done"}


def test_a_file_that_cannot_be_read_fails_at_once(case: Case, alice: User, reader: StandIn):
    exhibit = add(case, alice)
    reader.fails = [Unreadable("OSError")]

    recognitions.read_waiting()

    row = Recognition.objects.get(exhibit=exhibit)
    assert (row.state, row.attempts) == ("failed", 1)


def test_a_worker_that_was_killed_three_times_at_it_leaves_no_stuck_work(
    case: Case, alice: User, reader: StandIn, clock: list[Any]
):
    exhibit = add(case, alice)
    Recognition.objects.create(exhibit=exhibit, attempts=3, lease_until=clock[0] + timedelta(minutes=5))

    assert recognitions.read_waiting() == 0
    assert Recognition.objects.get(exhibit=exhibit).state == "waiting"
    clock[0] += timedelta(minutes=5, seconds=1)
    assert recognitions.read_waiting() == 0

    assert Recognition.objects.get(exhibit=exhibit).state == "failed"
    assert reader.asked == []


def test_a_store_that_does_not_answer_costs_no_attempt(
    case: Case, alice: User, reader: StandIn, monkeypatch: pytest.MonkeyPatch
):
    exhibit = add(case, alice)

    def away(key: str) -> Any:
        raise store.StoreTrouble("no answer")

    with monkeypatch.context() as patched:
        patched.setattr(store, "as_file", away)
        with pytest.raises(store.StoreTrouble):
            recognitions.read_waiting()

    row = Recognition.objects.get(exhibit=exhibit)
    assert (row.state, row.attempts, row.lease_until) == ("waiting", 0, None)
    assert recognitions.read_waiting() == 1


def test_what_another_worker_took_over_meanwhile_is_not_kept_twice(
    case: Case, alice: User, reader: StandIn, monkeypatch: pytest.MonkeyPatch
):
    exhibit = add(case, alice)
    read = reader.read

    def slowly(path: Path, media_type: str, page: int = 1) -> Read:
        Recognition.objects.update(attempts=2)
        return read(path, media_type, page)

    monkeypatch.setattr(reader, "read", slowly)

    assert recognitions.read_waiting() == 0
    exhibit.refresh_from_db()
    assert exhibit.recognised_text == ""
    assert Recognition.objects.get(exhibit=exhibit).state == "waiting"


def test_an_exhibit_that_was_erased_while_it_was_read_leaves_nothing(
    case: Case, alice: User, reader: StandIn, monkeypatch: pytest.MonkeyPatch
):
    exhibit = add(case, alice)
    read = reader.read

    def erased(path: Path, media_type: str, page: int = 1) -> Read:
        Exhibit.objects.filter(pk=exhibit.pk).delete()
        return read(path, media_type, page)

    monkeypatch.setattr(reader, "read", erased)

    assert recognitions.read_waiting() == 0
    assert not Recognition.objects.exists()


def test_while_another_process_of_this_machine_reads_nothing_is_done(
    case: Case, alice: User, reader: StandIn
):
    add(case, alice)

    with recognition.only_one():
        assert recognitions.read_waiting() == 0

    assert reader.asked == []


def test_the_tick_wakes_a_worker_for_what_waits_and_for_nothing_else(
    case: Case, alice: User, reader: StandIn, woken: list[str]
):
    recognitions.wake_if_waiting()
    assert woken == []

    add(case, alice)
    recognitions.wake_if_waiting()
    assert woken == ["cases.tasks.recognise"]

    recognitions.read_waiting()
    recognitions.wake_if_waiting()
    assert woken == ["cases.tasks.recognise"]


def test_without_the_library_nothing_is_taken_up_and_nothing_is_woken(
    case: Case, alice: User, reader: StandIn, woken: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recognition, "is_installed", lambda: False)
    exhibit = add(case, alice)

    recognitions.wake_if_waiting()

    assert recognitions.read_waiting() == 0
    assert woken == []
    assert recognitions.of_exhibit(exhibit) is None
