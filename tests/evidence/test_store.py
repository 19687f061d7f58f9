"""The evidence store, in a folder and in a bucket: written once, whole or not at all, never overwritten."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from cases.evidence import folder, intake, store
from tracker import env

KEY = store.original_key(7, "ab" + "0" * 62)


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    """A real S3 server on loopback, spoken to over HTTP."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="evidence")
    yield f"s3://key:secret@{host}:{port}/evidence?secure=false"
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def place(
    request: pytest.FixtureRequest, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Each test runs twice: on a folder, and on S3 through django-storages."""
    if request.param == "bucket":
        monkeypatch.setenv("STORAGE_URL", request.getfixturevalue("s3_url"))
    settings.STORAGES = {**settings.STORAGES, "evidence": env.storage(tmp_path / "evidence")}
    yield request.param
    for key in list(store.keys()):
        store.delete(key)


@pytest.fixture
def root(settings: Any, tmp_path: Path) -> Path:
    """The folder of a store in a folder."""
    settings.STORAGES = {**settings.STORAGES, "evidence": env.storage(tmp_path / "evidence")}
    return tmp_path / "evidence"


def draft(data: bytes) -> Path:
    path = intake.incoming_folder() / f"draft-{hashlib.sha256(data).hexdigest()[:8]}"
    path.write_bytes(data)
    return path


def put(key: str, data: bytes) -> bool:
    path = draft(data)
    try:
        return store.put(key, path)
    finally:
        path.unlink()


def test_what_is_put_comes_back_byte_for_byte(place: str) -> None:
    data = os.urandom(300_000)

    assert put(KEY, data) is True

    with store.open(KEY) as file:
        assert file.read(10) == data[:10]
        file.seek(0)
        assert file.read() == data
    assert store.exists(KEY)
    assert store.size(KEY) == 300_000
    assert store.digest(KEY) == hashlib.sha256(data).hexdigest()
    with store.as_file(KEY) as path:
        assert path.read_bytes() == data


def test_a_part_is_read_from_where_it_begins_to_where_it_ends(place: str) -> None:
    data = os.urandom(300_000)
    put(KEY, data)

    part = store.open_part(KEY, 1_000, 200_000)
    first, rest = part.read(10), b"".join(iter(lambda: part.read(65_536), b""))
    part.close()

    assert first + rest == data[1_000:201_000]
    with pytest.raises(store.Missing):
        store.open_part(store.original_key(7, "cd" + "0" * 62), 0, 1)


def test_the_same_bytes_may_be_put_again(place: str) -> None:
    put(KEY, b"the very same")

    assert put(KEY, b"the very same") is False


@pytest.mark.parametrize("other", [b"other bytes and more", b"The very same"], ids=["longer", "as long"])
def test_other_bytes_under_a_taken_name_are_refused_and_the_first_stay(place: str, other: bytes) -> None:
    put(KEY, b"the very same")

    with pytest.raises(store.AlreadyStored):
        put(KEY, other)

    with store.open(KEY) as file:
        assert file.read() == b"the very same"


def test_what_is_not_there_is_missing(place: str) -> None:
    assert not store.exists(KEY)
    for ask in (store.open, store.size, store.digest):
        with pytest.raises(store.Missing):
            ask(KEY)
    with pytest.raises(store.Missing), store.as_file(KEY):
        pass
    store.delete(KEY)


def test_every_stored_file_is_listed(place: str) -> None:
    names = [KEY, store.copy_key(3, "preview", 1, "jpg"), store.case_file_key("bcdfghjkmn", 2, "c" * 64)]
    for name in names:
        put(name, name.encode())

    assert sorted(store.keys()) == [
        "case-files/bcdfghjkmn/2-cccccccccccc.zip",
        "copies/3/preview-1.jpg",
        f"originals/7/ab/ab{'0' * 62}",
    ]


def test_a_folder_hands_out_paths_and_a_bucket_does_not(place: str) -> None:
    put(KEY, b"data")

    assert (store.local_path(KEY) is not None) == (place == "folder")


def test_a_bucket_out_of_reach_is_trouble_and_not_a_crash(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_URL", "s3://key:secret@127.0.0.1:9/evidence?secure=false")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    settings.STORAGES = {**settings.STORAGES, "evidence": env.storage(Path("/nowhere"))}

    with pytest.raises(store.StoreTrouble, match="The object store gave no answer"):
        store.exists(KEY)


def test_files_and_folders_are_for_the_owner_alone(root: Path) -> None:
    put(KEY, b"data")

    assert (root / KEY).stat().st_mode & 0o777 == 0o600
    for path in (root, root / "originals", root / "originals" / "7" / "ab"):
        assert path.stat().st_mode & 0o777 == 0o700


def test_file_and_name_are_flushed_before_put_returns(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        flushed.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)

    put(KEY, b"data")

    assert flushed[0].startswith(str(intake.incoming_folder()))
    assert flushed[1:] == [
        f"{root}/originals/7/ab",
        f"{root}/originals/7",
        f"{root}/originals",
        f"{root}",
    ]


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EPERM])
def test_a_store_on_another_disk_gets_a_copy(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    real = os.link

    def link(source: Path, target: Path) -> None:
        # EXDEV: only links from another disk fail. EPERM: a file system without links at all.
        if number == errno.EPERM or intake.incoming_folder() in source.parents:
            raise OSError(number, os.strerror(number))
        real(source, target)

    monkeypatch.setattr(os, "link", link)

    assert put(KEY, b"data") is True
    assert put(KEY, b"data") is False
    with pytest.raises(store.AlreadyStored):
        put(KEY, b"other")

    assert (root / KEY).read_bytes() == b"data"
    assert list((root / folder.DRAFTS).iterdir()) == []
    assert list(store.keys()) == [KEY]


def test_a_full_disk_leaves_no_name(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(store.StoreTrouble, match="No space left on device"):
        put(KEY, b"data")

    assert not store.exists(KEY)


@pytest.mark.parametrize("key", ["../outside", "/etc/passwd", "a/../../b", "a//b", "", "a/b\n", "a/\0"])
def test_a_key_never_leads_outside(root: Path, key: str) -> None:
    with pytest.raises(ValueError, match="is not the key of a stored file"):
        store.exists(key)
