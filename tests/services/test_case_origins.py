"""A case goes from one installation to the next, and brings its chains along."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from cases.casefile import layout
from cases.casefile.box import open_box
from cases.casefile.timestamp import Stamp
from cases.casefile.verify import verify
from cases.models import Case, CaseOrigin
from cases.services import case_files, case_origins, contacts, custody, erasing, importing
from tests import pictures
from tests.casefile import stories
from tests.casefile.stories import at
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db

# What the second installation may rightly tell otherwise: its own names for the case, its chain, its people.
OWN = {
    "state_at", "chain_head", "case_file", "custody", "origins", "case.reference", "case.owner",
    "contacts.logged_by", "milestones.logged_by", "exhibits.added_by", "exhibits.source",
}  # fmt: skip


def exported(case: Case, owner: User, folder: Path, *, day: int) -> Path:
    path = folder / f"{day}.zip"
    with case_files.open_zip(stories.ready_case_file(case, owner, when=at(day, 12))) as file:
        path.write_bytes(file.read())
    return path


def content(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        return dict(json.loads(archive.read(layout.CASE_JSON)))


def read(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def without_own(told: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in told.items() if name not in OWN}
    for part in ("contacts", "milestones", "exhibits", "deadlines"):
        kept[part] = [
            {name: value for name, value in one.items() if f"{part}.{name}" not in OWN} for one in told[part]
        ]
    kept["case"] = {name: value for name, value in told["case"].items() if f"case.{name}" not in OWN}
    return kept


@pytest.fixture
def first(case: Case, alice: User, tmp_path: Path) -> Path:
    """With an exhibit and a contact that it proves; small, since each test builds it anew."""
    exhibit = stories.add_exhibit(case, alice, at(6, 20), pictures.picture("PNG"), "聊天.png", "与店铺的聊天")
    contacts.log_contact(
        case=case, by=alice, at=at(6, 21), channel="shop_message", outcome="promised", summary="会补发",
        promise="两周内补发", promised_by=at(20, 21), exhibits=[exhibit],
    )  # fmt: skip
    return exported(case, alice, tmp_path, day=9)


@pytest.fixture
def second(first: Path, mallory: User, tmp_path: Path) -> Path:
    """The same case after another installation took it in."""
    case = importing.import_case_file(path=first, owner=mallory, at=at(10, 9))
    return exported(case, mallory, tmp_path, day=10)


@pytest.fixture
def third(second: Path, bob: User, tmp_path: Path) -> Path:
    case = importing.import_case_file(path=second, owner=bob, at=at(11, 9))
    return exported(case, bob, tmp_path, day=11)


def test_export_import_export_tells_the_same_case(alice: User, mallory: User, tmp_path: Path):
    first = exported(stories.lost_parcel(alice), alice, tmp_path, day=9)
    case = importing.import_case_file(path=first, owner=mallory, at=at(10, 9))
    second = exported(case, mallory, tmp_path, day=10)
    told = [without_own(content(path)) for path in (first, second)]

    assert told[0].keys() == told[1].keys()
    for part in told[0]:
        assert told[1][part] == told[0][part], part
    assert (len(told[0]["contacts"]), len(told[0]["exhibits"])) == (5, 4)
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as other:
        names = [name for name in one.namelist() if name.startswith(layout.EXHIBITS)]
        assert len(names) == 4
        assert all(one.read(name) == other.read(name) for name in names)


def test_after_three_installations_the_case_is_the_same(first: Path, third: Path):
    assert without_own(content(third)) == without_own(content(first))


def test_every_chain_is_handed_on_unchanged_with_its_head(first: Path, second: Path, third: Path):
    assert read(second, layout.ORIGIN_FILES[0]) == read(first, layout.CUSTODY)
    assert read(third, layout.ORIGIN_FILES[0]) == read(first, layout.CUSTODY)
    assert read(third, layout.ORIGIN_FILES[1]) == read(second, layout.CUSTODY)
    heads = [content(path)["custody"]["head"] for path in (first, second)]
    assert [origin["head"] for origin in content(third)["origins"]] == heads
    own = json.loads(read(third, layout.CUSTODY).splitlines()[0])["entry"]
    assert (own["action"], own["details"]["chain_head"], own["details"]["origins"]) == (
        "case_imported",
        heads[1],
        2,
    )
    assert [verify(path).is_unaltered for path in (first, second, third)] == [True, True, True]


def test_a_case_file_says_where_the_case_came_from(second: Path, first: Path):
    [origin] = content(second)["origins"]

    assert origin["identifier"] == content(first)["case_file"]["identifier"]
    assert origin["reference"] == content(first)["case"]["reference"]
    assert origin["signing_key"] == case_files.own_key().fingerprint
    assert origin["state_at"] == content(first)["state_at"]
    assert origin["bundle_sha256"] == hashlib.sha256(first.read_bytes()).hexdigest()
    assert (origin["stamped_at"], origin["stamp_authority"]) == ("", "")
    entry = json.loads(read(second, layout.CUSTODY).splitlines()[0])["entry"]
    assert entry["details"]["bundle_sha256"] == origin["bundle_sha256"]
    assert origin["count"] == len(read(first, layout.CUSTODY).splitlines())


def test_the_time_stamp_of_the_imported_case_file_is_kept_as_it_claims(first: Path):
    stamped = replace(verify(first), stamp=Stamp(at(9, 13), "TSA of Hangzhou", is_checked=False))
    box = open_box(first)
    try:
        [origin] = case_origins.brought_along(first, box, content(first), stamped)
    finally:
        box.close()

    assert origin.stamped_at == at(9, 13).isoformat()
    assert origin.stamp_authority == "TSA of Hangzhou"


@pytest.mark.parametrize("field", ["identifier", "reference", "signing_key", "bundle_sha256"])
def test_whoever_changes_what_is_kept_of_the_origin_is_found_out(taken_in: Case, field: str):
    assert custody.verify(taken_in) == []
    CaseOrigin.objects.filter(case=taken_in).update(**{field: "2" * 10})

    assert [(one.sequence, one.reason) for one in custody.verify(taken_in)] == [(1, "origin")]


def test_open_deadlines_are_reminded_of_again_and_ended_ones_are_not(first: Path, mallory: User):
    case = importing.import_case_file(path=first, owner=mallory, at=at(10, 9))

    is_open = {deadline.pk for deadline in case.deadlines.all() if deadline.is_open}
    planned = set(case.deadlines.filter(reminders__user=mallory).values_list("pk", flat=True))
    assert is_open
    assert planned
    assert planned <= is_open


@pytest.fixture
def taken_in(first: Path, mallory: User) -> Case:
    return importing.import_case_file(path=first, owner=mallory, at=at(10, 9))


@pytest.mark.parametrize("spoil", ["changed", "cut", "emptied", "head", "gone", "swapped for another"])
def test_whoever_changes_a_kept_chain_is_found_out(taken_in: Case, spoil: str, alice: User):
    row = taken_in.origins.get()
    lines = bytes(row.lines)
    assert custody.verify(taken_in) == []
    other = b"".join(lines.splitlines(keepends=True)[:-1])
    changes: dict[str, dict[str, Any]] = {
        "changed": {"lines": lines.replace(b"shop_message", b"shop_massage")},
        "cut": {"lines": other, "entry_count": row.entry_count - 1},
        "emptied": {"lines": b""},
        "head": {"chain_head": "0" * 64},
        # Whole in itself, and not what the first entry names.
        "swapped for another": {
            "lines": other,
            "entry_count": row.entry_count - 1,
            "chain_head": json.loads(other.splitlines()[-1])["hash"],
        },
    }
    if spoil == "gone":
        row.delete()
    else:
        CaseOrigin.objects.filter(pk=row.pk).update(**changes[spoil])

    assert [(one.sequence, one.reason) for one in custody.verify(taken_in)] == [(1, "origin")]


def test_a_spoiled_chain_is_not_handed_on(taken_in: Case, mallory: User):
    CaseOrigin.objects.filter(case=taken_in).update(lines=b"nothing")

    case_file = case_files.build_now(case=taken_in, by=mallory, at=at(11, 9), language="en")

    assert case_file.failure.startswith("The chain of custody does not hold at entry 1")


def test_verify_custody_names_a_spoiled_origin(taken_in: Case, capsys: pytest.CaptureFixture[str]):
    CaseOrigin.objects.filter(case=taken_in).update(chain_head="1" * 64)

    with pytest.raises(SystemExit):
        call_command("verify_custody", taken_in.reference)

    told = "entry 1: a chain that it came with from another installation is not as it came"
    assert told in capsys.readouterr().out


def test_the_page_shows_the_kept_chain_beside_the_own_one(taken_in: Case, mallory: User, client: Client):
    client.force_login(mallory)
    own = client.get(f"/cases/{taken_in.reference}/custody/").content.decode()
    kept = client.get(f"/cases/{taken_in.reference}/custody/origins/1/").content.decode()

    origin = taken_in.origins.get()
    assert origin.identifier in own
    assert origin.chain_head[:8] in own
    assert "Checked just now: it is as it came." in kept
    assert kept.count('class="link"') == origin.entry_count
    assert client.get(f"/cases/{taken_in.reference}/custody/origins/2/").status_code == 404


def test_the_page_of_a_spoiled_chain_is_a_sentence_and_no_error(
    taken_in: Case, mallory: User, client: Client
):
    client.force_login(mallory)
    CaseOrigin.objects.filter(case=taken_in).update(lines=b"\xff\x00")

    page = client.get(f"/cases/{taken_in.reference}/custody/origins/1/")

    assert page.status_code == 200
    assert "It is not as it came" in page.content.decode()


def test_an_erased_case_leaves_no_chain_it_came_with(taken_in: Case, mallory: User):
    erasing.erase(case=taken_in, by=mallory, at=at(11, 9), typed=taken_in.reference)

    assert not CaseOrigin.objects.exists()


def test_a_case_cannot_go_round_for_ever(case: Case):
    nothing_read: Any = None

    with pytest.raises(ValidationError, match="taken in 20 times already"):
        case_origins.brought_along(nothing_read, nothing_read, {"origins": [{}] * 20}, nothing_read)


def test_what_was_added_after_the_import_is_in_the_own_chain_only(
    taken_in: Case, mallory: User, tmp_path: Path
):
    contacts.log_contact(
        case=taken_in, by=mallory, at=at(10, 11), channel="shop_message", outcome="no_answer", summary="再问"
    )

    path = exported(taken_in, mallory, tmp_path, day=12)

    assert b"contact_logged" in read(path, layout.CUSTODY)
    assert len(content(path)["contacts"]) == 2
    assert verify(path).is_unaltered


def test_an_import_that_is_refused_keeps_no_chain(first: Path, mallory: User):
    data = first.read_bytes()
    first.write_bytes(data[:-200])

    with pytest.raises(ValidationError):
        importing.import_case_file(path=first, owner=mallory, at=at(10, 9))

    assert not CaseOrigin.objects.exists()


def test_chains_that_are_endless_are_refused(first: Path, mallory: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(case_origins, "MOST_BYTES", 100)

    with pytest.raises(ValidationError, match="100"):
        importing.import_case_file(path=first, owner=mallory, at=at(9, 9))

    assert not mallory.cases.exists()
