"""Scrubbing names every stored file that is not as it was stored, and changes nothing."""

from __future__ import annotations

import io
import os
import random
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cases.evidence import intake, store
from cases.models import BuildState, Case, CaseFile, Exhibit, Upload, UploadPiece
from cases.services import exhibits, scrub, stored_files
from tests import factories, pictures
from tests.factories import NOON
from tracker import env
from tracker.accounts.models import User


@pytest.fixture(autouse=True)
def evidence(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGES = {**settings.STORAGES, "evidence": env.storage(tmp_path / "evidence")}
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "incoming")
    (tmp_path / "incoming").mkdir()
    return tmp_path / "evidence"


@pytest.fixture
def kept(case: Case, alice: User) -> list[Path]:
    """Two exhibits with their working copies and a case file: seven stored files."""
    for seed in range(2):
        upload = pictures.upload(pictures.picture("JPEG", seed=seed))
        exhibit = exhibits.add_exhibit(case=case, by=alice, at=NOON, upload=upload)
        exhibits.make_working_copies(exhibit_id=exhibit.pk, at=NOON)
    draft = intake.incoming_folder() / "case-file"
    draft.write_bytes(b"a bag of evidence")
    sha256 = "dc0ba5d9f5d1aedac4bfbaafc0f2dd6bb4b5b8c7b5da2ff02d6d9ec6c2f0ac9b"
    key = store.case_file_key(case.reference, 1, sha256)
    store.put(key, draft)
    draft.unlink()
    CaseFile.objects.create(
        case=case, number=1, language="en", state=BuildState.READY, requested_at=NOON,
        sha256=store.digest(key), size=17, storage_key=key,
    )  # fmt: skip
    paths = [store.local_path(each) for each in sorted(store.keys())]
    return [path for path in paths if path is not None]


def found() -> list[tuple[str, str]]:
    return [(finding.trouble.value, finding.key) for finding in scrub.scrub()]


def command() -> tuple[int, str]:
    """Exit code and what was printed."""
    out = io.StringIO()
    try:
        call_command("scrub_evidence", stdout=out)
    except CommandError as error:
        return error.returncode, f"{out.getvalue()}{error}"
    return 0, out.getvalue()


def test_a_whole_store_is_said_to_be_whole(kept: list[Path]) -> None:
    assert len(kept) == 7
    assert command() == (0, "Every stored file is what it was when it was stored.\n")


def test_any_single_changed_byte_of_any_file_is_found_and_named(kept: list[Path], evidence: Path) -> None:
    chance = random.Random(5)  # noqa: S311 - where to change, not a secret
    for path in kept * 6:
        whole = path.read_bytes()
        position = chance.randrange(len(whole))
        changed = bytearray(whole)
        changed[position] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)

        assert found() == [("altered", path.relative_to(evidence).as_posix())]

        assert path.read_bytes() == changed
        path.write_bytes(whole)


@pytest.mark.parametrize("how", ["emptied", "cut", "longer"])
def test_a_file_of_another_length_is_found(kept: list[Path], how: str) -> None:
    data = kept[0].read_bytes()
    kept[0].write_bytes({"emptied": b"", "cut": data[:-1], "longer": data + b"\0"}[how])

    assert [trouble for trouble, _key in found()] == ["altered"]


def test_a_missing_file_is_named_with_its_case_and_number(
    kept: list[Path], case: Case, evidence: Path
) -> None:
    exhibit = Exhibit.objects.get(case=case, number=2)
    (evidence / exhibit.storage_key).unlink()

    code, said = command()

    assert code == 1
    assert f"missing: {case.reference} E2: the file {exhibit.storage_key} is missing." in said
    assert said.endswith("1 finding. Nothing was changed.")


def test_two_files_that_changed_places_are_both_found(kept: list[Path]) -> None:
    first, second = kept[-1].read_bytes(), kept[-2].read_bytes()
    kept[-1].write_bytes(second)
    kept[-2].write_bytes(first)

    assert [trouble for trouble, _key in found()] == ["altered", "altered"]


def test_a_file_that_no_row_names_is_found_and_left_where_it_is(kept: list[Path], evidence: Path) -> None:
    stray = evidence / "originals" / "1" / "文件 without a row"
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"stray")

    code, said = command()

    assert code == 1
    assert "unnamed: originals/1/文件 without a row is named by nothing in the database." in said
    assert stray.exists()


def test_an_original_shared_by_two_cases_is_named_for_both(case: Case, alice: User, evidence: Path) -> None:
    other = factories.make_case(owner=alice)
    for each in (case, other):
        upload = pictures.upload(pictures.picture())
        exhibit = exhibits.add_exhibit(case=each, by=alice, at=NOON, upload=upload)
    (evidence / exhibit.storage_key).write_bytes(b"rotten")

    texts = [finding.text for finding in scrub.scrub()]

    assert [text.split(":")[0] for text in texts] == [f"{case.reference} E1", f"{other.reference} E1"]


def test_a_file_that_cannot_be_read_does_not_end_the_round(
    kept: list[Path], evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = store.digest

    def digest(key: str) -> str:
        if key.startswith("originals/"):
            raise store.StoreTrouble("The disk failed.")
        return real(key)

    monkeypatch.setattr(store, "digest", digest)

    assert [trouble for trouble, _key in found()] == ["unreadable", "unreadable"]


def test_an_upload_in_the_middle_of_the_round_is_no_finding(
    kept: list[Path], case: Case, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file is listed, its row is not there yet when the rows are read, and is when it is asked for."""
    exhibits.add_exhibit(case=case, by=alice, at=NOON, upload=pictures.upload(pictures.picture("PNG")))
    with_file = stored_files._with_file
    new = Exhibit.objects.order_by("-pk").values_list("pk", flat=True)[0]

    def before_it_committed(model: Any) -> Any:
        rows = with_file(model)
        return rows.exclude(pk=new) if model is Exhibit else rows

    with monkeypatch.context() as patch:
        patch.setattr(stored_files, "_with_file", before_it_committed)
        assert list(stored_files.unnamed_keys()) == []
        patch.setattr(stored_files, "is_named", lambda key: False)
        assert len(list(stored_files.unnamed_keys())) == 1, "without asking once more it would be one"

    assert found() == []


def test_a_piece_of_an_upload_that_ended_may_be_gone_before_its_row(
    kept: list[Path], case: Case, alice: User
) -> None:
    """As when the process that removes them is killed in between; a piece under way is missed."""
    upload = Upload.objects.create(
        case=case,
        user=alice,
        name="film.mp4",
        size=20,
        sha256="0" * 64,
        offset=10,
        began_at=NOON,
        last_at=NOON,
    )
    UploadPiece.objects.create(
        upload=upload, offset=0, size=10, sha256="1" * 64, storage_key=f"uploads/{upload.pk}/000-1111"
    )
    assert [trouble for trouble, _key in found()] == ["missing"]

    Upload.objects.update(ended_at=NOON)

    assert found() == []


def test_a_piece_that_was_cut_off_before_its_row_goes_with_its_upload(case: Case, alice: User) -> None:
    upload = Upload.objects.create(
        case=case, user=alice, name="film.mp4", size=20, sha256="0" * 64, began_at=NOON, last_at=NOON
    )
    draft = intake.incoming_folder() / "piece-1"
    draft.write_bytes(b"ten bytes.")
    key = store.piece_key(upload.pk, 0, "1" * 64)
    store.put(key, draft)
    assert (found(), scrub.remove_rests(), store.exists(key)) == ([], [], True)

    upload.delete()

    assert (scrub.remove_rests(), store.exists(key)) == ([key], False)


def test_leftovers_are_removed_after_an_hour_and_named(kept: list[Path]) -> None:
    incoming = intake.incoming_folder()
    for name, age in (("exhibit-old", 3_700), ("tmp1.upload.png", 90_000), ("exhibit-new", 3_500)):
        (incoming / name).write_bytes(b"cut off")
        os.utime(incoming / name, (time.time() - age,) * 2)

    code, said = command()

    assert code == 0
    assert said.splitlines() == [
        "Removed what an upload that was cut off had left: exhibit-old",
        "Removed what an upload that was cut off had left: tmp1.upload.png",
        "Every stored file is what it was when it was stored.",
    ]
    assert [path.name for path in incoming.iterdir()] == ["exhibit-new"]


def test_a_draft_on_the_stores_own_disk_is_a_leftover_and_not_a_file(
    kept: list[Path], evidence: Path
) -> None:
    draft = evidence / ".drafts" / "tmpabc"
    draft.parent.mkdir()
    draft.write_bytes(b"half")
    os.utime(draft, (0, 0))

    assert found() == []
    assert scrub.remove_leftovers() == ["tmpabc"]


def test_a_store_out_of_reach_is_said(monkeypatch: pytest.MonkeyPatch, settings: Any, db: None) -> None:
    monkeypatch.setenv("STORAGE_URL", "s3://key:secret@127.0.0.1:9/evidence?secure=false")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    settings.STORAGES = {**settings.STORAGES, "evidence": env.storage(Path("/nowhere"))}

    code, said = command()

    assert code == 1
    assert said.startswith("The evidence store could not be read to the end: The object store gave no answer")
