"""The whole installation in one folder, and back: rows, evidence and keys, every file with its hash.

A backup folder holds data.jsonl (every row, also of the custody chains), evidence/ (files under their
storage keys), keys/ (signing key and secret key), backup.json (what made it) and manifest-sha256.txt,
which `sha256sum -c` understands. It moves between SQLite and PostgreSQL, folder and bucket.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from cases.casefile import certificate
from cases.evidence import store
from cases.models import Case, UploadPiece
from cases.services import custody, seals, stored_files
from tracker.accounts.models import User

FORMAT = 1
MANIFEST = "manifest-sha256.txt"
# Made by migrations, or of no use elsewhere: sessions, signs of life, the admin's own log, files on
# their way in, which their senders announce anew.
LEFT_OUT = {
    "contenttypes.contenttype",
    "auth.permission",
    "sessions.session",
    "admin.logentry",
    "health.heartbeat",
    "cases.upload",
    "cases.uploadpiece",
}
CHUNK = 1024 * 1024


class BackupError(Exception):
    """Why a backup cannot be made or taken back, in one sentence."""


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What was written or taken back. `damaged` names stored evidence that is not as it was received."""

    rows: int
    files: int
    damaged: tuple[str, ...] = ()


def make_backup(*, folder: Path, at: datetime) -> BackupReport:
    """Write everything into the folder, which must be new or empty. Raises BackupError.

    Rows are read in one transaction, so they fit each other; files are written once and never change,
    so they may be copied after it.
    """
    _make_empty(folder)
    with transaction.atomic():
        if connection.vendor == "postgresql":
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        rows = _write_rows(folder / "data.jsonl")
        keys = dict(_stored_files())
        about = {"format": FORMAT, "made_at": at.isoformat(), "migrations": _migrations()}
    damaged = [key for key, sha256 in keys.items() if not _copy_out(key, sha256, folder / "evidence" / key)]
    for name, path in _keys_of_this_installation():
        if path.exists():
            _copy(path, folder / "keys" / name)
    _write(folder / "backup.json", json.dumps(about, indent=1).encode())
    lines = [f"{_sha256(path)}  {path.relative_to(folder)}\n" for path in _files_in(folder)]
    # Written last: a folder without it is no backup.
    _write(folder / MANIFEST, "".join(lines).encode())
    return BackupReport(rows, len(keys), tuple(damaged))


def restore(*, folder: Path) -> BackupReport:
    """Take a backup back into an empty installation. Raises BackupError and leaves no row behind.

    Every hash is checked before, every custody chain afterwards.
    """
    _check_manifest(folder)
    about = json.loads((folder / "backup.json").read_bytes())
    if about.get("format") != FORMAT or about.get("migrations") != _migrations():
        raise BackupError(
            "This backup was made by another version of the software. Restore it with the version that "
            "made it, then update."
        )
    if User.objects.exists() or Case.objects.exists():
        raise BackupError(
            "There are users or cases here already. Restore into a new, empty installation: "
            "set DATA_DIR or DATABASE_URL to one."
        )
    with transaction.atomic():
        rows = _read_rows(folder / "data.jsonl")
        files = dict(_stored_files())
        for key in files:
            _copy_in(folder / "evidence" / key, key)
        _check_chains()
    for name, path in _keys_of_this_installation():
        if (folder / "keys" / name).exists():
            _replace(folder / "keys" / name, path)
    return BackupReport(rows, len(files))


def _migrations() -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def _models() -> list[type[models.Model]]:
    """Every model with rows of its own, those it refers to before it."""
    every = [(config, None) for config in apps.get_app_configs()]
    ordered = serializers.sort_dependencies(every)
    return [
        model
        for model in ordered
        if model._meta.label_lower not in LEFT_OUT and model._meta.managed and not model._meta.proxy
    ]


def _write_rows(path: Path) -> int:
    count = 0
    with io.TextIOWrapper(_new(path), encoding="utf-8") as stream:
        for model in _models():
            rows = model._default_manager.order_by("pk")
            serializers.serialize("jsonl", rows.iterator(chunk_size=500), stream=stream)
            count += rows.count()
        _flush(stream)
    return count


def _read_rows(path: Path) -> int:
    count = 0
    with path.open(encoding="utf-8") as stream:
        for row in serializers.deserialize("jsonl", stream):
            # PostgreSQL refuses even an UPDATE that would find no custody entry.
            row.save(force_insert=True)
            count += 1
    connection.check_constraints()
    for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
        connection.cursor().execute(statement)
    return count


def _stored_files() -> Iterator[tuple[str, str]]:
    """Storage key and SHA-256 of every file that a row names."""
    for model in stored_files.CASE_OF:
        if model is not UploadPiece:
            rows = model._default_manager.exclude(storage_key="")
            yield from rows.values_list("storage_key", "sha256").iterator()


def _keys_of_this_installation() -> tuple[tuple[str, Path], ...]:
    return (
        ("signing-key.pem", Path(settings.SIGNING_KEY_PATH)),
        ("signing-certificate.pem", certificate.beside(Path(settings.SIGNING_KEY_PATH))),
        ("secret-key", Path(settings.DATA_DIR) / "secret-key"),
    )


def _copy_out(key: str, sha256: str, path: Path) -> bool:
    """Copy a stored file as it is; False when it is missing or not what its row says."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with store.open(key) as source, _new(path) as target:
            shutil.copyfileobj(source, target, CHUNK)
            _flush(target)
    except store.Missing:
        return False
    return _sha256(path) == sha256


def _copy_in(path: Path, key: str) -> None:
    if not path.exists():
        return  # It was missing when the backup was made, which said so then.
    # A copy of our own: the store may keep the very file it is given.
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        copy = Path(folder) / "file"
        _copy(path, copy)
        store.put(key, copy)


def _check_manifest(folder: Path) -> None:
    try:
        lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(
            f"{folder} is no whole backup: its {MANIFEST} cannot be read. Choose the folder of a backup."
        ) from error
    listed = {name: sha256 for sha256, _blank, name in (line.partition("  ") for line in lines)}
    found = {str(path.relative_to(folder)) for path in _files_in(folder)} - {MANIFEST}
    if not {"data.jsonl", "backup.json"} <= set(listed) or found != set(listed):
        odd = sorted(found ^ set(listed)) or ["data.jsonl"]
        raise BackupError(
            f"This backup is not whole: {odd[0]} is missing or too much. Take another copy of it."
        )
    for name, sha256 in listed.items():
        if _sha256(folder / name) != sha256:
            raise BackupError(f"{name} is not as it was backed up. Take another copy of the backup.")


def _check_chains() -> None:
    for case in stored_files.with_words().order_by("pk").iterator(chunk_size=500):
        broken = custody.verify(case)
        if broken:
            raise BackupError(
                f"The custody chain of case {case.reference} does not hold at entry {broken[0].sequence}. "
                "It was altered before the backup was made; nothing was restored."
            )
    unsound = next(seals.verify_seals(), None)
    if unsound is not None:
        raise BackupError(
            f"Daily seal {unsound.number} does not hold ({unsound.reason}). "
            "It was altered before the backup was made; nothing was restored."
        )


def _make_empty(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise BackupError(
            f"{folder} cannot be written to: {error.strerror}. Choose another folder."
        ) from error
    if not is_empty:
        raise BackupError(f"{folder} is not empty. Choose a new folder: a backup overwrites nothing.")


def _files_in(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with source.open("rb") as old, _new(target) as new:
        shutil.copyfileobj(old, new, CHUNK)
        _flush(new)


def _replace(source: Path, target: Path) -> None:
    draft = target.with_name(f".{target.name}.restored")
    draft.unlink(missing_ok=True)
    _copy(source, draft)
    draft.replace(target)


def _write(path: Path, content: bytes) -> None:
    with _new(path) as file:
        file.write(content)
        _flush(file)


def _new(path: Path) -> Any:
    """A new file that only this user can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _flush(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
