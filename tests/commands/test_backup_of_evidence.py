"""manage.py backup and restore: redactions, seals and tombstones come back; uploads under way do not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from cases.evidence import store
from cases.models import (
    Exhibit,
    Recognition,
    RecognitionState,
    Redaction,
    ScrubRun,
    Upload,
    UploadPiece,
)
from cases.services import custody, erasing, exhibits, seals
from tests import factories, pictures, stored
from tests.commands.test_backup import back_up, restore
from tests.factories import NOON
from tests.running import CHECKOUT, clean_environment
from tracker import env


@pytest.fixture
def evidence(committed_db: str, settings: Any, tmp_path: Path) -> Path:
    """An installation with a case, an erased case, a redaction, a seal, and an upload under way."""
    settings.STORAGES = {**settings.STORAGES, "evidence": env.storage(tmp_path / "evidence")}
    alice = factories.make_user("alice@example.org")
    case, gone = factories.make_case(owner=alice), factories.make_case(owner=alice, title="Zq7markerwort")
    upload = pictures.upload(pictures.picture("PNG"))
    exhibit = exhibits.add_exhibit(case=case, by=alice, at=NOON, upload=upload)
    Recognition.objects.create(exhibit=exhibit, state=RecognitionState.DONE, lines=[{"text": "read"}])
    stored._put(key := store.redaction_key(exhibit.pk, 1, "ab" * 32, "png"), b"redacted")
    Redaction.objects.create(
        exhibit=exhibit, number=1, boxes=[], original_sha256=exhibit.sha256, asked_at=NOON, made_at=NOON,
        sha256=store.digest(key), size=8, storage_key=key,
    )  # fmt: skip
    with transaction.atomic():
        told = {"redaction": 1, "sha256": store.digest(key)}
        custody.record(case=case, action="exhibit_redacted", at=NOON, exhibit=exhibit, details=told)
    way = Upload.objects.create(
        case=case, user=alice, name="film.mp4", size=9, offset=5, sha256="cd" * 32, began_at=NOON,
        last_at=NOON,
    )  # fmt: skip
    stored._put(key := store.piece_key(way.pk, 0, "ef" * 32), b"piece")
    UploadPiece.objects.create(upload=way, offset=0, size=5, sha256=store.digest(key), storage_key=key)
    ScrubRun.objects.create(began_at=NOON, last_at=NOON)
    erasing.erase(case=gone, by=alice, at=NOON, typed=gone.reference)
    erasing.remove(case_id=gone.pk)
    return tmp_path / "evidence"


def rows_of(folder: Path) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = {}
    for line in (folder / "data.jsonl").read_text().splitlines():
        row = json.loads(line)
        rows.setdefault(row["model"], []).append(row)
    return rows


def test_uploads_under_way_stay_behind_and_an_erased_case_is_not_in_it(
    evidence: Path, tmp_path: Path
) -> None:
    back_up(tmp_path / "backup")

    rows = rows_of(tmp_path / "backup")
    assert "cases.upload" not in rows
    assert "cases.uploadpiece" not in rows
    assert not (tmp_path / "backup" / "evidence" / "uploads").exists()
    assert "Zq7markerwort" not in (tmp_path / "backup" / "data.jsonl").read_text()
    for kept in ("recognition", "redaction", "tombstone", "scrubrun"):
        assert len(rows[f"cases.{kept}"]) == 1


def test_seals_tombstones_and_redactions_come_back_once_with_the_same_bytes(
    evidence: Path, tmp_path: Path
) -> None:
    seal_the_day()
    back_up(tmp_path / "backup")

    restored = restore(tmp_path / "backup", tmp_path / "new", f"sqlite:///{tmp_path / 'new.sqlite3'}")

    assert restored.returncode == 0, restored.stderr
    for key in (Exhibit.objects.get().storage_key, Redaction.objects.get().storage_key):
        assert (tmp_path / "new" / "evidence" / key).read_bytes() == (evidence / key).read_bytes()
    again = rows_after(tmp_path)
    for name in ("seal", "sealedhead", "tombstone", "redaction", "custodyentry"):
        assert again[f"cases.{name}"] == rows_of(tmp_path / "backup")[f"cases.{name}"]


def seal_the_day() -> None:
    assert seals.seal_if_due(NOON) is not None


def rows_after(tmp_path: Path) -> dict[str, list[Any]]:
    subprocess.run(
        [sys.executable, "manage.py", "backup", str(tmp_path / "second"), "--skip-checks"],
        cwd=CHECKOUT, check=True,
        env=clean_environment(
            DATA_DIR=str(tmp_path / "new"), DATABASE_URL=f"sqlite:///{tmp_path / 'new.sqlite3'}"
        ),
    )  # fmt: skip
    return rows_of(tmp_path / "second")
