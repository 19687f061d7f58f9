"""Real Celery workers that are killed, stopped or told to leave off in the middle of a case file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from cases.casefile.bag import Bag
from cases.casefile.verify import verify
from cases.evidence import store
from cases.models import BuildState, Case, CaseFile
from cases.services import case_file_builds, case_files, custody
from cases.services.case_file_leases import Lease, Lost
from cases.services.case_file_requests import cancel_case_file
from tests import factories, pictures
from tests.casefile import stories
from tests.programs import wait_until
from tests.running import CHECKOUT, clean_environment
from tests.services.test_case_file_builds import actions, zip_of


class Worker:
    """One Celery worker with a pool of one, a process group of its own."""

    def __init__(self, environment: dict[str, str], log: Path, name: str) -> None:
        self.log = log
        command = [sys.executable, "-m", "celery", "--app", "tracker", "worker", "--loglevel", "WARNING"]
        command += ["--without-gossip", "--without-mingle", "--concurrency", "1", "--queues", "celery"]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--hostname", name], cwd=CHECKOUT, env=environment, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def child(self, action: str) -> psutil.Process | None:
        """The child process that draws or prints, while there is one."""
        with suppress(psutil.NoSuchProcess):
            for process in psutil.Process(self.process.pid).children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    if process.cmdline()[2:4] == ["cases.casefile.compile", action]:
                        return process
        return None

    def held(self, action: str) -> psutil.Process:
        """That child, stopped where it is: so its builder is in the middle for as long as a test wants."""
        found: list[psutil.Process] = []

        def is_held() -> bool:
            child = self.child(action)
            if child is not None:
                child.suspend()
                found.append(child)
            return bool(found)

        wait_until(is_held, seconds=90, what=f"the worker's child is at its step “{action}”")
        return found[0]

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def start(committed_db: str, settings: Any, tmp_path: Path) -> Iterator[Callable[[], Worker]]:
    """Starts workers on the database, the files and the broker of this test."""
    names = {"DATABASE_URL": committed_db, "DATA_DIR": str(settings.DATA_DIR)}
    if settings.REDIS_URL:
        names["REDIS_URL"] = settings.REDIS_URL
    workers: list[Worker] = []

    def start_worker() -> Worker:
        number = len(workers) + 1
        name = f"builder-{os.getpid()}-{number}@here"
        workers.append(Worker(clean_environment(**names), tmp_path / f"worker-{number}.log", name))
        return workers[-1]

    yield start_worker
    for worker in workers:
        worker.kill()


@pytest.fixture
def asked_for(committed_db: str) -> CaseFile:
    """A case file of three exhibits, for which a worker was woken."""
    alice = factories.make_user("alice@example.org", language="en")
    case = factories.make_case(owner=alice)
    for seed in (1, 2, 3):
        stories.add_exhibit(
            case, alice, stories.at(6, 20), pictures.picture("PNG", seed=seed), f"{seed}.png", ""
        )
    return case_files.request_case_file(case=case, by=alice, at=timezone.now(), language="en")


def now(case_file: CaseFile) -> CaseFile:
    case_file.refresh_from_db()
    return case_file


def folders_of(case_file: CaseFile, settings: Any) -> list[Path]:
    return list(Path(settings.FILE_UPLOAD_TEMP_DIR).glob(f"case-file-{case_file.pk}-*"))


def stored_of(case: Case) -> list[str]:
    return [key for key in list(store.keys()) if key.startswith(f"case-files/{case.reference}/")]


def wait_for(case_file: CaseFile, state: str, worker: Worker) -> None:
    try:
        wait_until(lambda: now(case_file).state == state, seconds=90, what=f"the case file is {state}")
    except AssertionError as error:
        error.add_note(worker.log.read_text(errors="replace"))
        raise


@pytest.mark.parametrize("action", ["draw", "print"])
def test_when_a_builder_is_killed_in_the_middle_another_makes_the_case_file_whole(
    start: Callable[[], Worker], asked_for: CaseFile, settings: Any, tmp_path: Path, action: str
):
    first = start()
    first.held(action)
    first.kill()

    assert now(asked_for).state == BuildState.BUILDING
    assert folders_of(asked_for, settings) != []
    assert stored_of(asked_for.case) == []
    with pytest.raises(ValidationError, match="not ready yet"):
        case_files.open_zip(asked_for)
    assert case_files.build_waiting() == 0, "the dead one's lease still runs"

    CaseFile.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    second = start()
    assert case_files.build_waiting() == 1
    wait_for(asked_for, BuildState.READY, second)

    assert now(asked_for).attempts == 2
    assert folders_of(asked_for, settings) == []
    assert stored_of(asked_for.case) == [asked_for.storage_key]
    assert verify(zip_of(asked_for, tmp_path)).findings == ()
    assert actions(asked_for.case).count("case_file_built") == 1
    assert custody.verify(asked_for.case) == []


def test_a_worker_that_is_told_to_stop_ends_the_build_first(
    start: Callable[[], Worker], asked_for: CaseFile, settings: Any
):
    worker = start()
    child = worker.held("draw")

    worker.process.terminate()
    wait_until(
        lambda: "Warm shutdown" in worker.log.read_text(),
        seconds=60,
        what="the worker heard that it is to stop",
    )
    child.resume()

    assert worker.process.wait(timeout=90) == 0
    assert (now(asked_for).state, asked_for.attempts) == (BuildState.READY, 1)
    assert folders_of(asked_for, settings) == []


def test_a_builder_whose_child_says_nothing_still_leaves_off_when_it_is_cancelled(
    start: Callable[[], Worker], asked_for: CaseFile, settings: Any
):
    worker = start()
    child = worker.held("draw")

    cancel_case_file(case_file=asked_for, by=asked_for.requested_by, at=timezone.now())

    wait_until(lambda: not child.is_running(), seconds=10, what="the child is gone")
    wait_until(lambda: folders_of(asked_for, settings) == [], seconds=10, what="its folder is gone")
    # The same worker makes the next one, and nothing became of the first.
    following = case_files.request_case_file(
        case=asked_for.case, by=asked_for.requested_by, at=timezone.now(), language="en"
    )
    wait_for(following, BuildState.READY, worker)
    assert now(asked_for).state == BuildState.CANCELLED
    assert stored_of(asked_for.case) == [following.storage_key]
    assert actions(asked_for.case).count("case_file_built") == 1


def test_of_one_who_cancels_and_a_builder_who_finishes_at_once_exactly_one_wins(committed_db: str):
    alice = factories.make_user("alice@example.org")
    rows = []
    for _number in range(10):
        case = factories.make_case(owner=alice)
        row = case_files.request_case_file(case=case, by=alice, at=timezone.now(), language="en")
        CaseFile.objects.filter(pk=row.pk).update(state=BuildState.BUILDING, attempts=1)
        rows.append(row)
    outcomes: list[list[str]] = [[] for _row in rows]

    def finish(number: int) -> None:
        bag = Bag(sha256="ab" * 32, size=1, manifest="", no_stamp=None)
        snapshot: Any = SimpleNamespace(chain_head="cd" * 32, case_file=SimpleNamespace(key_fingerprint="ef"))
        with suppress(Lost):
            case_file_builds._finish(
                rows[number], Lease(rows[number].pk, 1), bag, storage_key="case-files/x", snapshot=snapshot
            )
            outcomes[number].append(BuildState.READY)

    def cancel(number: int) -> None:
        with suppress(ValidationError):
            cancel_case_file(case_file=CaseFile.objects.get(pk=rows[number].pk), by=alice, at=timezone.now())
            outcomes[number].append(BuildState.CANCELLED)

    for number in range(len(rows)):
        both = threading.Barrier(2)
        threads = [threading.Thread(target=_at_once, args=(both, act, number)) for act in (finish, cancel)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [[now(row).state] for row in rows] == outcomes
    ends = {BuildState.READY: "case_file_built", BuildState.CANCELLED: "case_file_cancelled"}
    assert [actions(row.case)[-1] for row in rows] == [ends[BuildState(row.state)] for row in rows]
    assert [custody.verify(row.case) for row in rows] == [[]] * 10


def _at_once(both: threading.Barrier, act: Callable[[int], None], number: int) -> None:
    try:
        both.wait()
        act(number)
    finally:
        connections.close_all()
