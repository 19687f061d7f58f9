from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from cases.casefile import layout
from cases.evidence import store
from cases.models import Case, CaseImport, Exhibit, ImportState
from cases.services import case_files, case_import_runs, case_imports, erasing, importing, stored_files
from tests import pictures
from tests.casefile import bags, stories
from tests.casefile.stories import at
from tests.casefile.test_origins import chain_of
from tests.factories import NOON
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db

LATER = timedelta(minutes=31)


@pytest.fixture
def bundle(case: Case, alice: User, tmp_path: Path) -> Path:
    stories.add_exhibit(case, alice, at(6, 20), pictures.picture("PNG"), "聊天.png", "与店铺的聊天")
    path = tmp_path / "case-file.zip"
    with case_files.open_zip(stories.ready_case_file(case, alice)) as file:
        path.write_bytes(file.read())
    return path


def brought(bundle: Path, user: User) -> CaseImport:
    return case_imports.bring(user=user, path=bundle, name="../案件.zip", at=timezone.now())


def checked(bundle: Path, user: User) -> CaseImport:
    row = brought(bundle, user)
    case_import_runs.run(case_import_id=row.pk)
    row.refresh_from_db()
    return row


def taken_in(bundle: Path, user: User) -> CaseImport:
    row = checked(bundle, user)
    assert case_imports.confirm(case_import=row)
    case_import_runs.run(case_import_id=row.pk)
    row.refresh_from_db()
    return row


def is_kept(row: CaseImport) -> bool:
    """Whether its ZIP lies in the store; another test may have left its own."""
    return store.exists(store.import_key(row.pk, row.sha256))


def test_a_case_file_is_kept_checked_shown_and_taken_in_only_after_a_word(
    bundle: Path, case: Case, mallory: User
):
    row = checked(bundle, mallory)

    assert (row.state, row.ended_at, mallory.cases.count()) == ("checked", None, 0)
    told = row.told
    assert (told["title"], told["exhibits"], told["contacts"], told["orders"]) == (case.title, 1, 0, 0)
    assert told["is_own_key"]
    assert (told["left_out"], told["redacted"]) == ([], [])
    assert case_imports.confirm(case_import=row)
    case_import_runs.run(case_import_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.storage_key, row.case) == ("done", "", mallory.cases.get())
    assert not is_kept(row)
    assert [exhibit.shows for exhibit in Exhibit.objects.filter(case=row.case)] == ["与店铺的聊天"]


def test_a_changed_case_file_is_refused_with_every_finding_in_both_languages(bundle: Path, mallory: User):
    with zipfile.ZipFile(bundle) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["data/contacts.csv"] += b"one more"
    with zipfile.ZipFile(bundle, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)

    row = checked(bundle, mallory)

    assert (row.state, row.storage_key) == ("refused", "")
    assert any("data/contacts.csv was altered" in one["en"] for one in row.findings)
    assert any("data/contacts.csv 已被改动" in one["zh-hans"] for one in row.findings)
    assert not is_kept(row)


@pytest.mark.parametrize(
    "content", [b"no zip at all", b"PK\x03\x04" + b"x" * 900, b"PK\x05\x06" + b"\0" * 18]
)
def test_what_is_no_case_file_is_refused_with_a_sentence(tmp_path: Path, mallory: User, content: bytes):
    (tmp_path / "x.zip").write_bytes(content)

    row = checked(tmp_path / "x.zip", mallory)

    assert (row.state, bool(row.findings)) == ("refused", True)
    assert not is_kept(row)


def test_an_empty_file_is_not_kept(tmp_path: Path, mallory: User):
    (tmp_path / "x.zip").write_bytes(b"")

    with pytest.raises(ValidationError, match="The file is empty"):
        brought(tmp_path / "x.zip", mallory)

    assert not CaseImport.objects.exists()


def test_one_is_under_way_at_a_time_and_the_next_may_come_after_it(bundle: Path, mallory: User, alice: User):
    first = brought(bundle, mallory)

    with pytest.raises(ValidationError, match="Another case file of yours"):
        brought(bundle, mallory)
    assert brought(bundle, alice).pk != first.pk
    assert is_kept(first)
    key = first.storage_key
    assert case_imports.discard(case_import=first, at=timezone.now())

    assert not store.exists(key)
    first.refresh_from_db()
    assert (first.state, first.name, first.told) == ("discarded", "", {})
    assert brought(bundle, mallory).state == "queued"


def test_the_twenty_first_within_a_day_is_refused(bundle: Path, mallory: User):
    CaseImport.objects.bulk_create(
        CaseImport(
            user=mallory, size=1, sha256="a" * 64, state=ImportState.REFUSED, requested_at=NOON, ended_at=NOON
        )
        for _turn in range(20)
    )

    with pytest.raises(ValidationError, match="20 case files within a day"):
        case_imports.bring(user=mallory, path=bundle, name="x.zip", at=NOON + timedelta(hours=23))
    row = case_imports.bring(user=mallory, path=bundle, name="x.zip", at=NOON + timedelta(hours=25))

    assert row.state == "queued"


def test_where_there_is_no_room_nothing_is_kept(bundle: Path, mallory: User, settings: Any):
    settings.USER_MAX_BYTES = 100

    with pytest.raises(ValidationError):
        brought(bundle, mallory)

    assert not CaseImport.objects.exists()


def test_a_worker_that_dies_while_it_checks_is_followed_by_another(bundle: Path, mallory: User):
    row = brought(bundle, mallory)
    CaseImport.objects.filter(pk=row.pk).update(
        state=ImportState.CHECKING, attempts=1, lease_until=timezone.now() - LATER
    )

    assert case_import_runs.sweep() == 1
    case_import_runs.run(case_import_id=row.pk)

    row.refresh_from_db()
    assert row.state == "checked"


def test_while_one_worker_has_it_another_does_nothing(bundle: Path, mallory: User):
    row = brought(bundle, mallory)
    CaseImport.objects.filter(pk=row.pk).update(
        state=ImportState.CHECKING, attempts=1, lease_until=timezone.now() + LATER
    )

    case_import_runs.run(case_import_id=row.pk)

    row.refresh_from_db()
    assert (row.state, row.attempts, case_import_runs.sweep()) == ("checking", 1, 0)


def test_who_was_taken_over_in_the_middle_leaves_no_second_case(
    bundle: Path, mallory: User, monkeypatch: pytest.MonkeyPatch
):
    row = checked(bundle, mallory)
    case_imports.confirm(case_import=row)
    take_in = importing.import_case_file

    def overtaken(**arguments: Any) -> Case:
        CaseImport.objects.filter(pk=row.pk).update(attempts=2)
        return take_in(**arguments)

    monkeypatch.setattr(case_import_runs, "import_case_file", overtaken)
    case_import_runs.run(case_import_id=row.pk)

    assert not mallory.cases.exists()
    # The other one may have stored, and be about to name, the very same file.
    assert store.exists(store.original_key(mallory.pk, Exhibit.objects.get().sha256))


def test_what_is_discarded_while_it_arrives_leaves_nothing(
    bundle: Path, mallory: User, monkeypatch: pytest.MonkeyPatch
):
    put = store.put

    def discarded_meanwhile(key: str, path: Path) -> bool:
        CaseImport.objects.all().delete()
        return put(key, path)

    monkeypatch.setattr(store, "put", discarded_meanwhile)
    before = set(store.keys())

    with pytest.raises(ValidationError, match="Nothing of it was kept"):
        brought(bundle, mallory)

    assert set(store.keys()) == before


def lying(path: Path, **facts: Any) -> Path:
    """A sound bag whose case.json says what none of ours does; `size` is of its exhibit."""
    sha256 = hashlib.sha256(bags.PICTURE).hexdigest()
    own = chain_of("b3c4d5f6g7", [("case_opened", None, "", {}), ("exhibit_received", 1, sha256, {})])
    exhibit = {"number": 1, "file": bags.EXHIBIT, "sha256": sha256, "size": facts.pop("size", 1)}
    case: dict[str, Any] = {
        "schema": layout.SCHEMA,
        "state_at": bags.WHEN.isoformat(),
        "case_file": {"identifier": "b3c4d5f6g7/1"},
        "case": {"reference": "b3c4d5f6g7", "title": "A", "merchant": "B", **facts},
        "custody": {"count": len(own), "head": own[-1][1]},
        "exhibits": [exhibit],
        **{name: [] for name in ("orders", "contacts", "milestones", "deadlines")},
    }
    content = json.dumps(case).encode()
    members = bags.payload(case_json=content, custody=bags.chain_lines(own))
    bags.make_bag(path, members=members, head=own[-1][1])
    return path


@pytest.mark.parametrize("title", ["half a sign \ud800", "none \0"])
def test_text_that_no_row_can_hold_is_refused_at_once(
    tmp_path: Path, mallory: User, mallory_client: Client, title: str
):
    row = checked(lying(tmp_path / "x.zip", title=title), mallory)

    assert (row.state, row.attempts) == ("refused", 1)
    for page in ("/cases/import/", f"/cases/import/{row.pk}/"):
        assert mallory_client.get(page).status_code == 200


@pytest.mark.parametrize("size", [0, -1, 10**400, "many"])
def test_the_size_of_a_file_is_measured_not_believed(
    tmp_path: Path, mallory: User, mallory_client: Client, size: object
):
    row = checked(lying(tmp_path / "x.zip", size=size), mallory)

    assert (row.state, row.told["bytes"]) == ("checked", len(bags.PICTURE))
    assert mallory_client.get(f"/cases/import/{row.pk}/").status_code == 200


def test_what_fails_three_times_is_given_up_with_a_sentence_and_keeps_nothing(
    bundle: Path, mallory: User, monkeypatch: pytest.MonkeyPatch
):
    def fails(*_arguments: Any, **_named: Any) -> None:
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(case_import_runs, "verify", fails)
    row = brought(bundle, mallory)
    for _attempt in range(3):
        case_import_runs.run(case_import_id=row.pk)
        CaseImport.objects.filter(pk=row.pk, ended_at=None).update(lease_until=None)

    row.refresh_from_db()
    assert (row.state, row.storage_key, is_kept(row)) == ("failed", "", False)
    assert row.findings[0]["en"].startswith("It could not be taken in after 3 attempts")


def test_a_file_that_is_gone_is_said_to_be(bundle: Path, mallory: User):
    row = brought(bundle, mallory)
    store.delete(row.storage_key)

    case_import_runs.run(case_import_id=row.pk)

    row.refresh_from_db()
    assert row.findings[0]["en"] == "The file did not stay here. Bring it in once more."


def test_what_nobody_answers_is_forgotten_with_its_file(bundle: Path, mallory: User):
    row = checked(bundle, mallory)
    CaseImport.objects.filter(pk=row.pk).update(requested_at=timezone.now() - timedelta(hours=25))

    case_import_runs.sweep()

    assert not CaseImport.objects.exists()
    assert not is_kept(row)


def test_what_was_taken_in_cannot_be_discarded_and_is_listed_for_a_month(bundle: Path, mallory: User):
    row = taken_in(bundle, mallory)

    assert not case_imports.discard(case_import=row, at=timezone.now())
    assert not case_imports.confirm(case_import=row)
    CaseImport.objects.update(ended_at=timezone.now() - timedelta(days=31))
    case_import_runs.sweep()

    assert not CaseImport.objects.exists()
    assert mallory.cases.exists()


def test_the_same_case_file_is_recognised_when_it_comes_a_second_time(
    bundle: Path, mallory: User, alice: User
):
    first = taken_in(bundle, mallory)

    assert list(case_imports.before(checked(bundle, mallory))) == [first.case]
    assert list(case_imports.before(checked(bundle, alice))) == []


def test_an_erased_case_leaves_no_word_in_the_list(bundle: Path, mallory: User):
    case = taken_in(bundle, mallory).case
    assert case is not None

    erasing.erase(case=case, by=mallory, at=timezone.now(), typed=case.reference)

    assert not CaseImport.objects.exists()


def test_the_store_knows_whose_the_file_is_and_what_may_go(bundle: Path, mallory: User):
    row = brought(bundle, mallory)

    named = next(one for one in stored_files.named_files() if one.key == row.storage_key)
    assert (named.whose, named.sha256) == (f"import {row.pk}", row.sha256)
    assert row.storage_key not in list(stored_files.unnamed_keys())
    CaseImport.objects.all().delete()
    assert row.storage_key in list(stored_files.unnamed_keys())
    assert stored_files.is_rest(row.storage_key)
