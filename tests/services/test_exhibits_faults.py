"""Whatever fails or dies while a file comes in: the whole exhibit is there, or nothing of it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections

from cases.evidence import store
from cases.evidence.refused import Refused
from cases.models import Case, CustodyEntry, Exhibit
from cases.services import contacts, custody, exhibit_intake, exhibits, scrub
from tests import factories, pictures
from tests.factories import NOON
from tests.running import CHECKOUT, clean_environment
from tracker import env
from tracker.accounts.models import User


@pytest.fixture(autouse=True)
def evidence(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGES = {**settings.STORAGES, "evidence": env.storage(tmp_path / "evidence")}
    return tmp_path / "evidence"


@pytest.fixture
def owner(committed_db: str) -> User:
    return factories.make_user("owner@example.org")


def add(case: Case, by: User, seed: int = 0) -> Exhibit:
    return exhibits.add_exhibit(
        case=case, by=by, at=NOON, upload=pictures.upload(pictures.picture(seed=seed))
    )


def explode(*_args: Any, **_keywords: Any) -> None:
    raise ZeroDivisionError("a fault")


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (custody, "record"),
        (exhibit_intake, "enqueue_on_commit"),
        (exhibit_intake, "_next_number"),
        (exhibit_intake, "lock"),
    ],
)
def test_a_fault_between_put_and_commit_leaves_neither_row_nor_file(
    case: Case, alice: User, monkeypatch: pytest.MonkeyPatch, where: Any, name: str
) -> None:
    entries = CustodyEntry.objects.count()
    monkeypatch.setattr(where, name, explode)

    with pytest.raises(ZeroDivisionError):
        add(case, alice)

    assert list(store.keys()) == []
    assert not Exhibit.objects.exists()
    assert CustodyEntry.objects.count() == entries


def test_a_commit_that_fails_takes_the_file_away_again(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    case = factories.make_case(owner=owner)
    real = connection.commit

    def commit() -> None:
        if Exhibit.objects.exists():
            raise DatabaseError("disk full")
        real()

    with monkeypatch.context() as patch:
        patch.setattr(connection, "commit", commit)
        with pytest.raises(DatabaseError):
            add(case, owner)

    assert list(store.keys()) == []
    assert not Exhibit.objects.exists()


def test_a_file_that_another_case_names_outlives_a_failed_upload(
    case: Case, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = add(factories.make_case(owner=alice), alice)
    monkeypatch.setattr(custody, "record", explode)

    with pytest.raises(ZeroDivisionError):
        add(case, alice)

    assert exhibits.verify_original(kept) is exhibits.OriginalState.WHOLE


def test_a_file_taken_away_by_a_failed_twin_is_put_back(
    case: Case, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = exhibit_intake.lock

    def lock_after_the_twin_cleaned_up(owner: User, case: Case) -> None:
        for key in list(store.keys()):
            store.delete(key)
        lock(owner, case)

    monkeypatch.setattr(exhibit_intake, "lock", lock_after_the_twin_cleaned_up)

    assert exhibits.verify_original(add(case, alice)) is exhibits.OriginalState.WHOLE


def test_a_disk_that_is_full_is_said_and_the_next_upload_works(
    case: Case, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(Refused, match="no room left to keep this file"):
            add(case, alice)

    assert list(store.keys()) == []
    assert add(case, alice).label == "E1"


def test_an_object_store_out_of_reach_is_said(
    case: Case, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_URL", "s3://key:secret@127.0.0.1:9/evidence?secure=false")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    settings.STORAGES = {**settings.STORAGES, "evidence": env.storage(Path("/nowhere"))}

    with pytest.raises(Refused) as refused:
        add(case, alice)

    assert refused.value.code == "store_trouble"
    assert not Exhibit.objects.exists()


def test_a_rotten_file_is_not_overwritten_by_the_same_upload(case: Case, alice: User, evidence: Path) -> None:
    first = add(factories.make_case(owner=alice), alice)
    (evidence / first.storage_key).write_bytes(b"rotten")

    with pytest.raises(Refused) as refused:
        add(case, alice)

    assert refused.value.code == "store_trouble"
    assert (evidence / first.storage_key).read_bytes() == b"rotten"


def in_threads(work: Callable[[int], None], count: int) -> None:
    """Run work(0), work(1), ... at the same moment, each with a database connection of its own."""
    start = threading.Barrier(count)
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            start.wait()
            work(number)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_ten_uploads_at_once_cannot_pass_the_share_of_their_owner(owner: User, settings: Any) -> None:
    sizes = [len(pictures.picture(seed=seed)) for seed in range(10)]
    settings.USER_MAX_BYTES = max(sizes) * 3
    cases = [factories.make_case(owner=owner) for _number in range(10)]
    refused: list[str | None] = []

    def work(number: int) -> None:
        try:
            add(cases[number], owner, seed=number)
        except Refused as refusal:
            refused.append(refusal.code)

    in_threads(work, 10)

    taken = Exhibit.objects.all()
    assert len(taken) + len(refused) == 10
    assert set(refused) == {"no_room_for_user"}
    assert 3 <= len(taken) <= 4
    assert sum(exhibit.size for exhibit in taken) <= settings.USER_MAX_BYTES
    assert sorted(store.keys()) == sorted(exhibit.storage_key for exhibit in taken)


def test_ten_uploads_at_once_into_one_case_are_numbered_one_to_ten(owner: User) -> None:
    case = factories.make_case(owner=owner)

    def work(number: int) -> None:
        add(case, owner, seed=number)

    in_threads(work, 10)

    assert [exhibit.number for exhibit in case.exhibits.all()] == list(range(1, 11))
    assert custody.verify(case) == []
    assert list(scrub.scrub()) == []


def test_the_same_file_ten_times_at_once_becomes_one_exhibit(owner: User) -> None:
    case = factories.make_case(owner=owner)
    refused: list[list[str]] = []

    def work(_number: int) -> None:
        try:
            add(case, owner)
        except Refused as refusal:
            refused.append(refusal.messages)

    in_threads(work, 10)

    assert refused == [["This very file is already in the case as E1."]] * 9
    assert list(scrub.scrub()) == []


def test_uploads_and_contacts_that_cross_do_not_block_each_other(owner: User) -> None:
    case = factories.make_case(owner=owner)

    def work(number: int) -> None:
        if number % 2:
            add(case, owner, seed=number)
        else:
            contacts.log_contact(case=case, by=owner, at=NOON, channel="shop_message", outcome="no_answer")

    in_threads(work, 8)

    assert (case.exhibits.count(), case.contacts.count()) == (4, 4)
    assert custody.verify(case) == []


def test_kill_9_in_the_middle_of_uploads_leaves_no_row_without_its_file(
    committed_db: str, owner: User, tmp_path: Path
) -> None:
    case = factories.make_case(owner=owner)
    environment = clean_environment(DATABASE_URL=committed_db, DATA_DIR=str(tmp_path))
    acknowledged: list[str] = []
    chance = random.Random(7)  # noqa: S311 - when to kill, not a secret

    for turn in range(4):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.uploads", owner.email, case.reference, str(turn * 1000), "1000"],
            cwd=CHECKOUT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        acknowledged += [process.stdout.readline().strip() for _line in range(5)]
        threading.Event().wait(chance.random() / 10)
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += process.stdout.read().split()
        process.wait()

    rows = {exhibit.sha256: exhibit for exhibit in case.exhibits.all()}
    assert set(acknowledged) <= set(rows)
    assert len(acknowledged) >= 20
    for exhibit in rows.values():
        assert exhibits.verify_original(exhibit) is exhibits.OriginalState.WHOLE
    assert [exhibit.number for exhibit in case.exhibits.all()] == list(range(1, len(rows) + 1))
    assert custody.verify(case) == []
    # At most a file that no row names yet, and never anything worse, is left of each death.
    found = [finding.trouble for finding in scrub.scrub()]
    assert set(found) <= {scrub.Trouble.UNNAMED}
    assert len(found) <= 4


def test_what_a_dead_upload_left_is_cleared_an_hour_later(settings: Any, tmp_path: Path, db: None) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    (tmp_path / "exhibit-fresh").write_bytes(b"still coming in")
    (tmp_path / "exhibit-stale").write_bytes(b"cut off")
    os.utime(tmp_path / "exhibit-stale", (time.time() - 3700,) * 2)

    assert scrub.remove_leftovers() == ["exhibit-stale"]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["exhibit-fresh"]
