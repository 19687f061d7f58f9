"""manage.py backup and manage.py restore"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from cases.models import Case, Exhibit
from cases.services import backup, contacts, custody, exhibits
from tests import factories, pictures
from tests.running import CHECKOUT, clean_environment
from tests.services.when import shanghai
from tracker.accounts.models import User

AT = shanghai("2026-09-01 20:45")


@pytest.fixture
def lived_in(committed_db: str, tmp_path: Path, settings: Any) -> Case:
    """A case with an exhibit, a contact, a deadline, a reminder and custody entries."""
    settings.SIGNING_KEY_PATH = tmp_path / "signing-key.pem"
    settings.SIGNING_KEY_PATH.write_text("the signing key")
    alice = factories.make_user("alice@example.org", language="en")
    case = factories.make_case(owner=alice, at=AT)
    upload = SimpleUploadedFile("订单.png", pictures.encoded(pictures.screenshot(seed=1), "PNG"))
    exhibit = exhibits.add_exhibit(case=case, by=alice, at=AT, upload=upload)
    contacts.log_contact(
        case=case, by=alice, at=AT, channel="shop_message", outcome="no_answer", exhibits=[exhibit]
    )
    return case


def back_up(folder: Path) -> str:
    output = StringIO()
    call_command("backup", str(folder), stdout=output)
    return output.getvalue()


def restore(folder: Path, data_dir: Path, database_url: str) -> subprocess.CompletedProcess[str]:
    """Restore in a process of its own, into an installation that was just migrated."""
    environment = clean_environment(DATA_DIR=str(data_dir), DATABASE_URL=database_url)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0", "--skip-checks"],
        cwd=CHECKOUT,
        env=environment,
        check=True,
    )
    return subprocess.run(
        [sys.executable, "manage.py", "restore", str(folder), "--skip-checks"],
        cwd=CHECKOUT,
        env=environment,
        text=True,
        capture_output=True,
    )


def test_everything_is_in_the_folder_with_its_hash(lived_in: Case, tmp_path: Path):
    said = back_up(tmp_path / "backup")

    exhibit = Exhibit.objects.get()
    assert "1 files" in said
    manifest = (tmp_path / "backup" / "manifest-sha256.txt").read_text()
    assert f"{exhibit.sha256}  evidence/{exhibit.storage_key}" in manifest
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "manifest-sha256.txt"], cwd=tmp_path / "backup"
    )
    assert checked.returncode == 0
    assert (tmp_path / "backup" / "keys" / "signing-key.pem").read_text() == "the signing key"


def test_only_its_owner_can_read_it(lived_in: Case, tmp_path: Path):
    back_up(tmp_path / "backup")

    files = [path for path in (tmp_path / "backup").rglob("*") if path.is_file()]
    for path in (tmp_path / "backup", *files):
        assert path.stat().st_mode & 0o077 == 0, path


def test_what_comes_back_is_what_was_backed_up(lived_in: Case, tmp_path: Path):
    back_up(tmp_path / "backup")

    restored = restore(tmp_path / "backup", tmp_path / "new", f"sqlite:///{tmp_path / 'new.sqlite3'}")

    assert restored.returncode == 0, restored.stderr
    exhibit = Exhibit.objects.get()
    original = tmp_path / "new" / "evidence" / exhibit.storage_key
    with original.open("rb") as file:
        assert backup.hashlib.file_digest(file, "sha256").hexdigest() == exhibit.sha256
    assert (tmp_path / "new" / "signing-key.pem").read_text() == "the signing key"
    kept = (tmp_path / "backup" / "keys" / "secret-key").read_text()
    assert (tmp_path / "new" / "secret-key").read_text() == kept
    second = tmp_path / "second"
    made = subprocess.run(
        [sys.executable, "manage.py", "backup", str(second), "--skip-checks"],
        cwd=CHECKOUT,
        env=clean_environment(
            DATA_DIR=str(tmp_path / "new"), DATABASE_URL=f"sqlite:///{tmp_path / 'new.sqlite3'}"
        ),
    )
    assert made.returncode == 0
    assert _rows(second) == _rows(tmp_path / "backup"), "a backup of what was restored is the same"


def _rows(folder: Path) -> list[Any]:
    lines = (folder / "data.jsonl").read_text().splitlines()
    return sorted((json.loads(line) for line in lines), key=lambda row: (row["model"], str(row.get("pk"))))


def test_a_database_that_is_not_empty_is_refused(lived_in: Case, tmp_path: Path):
    back_up(tmp_path / "backup")

    with pytest.raises(CommandError, match="users or cases here already"):
        call_command("restore", str(tmp_path / "backup"))


def test_a_folder_that_is_not_empty_is_refused(lived_in: Case, tmp_path: Path):
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "old").write_text("older")

    with pytest.raises(CommandError, match="is not empty"):
        back_up(tmp_path / "backup")


@pytest.mark.parametrize(
    ("alter", "sentence"),
    [
        pytest.param(
            lambda folder: (folder / "data.jsonl").write_text("{}"), "data.jsonl is not as", id="rows changed"
        ),
        pytest.param(
            lambda folder: flip_a_bit(folder / "evidence"),
            "is not as it was backed up",
            id="a flipped bit in the evidence",
        ),
        pytest.param(
            lambda folder: (folder / "backup.json").unlink(), "backup.json is missing", id="file missing"
        ),
        pytest.param(
            lambda folder: (folder / "evidence" / "more").write_text("x"),
            "evidence/more is missing or too much",
            id="file too much",
        ),
        pytest.param(
            lambda folder: (folder / "manifest-sha256.txt").unlink(), "no whole backup", id="no manifest"
        ),
    ],
)
def test_an_altered_backup_is_refused(lived_in: Case, tmp_path: Path, alter: Any, sentence: str):
    back_up(tmp_path / "backup")
    alter(tmp_path / "backup")

    with pytest.raises(CommandError, match=sentence):
        call_command("restore", str(tmp_path / "backup"))


def flip_a_bit(folder: Path) -> None:
    path = next(path for path in folder.rglob("*") if path.is_file())
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)


def test_a_backup_of_another_version_is_refused(lived_in: Case, tmp_path: Path, monkeypatch: Any):
    back_up(tmp_path / "backup")
    monkeypatch.setattr(backup, "_migrations", lambda: ["cases.0001_initial"])

    with pytest.raises(CommandError, match="another version"):
        call_command("restore", str(tmp_path / "backup"))


def test_an_evidence_file_that_is_damaged_is_named(lived_in: Case, tmp_path: Path):
    exhibit = Exhibit.objects.get()
    original = Path(settings.STORAGES["evidence"]["OPTIONS"]["location"]) / exhibit.storage_key
    os.chmod(original, 0o600)
    original.write_bytes(b"something else")

    with pytest.raises(CommandError, match=exhibit.storage_key):
        back_up(tmp_path / "backup")

    assert (tmp_path / "backup" / "manifest-sha256.txt").exists(), "the rest is backed up"
    original.unlink()


def test_a_chain_that_was_altered_before_the_backup_is_not_taken_back(lived_in: Case, tmp_path: Path):
    back_up(tmp_path / "backup")
    rows = tmp_path / "backup" / "data.jsonl"
    rows.write_text(rows.read_text().replace('"action": "case_opened"', '"action": "case_invented"'))
    manifest = tmp_path / "backup" / "manifest-sha256.txt"
    lines = [line for line in manifest.read_text().splitlines() if not line.endswith("  data.jsonl")]
    manifest.write_text("\n".join([*lines, f"{backup._sha256(rows)}  data.jsonl"]) + "\n")

    restored = restore(tmp_path / "backup", tmp_path / "new", f"sqlite:///{tmp_path / 'new.sqlite3'}")

    assert restored.returncode == 1
    assert "custody chain" in restored.stderr
    assert "does not hold at entry 1" in restored.stderr


def test_rows_come_back_in_a_database_of_the_same_kind(lived_in: Case, tmp_path: Path, _databases: Any):
    """SQLite in one run, PostgreSQL in the other; and what is added then gets a number of its own."""
    back_up(tmp_path / "backup")

    with _databases.one() as url:
        restored = restore(tmp_path / "backup", tmp_path / "new", url)
        assert restored.returncode == 0, restored.stderr
        added = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "--command", ADD_A_USER],
            cwd=CHECKOUT,
            env=clean_environment(DATA_DIR=str(tmp_path / "new"), DATABASE_URL=url),
            text=True,
            capture_output=True,
        )

    assert added.stdout.strip() == str(User.objects.get().pk + 1), added.stderr
    assert custody.verify(lived_in) == []


ADD_A_USER = """
from tracker.accounts.models import User
print(User.objects.create_user("bob@example.org", "x" * 20).pk)
"""
