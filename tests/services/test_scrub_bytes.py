"""One byte of any stored file, in a folder and in a bucket: it is found and named."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.utils import timezone
from moto.server import ThreadedMotoServer

from cases.evidence import store
from cases.models import BuildState, Case, CaseFile, Redaction, Trouble
from cases.services import erasing, scrub, scrub_runs
from tests import factories, stored
from tests.factories import NOON
from tracker import env
from tracker.accounts.models import User

# Over HTTP each try takes longer, and the code that looks is the same.
TRIES = {"folder": 100, "bucket": 20}
CHANCE = random.Random(20260901)  # noqa: S311 - what to change, not a secret


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    """A real S3 server on loopback, spoken to over HTTP."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    _client(f"http://{host}:{port}").create_bucket(Bucket="evidence")
    yield f"s3://key:secret@{host}:{port}/evidence?secure=false"
    server.stop()


def _client(endpoint: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
    )


@pytest.fixture(params=["folder", "bucket"])
def place(
    request: pytest.FixtureRequest, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Where the evidence lies; empty."""
    if request.param == "bucket":
        monkeypatch.setenv("STORAGE_URL", request.getfixturevalue("s3_url"))
    settings.STORAGES = {**settings.STORAGES, "evidence": env.storage(tmp_path / "evidence")}
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    for key in list(store.keys()):
        store.delete(key)
    return str(request.param)


@pytest.fixture
def kept(place: str, case: Case, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, bytes]]:
    """One file of every kind, of random bytes: key to (whose it is, bytes)."""
    monkeypatch.setattr(scrub.custody, "verify", lambda case: [])
    files = {}
    exhibit = stored.exhibit_of(case, data := CHANCE.randbytes(5_000), "image/png")
    files[exhibit.storage_key] = (f"{case.reference} E1", data)
    copy = stored.copy_of(exhibit, "preview", data := CHANCE.randbytes(700))
    files[copy.storage_key] = (f"{case.reference} E1 preview", data)
    stored._put(key := store.redaction_key(exhibit.pk, 1, "ab" * 32, "png"), data := CHANCE.randbytes(1))
    Redaction.objects.create(
        exhibit=exhibit, number=1, boxes=[], original_sha256=exhibit.sha256, asked_at=NOON, made_at=NOON,
        sha256=store.digest(key), size=1, storage_key=key,
    )  # fmt: skip
    files[key] = (f"{case.reference} E1 R1", data)
    stored._put(key := store.case_file_key(case.reference, 1, "cd" * 32), data := CHANCE.randbytes(70_000))
    CaseFile.objects.create(
        case=case, number=1, language="en", state=BuildState.READY, requested_at=NOON, storage_key=key,
        sha256=store.digest(key), size=70_000,
    )  # fmt: skip
    files[key] = (f"{case.reference} case file 1", data)
    return files


def overwrite(key: str, data: bytes) -> None:
    """As a failing disk does, past the store, which overwrites nothing."""
    store.delete(key)
    stored._put(key, data)


def test_one_flipped_bit_of_any_file_is_found_and_named(
    kept: dict[str, tuple[str, bytes]], place: str
) -> None:
    assert list(scrub.scrub()) == []
    for _try in range(TRIES[place]):
        key = CHANCE.choice(sorted(kept))
        whose, whole = kept[key]
        changed = bytearray(whole)
        changed[CHANCE.randrange(len(whole))] ^= 1 << CHANCE.randrange(8)
        overwrite(key, bytes(changed))

        found = [(one.trouble, one.key, one.whose) for one in scrub.scrub()]

        assert found == [(Trouble.ALTERED, key, whose)]
        overwrite(key, whole)
    assert list(scrub.scrub()) == []


def test_a_missing_file_and_one_without_a_row_are_named(kept: dict[str, tuple[str, bytes]]) -> None:
    gone = sorted(kept)[0]
    store.delete(gone)
    stored._put("originals/9/ab/stray", b"stray")

    found = [(one.trouble, one.key) for one in scrub_runs.read_everything(at=timezone.now())]

    assert found == [(Trouble.MISSING, gone), (Trouble.UNNAMED, "originals/9/ab/stray")]


def test_an_erased_case_leaves_no_file_behind(
    kept: dict[str, tuple[str, bytes]], case: Case, alice: User
) -> None:
    other = factories.make_case(owner=alice)
    beside = stored.exhibit_of(other, b"another case", "text/plain")

    erasing.erase(case=case, by=alice, at=NOON, typed=case.reference)
    assert erasing.remove(case_id=case.pk)

    assert list(store.keys()) == [beside.storage_key]
