from __future__ import annotations

import os
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from cases.casefile.verify import verify
from cases.evidence import store
from cases.models import BuildState, Case, CaseFile, CustodyEntry
from cases.services import case_file_builds, case_file_leases, case_files, custody
from cases.services.case_file_leases import Lease
from tests import pictures
from tests.casefile import stories
from tests.casefile.stories import at
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def small(case: Case, alice: User) -> Case:
    """A case with one small exhibit."""
    stories.add_exhibit(case, alice, at(6, 20), pictures.picture("PNG"), "聊天.png", "与店铺的聊天")
    return case


def zip_of(case_file: CaseFile, folder: Path) -> Path:
    path = folder / f"{case_file.number}.zip"
    with case_files.open_zip(case_file) as file:
        path.write_bytes(file.read())
    return path


def actions(case: Case) -> list[str]:
    return list(CustodyEntry.objects.filter(case=case).order_by("sequence").values_list("action", flat=True))


def test_the_same_state_gives_the_same_bytes(small: Case, alice: User) -> None:
    case_file = stories.ready_case_file(small, alice)
    # What the chain held then: that it was built is an entry of its own.
    chain = tuple(link for link in custody.stored_chain(small) if link[0].action != "case_file_built")

    assert chain[-1][1] == case_file.chain_head
    assert _built_again(case_file, chain) == case_file.sha256


def _built_again(case_file: CaseFile, chain: Any) -> str:
    import tempfile

    from cases.casefile.assemble import assemble
    from cases.casefile.gather import Sources, gather
    from cases.services.calendars import calendar_of
    from cases.services.playbooks import playbooks_of, zone_of

    key = case_files.own_key()
    sources = Sources(
        case_file=case_file,
        chain=chain,
        playbooks=playbooks_of(case_file.case),
        zone=zone_of(case_file.case),
        calendar=calendar_of("CN"),
        key_fingerprint=key.fingerprint,
        stamp_from="",
    )
    tools = case_file_builds._tools(case_file, Lease(case_file.pk, 1, _signed_at=float("inf")), key)
    with tempfile.TemporaryDirectory() as folder:
        _path, bag = assemble(
            gather(sources), chain, folder=Path(folder), tools=replace(tools, entered=lambda stage: None)
        )
    return bag.sha256


def test_an_altered_original_stops_the_build_and_is_named(case: Case, alice: User) -> None:
    # A picture of its own: what is spoiled here stays in the store that other tests use.
    data = pictures.picture("PNG", seed=8493)
    exhibit = stories.add_exhibit(case, alice, at(6, 20), data, "x.png", "")
    path = store.local_path(exhibit.storage_key)
    assert path is not None
    os.chmod(path, 0o600)
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))

    case_file = case_files.build_now(case=case, by=alice, at=at(9, 12), language="en")

    assert case_file.state == BuildState.FAILED
    assert case_file.failure.startswith("E1 is no longer what was received, so no case file was made.")
    assert case_file.storage_key == ""
    assert "case_file_built" not in actions(case)


def test_a_missing_original_stops_the_build_with_a_sentence(small: Case, alice: User) -> None:
    store.delete(small.exhibits.get().storage_key)

    case_file = case_files.build_now(case=small, by=alice, at=at(9, 12), language="en")

    assert case_file.failure.startswith("An original is missing from the evidence store")


def test_a_broken_chain_stops_the_build_and_the_entry_is_named(
    small: Case, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = list(custody.stored_chain(small))
    monkeypatch.setattr(custody, "stored_chain", lambda case: iter(whole[1:]))

    case_file = case_files.build_now(case=small, by=alice, at=at(9, 12), language="en")

    assert case_file.failure.startswith("The chain of custody does not hold at entry 1")


def queued(case: Case, alice: User, **fields: Any) -> CaseFile:
    case_file = case_files.request_case_file(case=case, by=alice, at=at(9, 12), language="en")
    CaseFile.objects.filter(pk=case_file.pk).update(**fields)
    case_file.refresh_from_db()
    return case_file


def past(minutes: int) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)


def test_another_worker_goes_on_where_one_died(small: Case, alice: User) -> None:
    case_file = queued(small, alice, state=BuildState.BUILDING, attempts=1, lease_until=past(1))

    case_files.build(case_file_id=case_file.pk)

    case_file.refresh_from_db()
    assert (case_file.state, case_file.attempts) == (BuildState.READY, 2)


def test_a_build_under_way_is_left_alone(small: Case, alice: User) -> None:
    case_file = queued(small, alice, state=BuildState.BUILDING, attempts=1, lease_until=past(-1))

    case_files.build(case_file_id=case_file.pk)

    case_file.refresh_from_db()
    assert (case_file.state, case_file.attempts) == (BuildState.BUILDING, 1)


def test_the_fourth_attempt_is_not_made(small: Case, alice: User) -> None:
    case_file = queued(small, alice, state=BuildState.BUILDING, attempts=3, lease_until=past(1))

    case_files.build(case_file_id=case_file.pk)

    case_file.refresh_from_db()
    assert case_file.state == BuildState.FAILED
    assert case_file.failure.startswith("It could not be built in 3 attempts")


def test_an_unforeseen_failure_is_tried_again_and_given_up_in_the_end(
    small: Case, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **options: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(case_file_builds, "assemble", broken)
    case_file = queued(small, alice)
    states = []
    for _attempt in range(4):
        case_files.build(case_file_id=case_file.pk)
        case_file.refresh_from_db()
        states.append((case_file.state, case_file.attempts))

    assert states == [("queued", 1), ("queued", 2), ("failed", 3), ("failed", 3)]
    assert "operator" in case_file.failure


def test_a_builder_that_lost_its_lease_changes_nothing(
    small: Case, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_file = queued(small, alice)

    def overtaken(*args: object, **options: object) -> Any:
        CaseFile.objects.filter(pk=case_file.pk).update(attempts=2)
        return whole(*args, **options)  # type: ignore[arg-type]

    whole = case_file_builds.assemble
    monkeypatch.setattr(case_file_builds, "assemble", overtaken)

    case_files.build(case_file_id=case_file.pk)

    case_file.refresh_from_db()
    assert (case_file.state, case_file.attempts, case_file.sha256) == (BuildState.BUILDING, 2, "")
    assert "case_file_built" not in actions(small)


def test_progress_is_stored_while_it_is_built(
    small: Case, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_file_leases, "SECONDS_BETWEEN_SIGNS", 0)
    seen: list[tuple[str, int, int]] = []
    keep = Lease.keep

    def watched(lease: Any, *args: Any) -> None:
        keep(lease, *args)
        row = CaseFile.objects.get(pk=lease.case_file_id)
        seen.append((row.stage, row.exhibits_done, row.exhibits_total))

    monkeypatch.setattr(Lease, "keep", watched)

    stories.ready_case_file(small, alice)

    assert list(dict.fromkeys(seen)) == [
        ("copying", 0, 1),
        ("copying", 1, 1),
        ("drawing", 0, 1),
        ("drawing", 1, 1),
        ("setting", 0, 1),
        ("signing", 0, 1),
        ("packing", 0, 1),
        ("packing", 1, 1),
        ("storing", 0, 1),
    ]


def test_no_folder_is_left_behind(small: Case, alice: User, settings: Any) -> None:
    incoming = Path(settings.FILE_UPLOAD_TEMP_DIR)
    case_file = queued(small, alice)
    (incoming / f"case-file-{case_file.pk}-of-a-dead-worker").mkdir()

    case_files.build(case_file_id=case_file.pk)

    assert list(incoming.glob("case-file-*")) == []


def test_an_authority_out_of_reach_is_said_and_stops_nothing(
    small: Case, alice: User, settings: Any, tmp_path: Path
) -> None:
    settings.TSA_URL = "http://127.0.0.1:9/"

    case_file = stories.ready_case_file(small, alice, language="en")

    assert case_file.note.startswith("The time-stamp authority could not be reached")
    with zipfile.ZipFile(zip_of(case_file, tmp_path)) as archive:
        told = archive.read("HOW-TO-VERIFY.txt").decode()
        assert "asked for but not given. The time-stamp authority could not be reached" in told
        assert "无法连接时间戳机构" in told
    assert verify(tmp_path / "1.zip").exit_code == 0
