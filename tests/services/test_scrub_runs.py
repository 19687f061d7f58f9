"""Everything that is stored is read again, a little with every tick; whoever is killed is followed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connections
from django.test import Client
from django.utils import timezone

from cases.evidence import store
from cases.models import Case, Exhibit, ScrubFinding, ScrubRun, Trouble
from cases.services import scrub, scrub_alarm, scrub_runs
from tests import factories, stored
from tests.programs import wait_until
from tests.running import CHECKOUT, clean_environment
from tests.tampering import without_triggers
from tracker import env
from tracker.accounts.models import User

AT = datetime.fromisoformat("2026-09-01T02:00:00+00:00")


@pytest.fixture(autouse=True)
def evidence(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGES = {**settings.STORAGES, "evidence": env.storage(tmp_path / "evidence")}
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.OPERATOR_EMAIL = "operator@example.org"
    return tmp_path / "evidence"


@pytest.fixture
def six(case: Case, monkeypatch: pytest.MonkeyPatch) -> list[Exhibit]:
    """Six exhibits whose bytes lie in the store; their chains are not what these tests are about."""
    monkeypatch.setattr(scrub.custody, "verify", lambda case: [])
    return [stored.exhibit_of(case, b"bytes %d" % number, "image/png") for number in range(6)]


def read_to_the_end(slices: int = 50, *, seconds: float = 0) -> ScrubRun:
    """One slice after the other, each as soon as its lease lets it."""
    for _slice in range(slices):
        ScrubRun.objects.update(lease_until=None)
        run = scrub_runs.go_on(seconds=seconds)
        if run is None or run.ended_at:
            break
    return ScrubRun.objects.get()


def spoil(exhibit: Exhibit, evidence: Path) -> None:
    (evidence / exhibit.storage_key).write_bytes(b"rotten")


def test_a_run_reads_every_file_once_however_often_it_pauses(six: list[Exhibit]) -> None:
    run = read_to_the_end()

    assert run.ended_at is not None
    assert (run.files, run.bytes) == (6, 42)
    assert not run.findings.exists()
    assert mail.outbox == []


def test_each_slice_goes_on_where_the_one_before_stopped(
    six: list[Exhibit], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    digest = store.digest

    def noted(key: str) -> str:
        read.append(key)
        return digest(key)

    monkeypatch.setattr(store, "digest", noted)

    read_to_the_end()

    assert read == [exhibit.storage_key for exhibit in six]


def test_what_is_found_is_kept_and_told_once(six: list[Exhibit], evidence: Path, case: Case) -> None:
    spoil(six[1], evidence)
    (evidence / six[4].storage_key).unlink()

    run = read_to_the_end()

    assert [(one.trouble, one.whose) for one in run.findings.all()] == [
        (Trouble.ALTERED, f"{case.reference} E2"),
        (Trouble.MISSING, f"{case.reference} E5"),
    ]
    assert [(one.to, one.subject) for one in mail.outbox] == [
        (["operator@example.org"], "Stored evidence: 2 findings")
    ]
    assert f"{case.reference} E2: the file {six[1].storage_key} is not what was stored" in mail.outbox[0].body


def test_a_changed_entry_of_a_chain_is_found_and_told(case: Case, alice: User) -> None:
    with without_triggers("cases_custodyentry") as run:
        run("UPDATE cases_custodyentry SET actor = 'user:999' WHERE sequence = 1")

    found = read_to_the_end().findings.get()

    assert (found.trouble, found.whose) == (Trouble.CHAIN, case.reference)
    assert "entry 1" in found.text.lower()
    assert [one.subject for one in mail.outbox] == ["Stored evidence: 1 finding"]
    assert found.text in mail.outbox[0].body


def test_nobody_is_told_where_no_address_is_set(six: list[Exhibit], evidence: Path, settings: Any) -> None:
    settings.OPERATOR_EMAIL = ""
    spoil(six[0], evidence)

    assert read_to_the_end().findings.count() == 1
    assert mail.outbox == []


def test_an_alarm_that_could_not_be_sent_is_tried_again_before_the_run_ends(
    six: list[Exhibit], evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(six[0], evidence)
    with monkeypatch.context() as patch:
        patch.setattr(scrub_alarm, "_mail", refuse)
        run = read_to_the_end(slices=12)
        assert run.ended_at is None

    assert read_to_the_end().ended_at is not None
    assert len(mail.outbox) == 1


def refuse(*_arguments: object) -> None:
    raise ConnectionRefusedError


def test_two_workers_do_not_read_at_once(six: list[Exhibit]) -> None:
    first = scrub_runs._begin(AT)
    assert scrub_runs._take(first, AT)

    assert scrub_runs.go_on(at=AT) is None
    assert scrub_runs.go_on(at=AT + timedelta(minutes=29)) is None
    assert not scrub_runs.wake_if_due(AT + timedelta(minutes=29))
    assert scrub_runs.wake_if_due(AT + timedelta(minutes=30))


def test_a_reader_whose_lease_ran_out_keeps_nothing(six: list[Exhibit]) -> None:
    late = scrub_runs._begin(AT)
    scrub_runs._take(late, AT)
    later = ScrubRun.objects.get()
    assert scrub_runs._take(later, AT + timedelta(hours=1))

    with pytest.raises(scrub_runs._Lost):
        list(scrub_runs._Reader(late).read())

    assert ScrubRun.objects.get().place == {"phase": "Exhibit", "after": 0}


def test_a_slice_reads_no_more_than_its_share_and_the_next_waits(
    case: Case, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SCRUB_MB_PER_SECOND, settings.TICK_SECONDS = 1, 2
    for number in range(4):
        stored.exhibit_of(case, bytes([number]) * 1024 * 1024, "image/png")

    run = scrub_runs.go_on(seconds=60)

    assert run.files == 2, "two megabytes for the two seconds of a tick"
    wait = ScrubRun.objects.get().lease_until - timezone.now()
    assert timedelta(seconds=0.5) < wait <= timedelta(seconds=2)
    assert scrub_runs.go_on() is None


@pytest.mark.parametrize(("days", "is_due"), [(6.9, False), (7, True)])
def test_a_run_begins_a_week_after_the_last_began(db: None, days: float, is_due: bool) -> None:
    ScrubRun.objects.create(began_at=AT, last_at=AT, ended_at=AT)

    assert scrub_runs.wake_if_due(AT + timedelta(days=days)) is is_due


def test_a_whole_reading_takes_the_place_of_the_one_under_way(six: list[Exhibit], evidence: Path) -> None:
    slow = scrub_runs.go_on(seconds=0)
    spoil(six[5], evidence)

    found = list(scrub_runs.read_everything(at=timezone.now()))

    assert [one.trouble for one in found] == [Trouble.ALTERED]
    assert ScrubRun.objects.filter(ended_at=None).count() == 0
    assert ScrubRun.objects.exclude(pk=slow.pk).get().files == 6


def test_the_owner_is_told_on_the_exhibit_until_a_later_reading_finds_it_whole(
    six: list[Exhibit], evidence: Path, alice_client: Client, bob_client: Client, case: Case
) -> None:
    told = "A stored file of this exhibit is not as it was stored."
    whole = (evidence / six[2].storage_key).read_bytes()
    spoil(six[2], evidence)
    list(scrub_runs.read_everything(at=timezone.now()))

    assert told in alice_client.get(f"/cases/{case.reference}/exhibits/3/").content.decode()
    assert told not in alice_client.get(f"/cases/{case.reference}/exhibits/4/").content.decode()
    assert told not in bob_client.get(f"/cases/{case.reference}/exhibits/3/").content.decode()

    (evidence / six[2].storage_key).write_bytes(whole)
    list(scrub_runs.read_everything(at=timezone.now()))
    assert told not in alice_client.get(f"/cases/{case.reference}/exhibits/3/").content.decode()


def test_the_operators_page_says_it_in_red(six: list[Exhibit], evidence: Path) -> None:
    User.objects.create_superuser("root@example.org", "x" * 20, language="en")
    client = factories.logged_in(User.objects.get(email="root@example.org"))
    spoil(six[0], evidence)
    list(scrub_runs.read_everything(at=timezone.now()))

    for page in ("scrubrun", "scrubfinding"):
        answer = client.get(f"/admin/cases/{page}/").content.decode()
        assert "1 finding: stored evidence is not as it should be." in answer
    assert client.get(f"/admin/cases/scrubrun/{ScrubRun.objects.get().pk}/change/").status_code == 200


def test_a_run_ends_early_where_nearly_everything_is_gone(
    six: list[Exhibit], evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrub_runs, "MOST_FINDINGS", 3)
    for exhibit in six:
        spoil(exhibit, evidence)

    run = read_to_the_end(seconds=60)

    assert run.ended_at is not None
    assert run.findings.count() == 3


def test_a_worker_killed_in_the_middle_is_followed_and_nothing_is_told_twice(
    committed_db: str, evidence: Path, tmp_path: Path
) -> None:
    """Killed without a word after it kept its first finding; another goes on from there."""
    case = factories.make_case(owner=factories.make_user("alice@example.org"))
    made = [stored.exhibit_of(case, b"bytes %d" % number, "image/png") for number in range(6)]
    for number in (0, 5):
        spoil(made[number], evidence)
    environment = clean_environment(
        DATABASE_URL=committed_db, DATA_DIR=str(tmp_path / "data"), STORAGE_URL=f"file://{evidence}"
    )
    reader = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "--command", READ_AND_HANG],
        cwd=CHECKOUT, env=environment,
    )  # fmt: skip
    try:
        wait_until(lambda: _count() > 0, seconds=60, what="a finding is kept")
    finally:
        os.kill(reader.pid, signal.SIGKILL)
        reader.wait()
    half = ScrubRun.objects.get()
    assert half.ended_at is None
    assert half.place == {"phase": "Exhibit", "after": made[0].pk}

    run = read_to_the_end(seconds=60)

    of_files = run.findings.filter(trouble=Trouble.ALTERED, text__contains="not what was stored")
    assert [one.whose for one in of_files] == [f"{case.reference} E1", f"{case.reference} E6"]
    assert run.files == 6


def _count() -> int:
    connections["default"].close()
    return ScrubFinding.objects.count()


READ_AND_HANG = """
import threading
from cases.services import scrub_runs, scrub
look_at = scrub.look_at
seen = []
def hang_at_the_third(named):
    seen.append(named)
    if len(seen) == 3:
        threading.Event().wait()
    return look_at(named)
scrub.look_at = hang_at_the_third
scrub_runs.go_on(seconds=60)
"""
