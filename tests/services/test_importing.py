from __future__ import annotations

import errno
import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from cases.casefile import layout
from cases.casefile.bag import member_of, write_bag
from cases.casefile.verify import verify
from cases.evidence import store
from cases.models import Case, CustodyEntry, Exhibit, OwnPlaybook
from cases.services import case_files, custody, importing
from tests.casefile import bags, stories
from tests.casefile.stories import at
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(alice: User) -> Case:
    return stories.lost_parcel(alice)


@pytest.fixture
def exported(story: Case, alice: User, tmp_path: Path) -> Path:
    path = tmp_path / "case-file.zip"
    with case_files.open_zip(stories.ready_case_file(story, alice)) as file:
        path.write_bytes(file.read())
    return path


def test_a_case_comes_back_whole_in_other_hands(
    story: Case, exported: Path, mallory: User, tmp_path: Path
) -> None:
    case = importing.import_case_file(path=exported, owner=mallory, at=at(10, 9))

    assert case.owner == mallory
    assert case.reference != story.reference
    for name in ("title", "problem_statement", "demand", "amount", "merchant", "created_at", "status"):
        assert getattr(case, name) == getattr(story, name), name
    assert case.also_playbooks == ["card_chargeback"]
    assert (case.merchant_address, case.payment_method) == ("浙江省杭州市余杭区文一西路 1 号", "card")
    assert [str(order) for order in case.orders.all()] == [str(order) for order in story.orders.all()]
    assert [number.number for order in case.orders.all() for number in order.numbers.all()] == [
        "6930112233445566778",
        "DY2026090121320012345",
        "YT7788990011223",
        "6930112233445566779",
    ]
    told = (
        "channel",
        "started_at",
        "ended_at",
        "person",
        "ticket_number",
        "outcome",
        "summary",
        "promised_by",
    )
    assert list(case.contacts.values_list(*told)) == list(story.contacts.values_list(*told))
    kept = ("kind", "channel", "happened_at", "note")
    assert list(case.milestones.values_list(*kept)) == list(story.milestones.values_list(*kept))
    kept = ("rule", "due_at", "met_at", "is_paused")
    assert list(case.deadlines.values_list(*kept)) == list(story.deadlines.values_list(*kept))
    assert list(case.contacts.values_list("exhibits__number", flat=True)) == list(
        story.contacts.values_list("exhibits__number", flat=True)
    )


def test_every_exhibit_is_bit_for_bit_what_was_received(story: Case, exported: Path, mallory: User) -> None:
    case = importing.import_case_file(path=exported, owner=mallory, at=at(10, 9))

    same = ("number", "sha256", "size", "media_type", "original_name", "shows", "received_at")
    assert list(case.exhibits.values_list(*same)) == list(story.exhibits.values_list(*same))
    for exhibit in case.exhibits.all():
        assert store.digest(exhibit.storage_key) == exhibit.sha256
        assert exhibit.source == "import"


def test_the_new_chain_begins_with_where_the_case_came_from(
    story: Case, exported: Path, mallory: User
) -> None:
    case = importing.import_case_file(path=exported, owner=mallory, at=at(10, 9))

    first = CustodyEntry.objects.get(case=case, sequence=1)
    assert first.action == "case_imported"
    assert first.details["reference"] == story.reference
    assert first.details["chain_head"] == story.case_files.get().chain_head
    assert first.details["signing_key"] == case_files.own_key().fingerprint
    assert custody.verify(case) == []


def test_what_was_imported_can_be_exported_again(exported: Path, mallory: User, tmp_path: Path) -> None:
    case = importing.import_case_file(path=exported, owner=mallory, at=at(10, 9))
    with case_files.open_zip(stories.ready_case_file(case, mallory, when=at(10, 10))) as file:
        (tmp_path / "again.zip").write_bytes(file.read())

    assert verify(tmp_path / "again.zip").exit_code == 0
    with zipfile.ZipFile(exported) as old, zipfile.ZipFile(tmp_path / "again.zip") as new:
        for name in old.namelist():
            if name.startswith("data/exhibits/"):
                assert new.read(name) == old.read(name)


def test_an_altered_case_file_is_refused_and_nothing_is_kept(exported: Path, mallory: User) -> None:
    whole = bytearray(exported.read_bytes())
    whole[whole.index("蓝牙".encode(), 2_000)] ^= 1
    exported.write_bytes(whole)
    before = set(store.keys())

    with pytest.raises(ValidationError) as refused:
        importing.import_case_file(path=exported, owner=mallory, at=at(10, 9))

    assert refused.value.messages[0].startswith("Not as it was made")
    assert not mallory.cases.exists()
    assert set(store.keys()) == before


def test_an_exhibit_that_is_not_what_it_claims_is_refused_whoever_signed_it(
    mallory: User, tmp_path: Path
) -> None:
    bags.make_bag(tmp_path / "foreign.zip")

    with pytest.raises(ValidationError, match="E1: The picture is damaged"):
        importing.import_case_file(path=tmp_path / "foreign.zip", owner=mallory, at=at(10, 9))

    assert not mallory.cases.exists()
    assert not Exhibit.objects.exists()


def test_a_well_signed_case_file_that_holds_no_case_is_refused_without_a_crash(
    mallory: User, tmp_path: Path
) -> None:
    empty = {
        "schema": "case-file/1",
        "state_at": bags.WHEN.isoformat(),
        "case_file": {"identifier": "b3c4d5f6g7/1"},
        "case": {"reference": "b3c4d5f6g7"},
        "custody": {"count": 3, "head": bags.chain()[-1][1]},
        "exhibits": [],
        "left_out": [{"number": 1, "sha256": hashlib.sha256(bags.PICTURE).hexdigest()}],
    }
    members = bags.payload(case_json=json.dumps(empty).encode())[:-1]
    bags.make_bag(tmp_path / "foreign.zip", members=members)

    with pytest.raises(ValidationError, match="cannot read"):
        importing.import_case_file(path=tmp_path / "foreign.zip", owner=mallory, at=at(10, 9))

    assert not mallory.cases.exists()


def signed_anew(bag: Path, target: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The case file with its case.json changed, all lists and the signature made anew by another hand."""
    with zipfile.ZipFile(bag) as archive:
        names = [name for name in archive.namelist() if name.startswith(layout.PAYLOAD)]
        files = {name: archive.read(name) for name in names}
        lines = archive.read(layout.BAG_INFO).decode().splitlines()
    case = json.loads(files[layout.CASE_JSON])
    change(case)
    files[layout.CASE_JSON] = json.dumps(case).encode()
    info = dict(line.split(": ", 1) for line in lines)
    kept = ("External-Identifier", "Case-State-At", "Custody-Chain-Head")
    write_bag(
        target,
        payload=[member_of(name, content) for name, content in files.items()],
        info={name: info[name] for name in kept},
        when=bags.WHEN,
        key=bags.OTHER_KEY,
    )
    return target


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", " javascript:alert(1)", "//x"])
def test_a_source_that_is_no_address_of_the_web_is_refused(
    exported: Path, mallory: User, tmp_path: Path, url: str
) -> None:
    forged = signed_anew(
        exported,
        tmp_path / "forged.zip",
        lambda case: case["deadlines"][0]["because"]["source"].update(url=url),
    )

    with pytest.raises(ValidationError, match="begins with https:// or http://"):
        importing.import_case_file(path=forged, owner=mallory, at=at(10, 9))

    assert not mallory.cases.exists()


def test_an_exhibit_that_is_there_twice_is_refused_with_a_sentence(
    exported: Path, mallory: User, tmp_path: Path
) -> None:
    forged = signed_anew(
        exported, tmp_path / "forged.zip", lambda case: case["exhibits"].append(case["exhibits"][0])
    )

    with pytest.raises(ValidationError, match="Exhibit 1 is there twice"):
        importing.import_case_file(path=forged, owner=mallory, at=at(10, 9))


def test_a_full_disk_is_told_and_nothing_is_kept(
    exported: Path, mallory: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(importing, "unpacked", full)

    with pytest.raises(ValidationError, match=r"No space left on device\. Nothing was kept"):
        importing.import_case_file(path=exported, owner=mallory, at=at(10, 9))


@pytest.mark.parametrize(("url", "is_link"), [("https://x.test/", True), ("javascript:alert(1)", False)])
def test_only_an_address_of_the_web_is_shown_as_a_link(url: str, is_link: bool) -> None:
    source = {"title": {"en": "Rules", "zh-hans": "规则"}, "url": url, "confidence": "official"}
    pages = [
        render_to_string("cases/_source.html", {"source": source}),
        render_to_string("cases/_citation.html", {"citation": {"source": source}}),
    ]

    assert [f'href="{url}"' in page for page in pages] == [is_link, is_link]
    assert all(("<a " in page) is is_link for page in pages)


def test_what_cannot_be_stored_takes_everything_back(
    exported: Path, mallory: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(store.keys())

    def broken(*args: object, **options: object) -> None:
        raise ValueError("A row that cannot be.")

    monkeypatch.setattr(importing._Import, "_milestone", broken)

    with pytest.raises(ValidationError, match="A row that cannot be"):
        importing.import_case_file(path=exported, owner=mallory, at=at(10, 9))

    assert not mallory.cases.exists()
    assert set(store.keys()) == before


def test_a_case_file_opens_no_way_into_another_users_own_playbook(
    exported: Path, alice: User, mallory: User, tmp_path: Path
) -> None:
    own = OwnPlaybook.objects.create(owner=alice, document="", made_at=at(1, 9), changed_at=at(1, 9))

    def name_it(case: dict[str, Any]) -> None:
        case["case"]["playbook"]["code"] = own.key
        case["deadlines"][0]["rule"] = f"{own.key}.answer"

    forged = signed_anew(exported, tmp_path / "forged.zip", name_it)
    hers = importing.import_case_file(path=forged, owner=mallory, at=at(10, 9))
    mine = importing.import_case_file(path=forged, owner=alice, at=at(10, 9))

    elsewhere = own.key.replace("own_", "other_")
    assert hers.playbook == elsewhere
    assert hers.deadlines.filter(rule=f"{elsewhere}.answer").exists()
    assert (mine.playbook, mine.deadlines.filter(rule=f"{own.key}.answer").exists()) == (own.key, True)


def test_a_case_file_of_an_earlier_edition_is_taken_in(exported: Path, mallory: User, tmp_path: Path) -> None:
    def without_what_is_new(content: dict[str, Any]) -> None:
        for name in ("also_playbooks", "merchant_address", "payment_method"):
            del content["case"][name]
        for milestone in content["milestones"]:
            del milestone["channel"]
        for deadline in content["deadlines"]:
            del deadline["is_paused"]
            deadline["because"].pop("binds", None)
            deadline["because"].pop("consequence", None)

    old = signed_anew(exported, tmp_path / "old.zip", without_what_is_new)

    case = importing.import_case_file(path=old, owner=mallory, at=at(10, 9))

    assert (case.also_playbooks, case.merchant_address, case.payment_method) == ([], "", "")
    assert set(case.milestones.values_list("channel", flat=True)) == {""}


def test_an_original_that_a_failed_upload_took_away_meanwhile_is_stored_again(
    exported: Path, mallory: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = importing._Import.run

    def after_a_failed_upload(self: Any, *arguments: Any) -> Case:
        for exhibit in self.content["exhibits"]:
            store.delete(store.original_key(mallory.pk, exhibit["sha256"]))
        return run(self, *arguments)

    monkeypatch.setattr(importing._Import, "run", after_a_failed_upload)

    case = importing.import_case_file(path=exported, owner=mallory, at=at(10, 9))

    assert [store.digest(one.storage_key) == one.sha256 for one in case.exhibits.all()] == [True] * 4
