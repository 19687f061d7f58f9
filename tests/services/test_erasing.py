"""Erasing a case: nothing readable is left of it at any moment after, and no byte in the end."""

from __future__ import annotations

import email
import io
import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from email import policy
from pathlib import Path
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from cases.evidence import store
from cases.models import (
    BuildState,
    Case,
    CaseFile,
    CustodyEntry,
    Exhibit,
    Membership,
    Order,
    Recognition,
    RecognitionState,
    Redaction,
    Reminder,
    Role,
    ScrubFinding,
    ScrubRun,
    Tombstone,
    Trouble,
    Upload,
    UploadPiece,
)
from cases.services import (
    contacts,
    custody,
    erasing,
    exhibits,
    scrub,
    stored_files,
)
from tests import factories, pictures, stored
from tests.factories import NOON
from tests.programs import wait_until
from tests.running import CHECKOUT, clean_environment
from tracker import env
from tracker.accounts.models import User

MARKER = "Zq7markerwort"


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGES = {**settings.STORAGES, "evidence": env.storage(tmp_path / "evidence")}
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "incoming")
    settings.EMAIL_FILE_PATH = str(tmp_path / "outbox")
    settings.EMAIL_BACKEND = "tracker.mail.OutboxBackend"
    (tmp_path / "incoming").mkdir()
    return tmp_path


def lived_in(owner: User) -> Case:
    """A case with one of everything, the marker in every place that holds words."""
    case = factories.make_case(
        owner=owner, title=f"{MARKER} title", merchant=f"{MARKER} shop", problem_statement=f"{MARKER} story"
    )
    upload = pictures.upload(pictures.picture("PNG"), name=f"{MARKER}.png")
    exhibit = exhibits.add_exhibit(case=case, by=owner, at=NOON, upload=upload, shows=f"{MARKER} shown")
    exhibits.make_working_copies(exhibit_id=exhibit.pk, at=NOON)
    Exhibit.objects.filter(pk=exhibit.pk).update(
        recognised_text=f"{MARKER} read", metadata={"software": MARKER}
    )
    Recognition.objects.create(
        exhibit=exhibit, state=RecognitionState.DONE, lines=[{"page": 1, "text": MARKER}]
    )
    contacts.log_contact(
        case=case, by=owner, at=NOON, channel="shop_message", outcome="no_answer", summary=f"{MARKER} said",
        exhibits=[exhibit],
    )  # fmt: skip
    stored._put(key := f"redactions/{exhibit.pk}/1-abc.png", f"{MARKER} redacted".encode())
    Redaction.objects.create(
        exhibit=exhibit, number=1, boxes=[], original_sha256=exhibit.sha256, asked_at=NOON, made_at=NOON,
        sha256=store.digest(key), size=10, storage_key=key,
    )  # fmt: skip
    told = {"redaction": 1, "sha256": store.digest(key)}
    with transaction.atomic():
        custody.record(case=case, action="exhibit_redacted", at=NOON, exhibit=exhibit, details=told)
    stored._put(key := store.case_file_key(case.reference, 1, "cd" * 32), f"{MARKER} bag".encode())
    CaseFile.objects.create(
        case=case, number=1, language="en", state=BuildState.READY, requested_at=NOON, storage_key=key,
        sha256=store.digest(key), size=5, manifest=f"{MARKER} manifest",
    )  # fmt: skip
    way = Upload.objects.create(
        case=case, user=owner, name=f"{MARKER}.mp4", size=99, offset=9, sha256="ab" * 32, began_at=NOON,
        last_at=NOON,
    )  # fmt: skip
    stored._put(key := store.piece_key(way.pk, 0, "ef" * 32), f"{MARKER} piece".encode())
    UploadPiece.objects.create(upload=way, offset=0, size=9, sha256=store.digest(key), storage_key=key)
    return case


def mail_of(case: Case) -> None:
    EmailMessage("Due", f"{MARKER}: http://localhost/cases/{case.reference}/", to=["a@example.org"]).send()


def erase(case: Case, owner: User) -> Tombstone:
    return erasing.erase(case=case, by=owner, at=NOON + timedelta(hours=1), typed=case.reference)


def dump() -> str:
    """Every row of every table, sessions decoded."""
    from django.apps import apps

    text = io.StringIO()
    for model in apps.get_models():
        serializers.serialize("json", model._default_manager.all(), stream=text, ensure_ascii=False)
        if model._meta.label == "sessions.Session":
            text.write(json.dumps([row.get_decoded() for row in model.objects.all()]))
    return text.getvalue()


def files_with(marker: str, folder: Path) -> list[str]:
    """Files below the folder with the marker in their name or bytes; mails decoded."""
    found = []
    for path in folder.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        if path.suffix == ".eml":
            data = email.message_from_bytes(data, policy=policy.default).get_content().encode()
        if marker in path.name or marker.encode() in data:
            found.append(path.name)
    return found


def test_the_marker_is_everywhere_before_and_nowhere_after(alice: User, folders: Path) -> None:
    case = lived_in(alice)
    mail_of(case)
    original = Exhibit.objects.get().sha256
    assert dump().count(MARKER) > 10
    assert len(files_with(MARKER, folders)) == 4, "redaction, case file, piece and mail"

    erase(case, alice)
    assert MARKER not in dump(), "no readable row, before any byte is removed"
    assert erasing.remove(case_id=case.pk)

    assert MARKER not in dump()
    assert files_with(MARKER, folders) == []
    assert list(store.keys()) == []
    assert original not in dump()
    assert not Case.objects.exists()
    assert not Reminder.objects.exists()


def test_the_tombstone_holds_the_end_of_the_chain_and_no_word(alice: User) -> None:
    case = lived_in(alice)
    entries = CustodyEntry.objects.filter(case=case).count()

    stone = erase(case, alice)

    assert (stone.case_reference, stone.exhibit_count) == (case.reference, 1)
    assert stone.entry_count == entries + 1, "with the entry that says so"
    assert (stone.opened_at, stone.erased_at) == (NOON, NOON + timedelta(hours=1))
    assert stone.erased_by == f"user:{alice.pk}"
    assert len(stone.chain_head) == 64
    assert list(erasing.tombstones_of(alice)) == [stone]


def test_a_tombstone_is_never_changed_or_removed(alice: User) -> None:
    stone = erase(factories.make_case(owner=alice), alice)

    for act in (lambda: Tombstone.objects.update(exhibit_count=9), stone.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_nobody_but_the_owner_may(case: Case, bob: User, helga: User, mallory: User) -> None:
    for user in (bob, helga, mallory):
        with pytest.raises(PermissionDenied):
            erase(case, user)


def test_another_reference_erases_nothing(case: Case, alice: User) -> None:
    with pytest.raises(ValidationError, match="not the reference of the case"):
        erasing.erase(case=case, by=alice, at=NOON, typed="2222222222")

    assert custody.verify(case) == []


def test_an_original_that_another_case_of_the_owner_has_too_stays(alice: User) -> None:
    first, second = factories.make_case(owner=alice), factories.make_case(owner=alice)
    for each in (first, second):
        exhibit = exhibits.add_exhibit(
            case=each, by=alice, at=NOON, upload=pictures.upload(pictures.picture())
        )

    erase(first, alice)
    assert erasing.remove(case_id=first.pk)

    assert list(store.keys()) == [exhibit.storage_key]
    assert custody.verify(second) == []
    erase(second, alice)
    assert erasing.remove(case_id=second.pk)
    assert list(store.keys()) == []


def test_other_cases_keep_everything(alice: User) -> None:
    kept = lived_in(alice)
    before = set(store.keys())
    gone = factories.make_case(owner=alice)

    erase(gone, alice)
    erasing.remove(case_id=gone.pk)

    assert set(store.keys()) == before
    assert custody.verify(kept) == []
    assert kept.contacts.count() == 1


def test_a_store_that_fails_leaves_the_rest_to_the_next_tick(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = lived_in(alice)
    erase(case, alice)
    with monkeypatch.context() as patch:
        patch.setattr(store, "delete", refuse)
        assert not erasing.remove(case_id=case.pk)
    assert erasing.remove_waiting() == 1

    assert erasing.remove(case_id=case.pk)

    assert list(store.keys()) == []
    assert erasing.remove_waiting() == 0


def refuse(key: str) -> None:
    raise store.StoreTrouble("The object store gave no answer.")


def test_what_was_written_in_the_last_moment_goes_too(alice: User) -> None:
    """A helper passed the door before, and wrote after."""
    case = lived_in(alice)
    erase(case, alice)
    with transaction.atomic():
        Order.objects.create(case=case, created_at=NOON)
        custody.record(case=case, action="order_added", at=NOON)

    assert erasing.remove(case_id=case.pk)

    assert not CustodyEntry.objects.exists()


def test_a_copy_stored_after_its_exhibit_went_is_removed_as_a_rest(alice: User) -> None:
    case = lived_in(alice)
    exhibit_id = Exhibit.objects.get().pk
    erase(case, alice)
    erasing.remove(case_id=case.pk)
    late = [f"copies/{exhibit_id}/preview-1.jpg", f"case-files/{case.reference}/2-abc.zip"]
    for key in late:
        stored._put(key, b"late")
    stored._put("originals/1/ab/abc", b"nobody knows")

    assert sorted(scrub.remove_rests()) == sorted(late)
    assert list(store.keys()) == ["originals/1/ab/abc"], "an original is never removed on a guess"


def test_findings_about_it_go_and_its_leftovers_are_none(alice: User) -> None:
    case = lived_in(alice)
    run = ScrubRun.objects.create(began_at=NOON, last_at=NOON, ended_at=NOON)
    ScrubFinding.objects.create(
        run=run, trouble=Trouble.ALTERED, whose=f"{case.reference} E1", text="altered", found_at=NOON
    )

    erase(case, alice)

    assert not ScrubFinding.objects.exists()
    assert not stored_files.with_words().exists()
    assert list(scrub.scrub()) == [], "half erased is nothing wrong"


def test_a_thousand_exhibits_are_erased_in_a_few_statements(alice: User) -> None:
    case = factories.make_case(owner=alice)
    rows = [
        Exhibit(
            case=case, number=number, sha256=f"{number:064x}", size=1, media_type="image/png",
            storage_key=store.original_key(alice.pk, f"{number:064x}"), source="upload", received_at=NOON,
        )
        for number in range(1, 1001)
    ]  # fmt: skip
    Exhibit.objects.bulk_create(rows)
    with transaction.atomic():
        acts = [custody.Act(case, "exhibit_received", {}, row) for row in rows]
        custody.record_all(acts, at=NOON, by=alice)
    began, before = timezone.now(), len(connection.queries_log)
    connection.force_debug_cursor = True
    try:
        erase(case, alice)
    finally:
        connection.force_debug_cursor = False
    asked = len(connection.queries_log) - before

    assert asked < 60
    assert timezone.now() - began < timedelta(seconds=10)


def test_killed_between_two_files_the_next_worker_finishes(
    committed_db: str, folders: Path, settings: Any
) -> None:
    alice = factories.make_user("alice@example.org")
    case = lived_in(alice)
    for seed in range(5):
        upload = pictures.upload(pictures.picture("JPEG", seed=seed))
        exhibits.add_exhibit(case=case, by=alice, at=NOON, upload=upload)
    erase(case, alice)
    before = len(list(store.keys()))
    remover = start(committed_db, folders, REMOVE_AND_HANG % case.pk)
    try:
        wait_until(lambda: len(list(store.keys())) <= before - 5, seconds=60, what="five files are gone")
    finally:
        os.kill(remover.pid, signal.SIGKILL)
        remover.wait()
    connections["default"].close()
    assert Case.objects.filter(pk=case.pk).exists()
    assert 0 < len(list(store.keys())) < before
    assert MARKER not in dump()

    assert erasing.remove_waiting() == 1
    assert erasing.remove(case_id=case.pk)

    assert list(store.keys()) == []
    assert not Case.objects.exists()


def test_killed_before_the_commit_the_whole_case_is_there(committed_db: str, folders: Path) -> None:
    alice = factories.make_user("alice@example.org")
    case = lived_in(alice)
    files = set(store.keys())
    eraser = start(committed_db, folders, ERASE_AND_HANG % (case.pk, alice.pk))
    try:
        wait_until(lambda: (folders / "emptied").exists(), seconds=60, what="everything is emptied")
    finally:
        os.kill(eraser.pid, signal.SIGKILL)
        eraser.wait()
    connections["default"].close()

    assert Case.objects.get().title == f"{MARKER} title"
    assert not Tombstone.objects.exists()
    assert custody.verify(case) == []
    assert set(store.keys()) == files
    assert Membership.objects.filter(case=case, role=Role.OWNER).count() == 1
    assert erasing.remove_waiting() == 0


def start(database: str, folders: Path, code: str) -> subprocess.Popen[bytes]:
    environment = clean_environment(
        DATABASE_URL=database, DATA_DIR=str(folders / "data"), STORAGE_URL=f"file://{folders / 'evidence'}"
    )
    return subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "--command", code],
        cwd=CHECKOUT, env={**environment, "EMPTIED": str(folders / "emptied")},
    )  # fmt: skip


REMOVE_AND_HANG = """
import threading
from cases.evidence import store
from cases.services import erasing
delete, gone = store.delete, []
def hang_after_five(key):
    if len(gone) == 5:
        threading.Event().wait()
    gone.append(key)
    delete(key)
store.delete = hang_after_five
erasing.remove(case_id=%d)
"""
ERASE_AND_HANG = """
import os, pathlib, threading
from django.utils import timezone
from cases.models import Case
from cases.services import erasing
from tracker.accounts.models import User
empty = erasing._empty
def hang_before_the_commit(case, at):
    empty(case, at)
    pathlib.Path(os.environ["EMPTIED"]).touch()
    threading.Event().wait()
erasing._empty = hang_before_the_commit
case = Case.objects.get(pk=%d)
erasing.erase(case=case, by=User.objects.get(pk=%d), at=timezone.now(), typed=case.reference)
"""
