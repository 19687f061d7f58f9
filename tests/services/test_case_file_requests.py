"""Calling off a case file that is waited for, and asking again for one that came to nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.evidence import store
from cases.models import BuildState, Case, CaseFile, Redaction
from cases.services import case_file_builds, case_file_leases, case_files, custody, scrub
from cases.services.case_file_plans import MadeFor
from cases.services.case_file_requests import cancel_case_file, request_again, waits_behind_others
from tests import factories, pictures
from tests.casefile import stories
from tests.casefile.stories import at
from tests.services.test_case_file_builds import actions, queued
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def small(case: Case, alice: User) -> Case:
    """A case with one small exhibit."""
    stories.add_exhibit(case, alice, at(6, 20), pictures.picture("PNG"), "聊天.png", "与店铺的聊天")
    return case


def cancelled(case_file: CaseFile, by: User) -> CaseFile:
    cancel_case_file(case_file=CaseFile.objects.get(pk=case_file.pk), by=by, at=at(9, 13))
    case_file.refresh_from_db()
    return case_file


def stored_of(case: Case) -> list[str]:
    return [key for key in list(store.keys()) if key.startswith(f"case-files/{case.reference}/")]


def test_one_that_waits_is_cancelled_at_once_and_told_in_the_chain(small: Case, alice: User, helga: User):
    case_file = cancelled(queued(small, alice), helga)

    assert (case_file.state, case_file.lease_until) == (BuildState.CANCELLED, None)
    entry = small.custody_entries.get(action="case_file_cancelled")
    assert (entry.details, entry.actor) == ({"number": 1}, f"user:{helga.pk}")
    assert custody.verify(small) == []


def test_a_cancelled_one_is_built_by_nobody_and_woken_by_no_tick(small: Case, alice: User):
    case_file = cancelled(queued(small, alice, requested_at=timezone.now() - timedelta(hours=1)), alice)

    assert case_files.build_waiting() == 0
    case_files.build(case_file_id=case_file.pk)

    case_file.refresh_from_db()
    assert (case_file.state, case_file.attempts) == (BuildState.CANCELLED, 0)
    with pytest.raises(ValidationError, match="not ready yet"):
        case_files.open_zip(case_file)


def test_a_new_one_can_be_asked_for_at_once(small: Case, alice: User):
    cancelled(queued(small, alice), alice)

    again = case_files.build_now(case=small, by=alice, at=at(9, 14), language="en")

    assert (again.number, again.state) == (2, BuildState.READY)


@pytest.fixture
def cancels_at(monkeypatch: pytest.MonkeyPatch, alice: User) -> Callable[[str, int], None]:
    """Has alice cancel at the moment when the builder shows that so many exhibits of a stage are done."""

    def arrange(stage: str, done: int) -> None:
        monkeypatch.setattr(case_file_leases, "SECONDS_BETWEEN_SIGNS", 0)
        keep = case_file_leases.Lease.keep

        def kept(lease: Any, *arguments: Any) -> None:
            keep(lease, *arguments)
            if (lease.stage, lease.exhibits_done) == (stage, done):
                cancel_case_file(
                    case_file=CaseFile.objects.get(pk=lease.case_file_id), by=alice, at=at(9, 13)
                )

        monkeypatch.setattr(case_file_leases.Lease, "keep", kept)

    return arrange


@pytest.mark.parametrize(
    ("stage", "done"),
    [
        ("copying", 0),
        ("drawing", 0),
        ("drawing", 1),
        ("setting", 0),
        ("signing", 0),
        ("packing", 1),
        ("storing", 0),
    ],
)
def test_a_builder_whose_case_file_is_cancelled_leaves_nothing(
    small: Case,
    alice: User,
    settings: Any,
    cancels_at: Callable[[str, int], None],
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    done: int,
):
    children: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            children.append(self)

    monkeypatch.setattr("cases.casefile.document.subprocess.Popen", Watched)
    cancels_at(stage, done)

    case_file = case_files.build_now(case=small, by=alice, at=at(9, 12), language="en")

    assert (case_file.state, case_file.attempts, case_file.failure) == (BuildState.CANCELLED, 1, "")
    assert (case_file.sha256, case_file.storage_key, case_file.manifest) == ("", "", "")
    assert [child for child in children if child.returncode is None] == []
    assert list(Path(settings.FILE_UPLOAD_TEMP_DIR).glob("case-file-*")) == []
    assert stored_of(small) == []
    assert actions(small)[-2:] == ["case_file_requested", "case_file_cancelled"]


def test_who_cancels_after_it_was_finished_is_told_so_and_it_stays(small: Case, alice: User):
    case_file = stories.ready_case_file(small, alice, language="en")

    with pytest.raises(ValidationError, match="Case file 1 was ready before it could be cancelled"):
        cancelled(case_file, alice)

    assert CaseFile.objects.get().state == BuildState.READY
    assert stored_of(small) == [case_file.storage_key]
    assert "case_file_cancelled" not in actions(small)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (BuildState.FAILED, "Case file 1 had failed before it could be cancelled."),
        (BuildState.CANCELLED, "Case file 1 was cancelled already."),
    ],
)
def test_what_is_over_cannot_be_cancelled(small: Case, alice: User, state: str, sentence: str):
    case_file = queued(small, alice, state=state)

    with pytest.raises(ValidationError, match=sentence):
        cancelled(case_file, alice)


def test_an_attempt_that_fails_after_it_was_cancelled_is_not_repeated(
    small: Case, alice: User, monkeypatch: pytest.MonkeyPatch
):
    def broken(*arguments: object, **options: object) -> None:
        cancelled(case_file, alice)
        raise OSError("No space left on device")

    monkeypatch.setattr(case_file_builds, "assemble", broken)
    case_file = queued(small, alice)

    case_files.build(case_file_id=case_file.pk)

    case_file.refresh_from_db()
    assert (case_file.state, case_file.failure) == (BuildState.CANCELLED, "")


def test_a_builder_that_was_overtaken_removes_nothing_that_the_other_stored(
    small: Case, alice: User, monkeypatch: pytest.MonkeyPatch
):
    case_file = queued(small, alice)
    put = store.put

    def overtaken(key: str, path: Path) -> bool:
        CaseFile.objects.filter(pk=case_file.pk).update(attempts=2)
        return put(key, path)

    monkeypatch.setattr(store, "put", overtaken)

    case_files.build(case_file_id=case_file.pk)

    assert len(stored_of(small)) == 1  # the very bytes that the second attempt stores
    assert CaseFile.objects.get().state == BuildState.BUILDING


def test_what_a_builder_stored_that_was_cancelled_and_died_is_swept_away(
    small: Case, alice: User, tmp_path: Path
):
    rest, kept = (
        store.case_file_key(small.reference, 1, "ab" * 32),
        store.case_file_key(small.reference, 2, "cd" * 32),
    )
    for key in (rest, kept):
        (tmp_path / "zip").write_bytes(key.encode())
        store.put(key, tmp_path / "zip")
        (tmp_path / "zip").unlink()
    cancelled(queued(small, alice), alice)
    queued(small, alice, state=BuildState.BUILDING)

    assert [key for key in scrub.remove_rests() if small.reference in key] == [rest]
    store.delete(kept)


def failed(case: Case, alice: User, **choices: Any) -> CaseFile:
    case_file = case_files.request_case_file(case=case, by=alice, at=timezone.now(), **choices)
    CaseFile.objects.filter(pk=case_file.pk).update(state=BuildState.FAILED, failure="The disk was full.")
    case_file.refresh_from_db()
    return case_file


def test_asking_again_makes_the_same_choices(small: Case, alice: User, helga: User):
    stories.add_exhibit(small, alice, at(6, 21), pictures.picture("PNG", seed=2), "2.png", "")
    before = failed(
        small, alice, language="zh-hans", made_for=MadeFor("court", frozenset({2}), small_pictures=True)
    )

    again = request_again(case_file=before, by=helga, at=timezone.now())

    assert (again.number, again.state, again.requested_by) == (2, BuildState.QUEUED, helga)
    assert (again.language, again.profile, again.left_out, again.small_pictures) == (
        "zh-hans",
        "court",
        [2],
        True,
    )
    assert actions(small)[-1] == "case_file_requested"


def redacted(case: Case, number: int, redaction: int, *, minutes_from_now: int) -> None:
    moment = timezone.now() + timedelta(minutes=minutes_from_now)
    Redaction.objects.create(
        exhibit=case.exhibits.get(number=number), number=redaction, boxes=[], asked_at=moment, made_at=moment,
        storage_key=f"redactions/{number}/{redaction}", sha256="ab" * 32,
    )  # fmt: skip


def test_asking_again_hands_out_the_redacted_copies_that_were_chosen(small: Case, alice: User):
    for seed in (2, 3):
        stories.add_exhibit(small, alice, at(6, 21), pictures.picture("PNG", seed=seed), f"{seed}.png", "")
    redacted(small, 1, 1, minutes_from_now=-9)
    redacted(small, 1, 2, minutes_from_now=-8)
    redacted(small, 2, 1, minutes_from_now=-7)
    before = failed(small, alice, language="en", redactions={1: 1})  # of E2 the original
    redacted(small, 3, 1, minutes_from_now=5)

    again = request_again(case_file=before, by=alice, at=timezone.now())

    # Of E3 there was no copy to choose then: what is covered now is not handed out uncovered.
    assert again.redactions == {"1": 1, "3": 1}


def test_only_what_came_to_nothing_is_asked_for_again(small: Case, alice: User):
    waiting = queued(small, alice)

    with pytest.raises(ValidationError, match="Case file 1 did not fail"):
        request_again(case_file=waiting, by=alice, at=timezone.now())


def test_asking_again_is_refused_while_another_is_under_way(small: Case, alice: User):
    before = failed(small, alice, language="en")
    queued(small, alice)

    with pytest.raises(ValidationError, match="Case file 2 is being made"):
        request_again(case_file=before, by=alice, at=timezone.now())


def test_one_waits_behind_those_of_all_cases_that_were_asked_for_earlier(small: Case, alice: User):
    first, second = queued(small, alice), queued(factories.make_case(owner=alice), alice)
    CaseFile.objects.filter(pk=second.pk).update(requested_at=first.requested_at + timedelta(seconds=1))
    second.refresh_from_db()

    assert not waits_behind_others(first)
    assert waits_behind_others(second)

    cancelled(first, alice)
    assert not waits_behind_others(second)
