from __future__ import annotations

import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.casefile.verify import verify
from cases.models import BuildState, Case, CaseFile, CustodyEntry
from cases.services import case_files, custody
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


def queued(case: Case, alice: User, **fields: Any) -> CaseFile:
    case_file = case_files.request_case_file(case=case, by=alice, at=at(9, 12), language="en")
    CaseFile.objects.filter(pk=case_file.pk).update(**fields)
    case_file.refresh_from_db()
    return case_file


def past(minutes: int) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)


def test_a_finished_case_file_is_unaltered_and_recorded(small: Case, alice: User, tmp_path: Path) -> None:
    case_file = stories.ready_case_file(small, alice)

    verdict = verify(zip_of(case_file, tmp_path), key=case_files.own_key().public_pem)
    assert verdict.findings == ()
    assert verdict.is_signer_known
    assert verdict.reference == f"{small.reference}/1"
    assert (case_file.number, case_file.exhibits_done, case_file.exhibits_total) == (1, 1, 1)
    assert case_file.size == (tmp_path / "1.zip").stat().st_size
    assert "data/exhibits/E001-聊天.png" in case_file.manifest
    assert actions(small)[-2:] == ["case_file_requested", "case_file_built"]
    # The bundle holds the chain up to the request.
    requested = small.custody_entries.get(action="case_file_requested")
    assert case_file.chain_head == requested.entry_hash
    assert custody.verify(small) == []


def test_a_hundred_random_changes_of_a_real_case_file_are_found_and_the_file_named(
    small: Case, alice: User, tmp_path: Path
) -> None:
    path = zip_of(stories.ready_case_file(small, alice), tmp_path)
    whole, changed, random = path.read_bytes(), tmp_path / "changed.zip", Random(12315)  # noqa: S311
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    for _change in range(100):
        member = random.choice(members)
        at = member.header_offset + 30 + len(member.filename.encode()) + random.randrange(member.file_size)
        spoiled = bytearray(whole)
        spoiled[at] ^= 1 << random.randrange(8)
        changed.write_bytes(spoiled)

        verdict = verify(changed)

        assert verdict.exit_code == 1
        assert member.filename in {finding.name for finding in verdict.findings}


def test_a_second_request_is_refused_while_one_is_under_way(small: Case, alice: User) -> None:
    case_files.request_case_file(case=small, by=alice, at=at(9, 12), language="en")

    with pytest.raises(ValidationError, match="Case file 1 is being made"):
        case_files.request_case_file(case=small, by=alice, at=at(9, 12), language="en")


def test_a_finished_one_does_not_keep_the_next_from_being_made(small: Case, alice: User) -> None:
    stories.ready_case_file(small, alice)

    assert case_files.request_case_file(case=small, by=alice, at=at(9, 13), language="en").number == 2


def test_an_unknown_language_is_refused(small: Case, alice: User) -> None:
    with pytest.raises(ValidationError):
        case_files.request_case_file(case=small, by=alice, at=at(9, 12), language="fr")


def test_a_worker_is_woken_after_the_commit(
    small: Case, alice: User, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[tuple[str, int]] = []
    monkeypatch.setattr("tracker.queue._send", lambda task, args: woken.append((task, *args)))

    with django_capture_on_commit_callbacks(execute=True):
        case_file = case_files.request_case_file(case=small, by=alice, at=at(9, 12), language="en")

    assert woken == [("cases.tasks.build_case_file", case_file.pk)]


def test_nothing_unfinished_can_be_downloaded(small: Case, alice: User) -> None:
    case_file = case_files.request_case_file(case=small, by=alice, at=at(9, 12), language="en")

    with pytest.raises(ValidationError, match="not ready yet"):
        case_files.open_zip(case_file)


def test_the_tick_wakes_a_worker_for_what_was_left_behind(
    small: Case, alice: User, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[int] = []
    monkeypatch.setattr("tracker.queue._send", lambda task, args: woken.append(*args))
    case_file = queued(small, alice, state=BuildState.BUILDING, attempts=1, lease_until=past(1))

    with django_capture_on_commit_callbacks(execute=True):
        counts = [case_files.build_waiting(), case_files.build_waiting()]

    # The second tick finds that a worker was woken a moment ago.
    assert counts == [1, 0]
    assert woken == [case_file.pk]


def test_the_tick_leaves_alone_what_was_just_asked_for_or_is_being_built(small: Case, alice: User) -> None:
    queued(small, alice, requested_at=timezone.now())
    assert case_files.build_waiting() == 0

    CaseFile.objects.update(state=BuildState.BUILDING, attempts=1, lease_until=past(-1))
    assert case_files.build_waiting() == 0


def test_the_tick_gives_up_what_killed_three_workers(small: Case, alice: User) -> None:
    case_file = queued(small, alice, state=BuildState.BUILDING, attempts=3, lease_until=past(1))

    assert case_files.build_waiting() == 0
    case_file.refresh_from_db()
    assert case_file.state == BuildState.FAILED


def test_the_records_know_what_was_made_here(small: Case, alice: User, tmp_path: Path) -> None:
    path = zip_of(stories.ready_case_file(small, alice), tmp_path)
    packed_again = tmp_path / "again.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed_again, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))

    exact, content_only = (case_files.check(path=one, called="x.zip") for one in (path, packed_again))

    assert exact.is_own_key
    assert exact.made_at is not None
    assert content_only.is_own_key
    assert content_only.verdict.exit_code == 0
    assert content_only.made_at is None
