"""Whatever dies or comes twice while pieces come in: the whole exhibit or nothing, and the upload goes on."""

from __future__ import annotations

import hashlib
import io
import json
import os
import resource
import signal
import threading
import wave
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from cases.evidence import store
from cases.evidence.refused import Refused
from cases.models import Exhibit, Upload, UploadPiece
from cases.services import custody, exhibit_intake, exhibits, scrub, upload_pieces, uploads
from cases.services.exhibits import OriginalState, Said, verify_original
from tests import factories, pictures, recordings
from tests.factories import NOON
from tracker.accounts.models import User

pytestmark = pytest.mark.usefixtures("evidence")

PICTURE = pictures.picture("PNG", seed=3)
HALF = len(PICTURE) // 2
MINUTE = timedelta(minutes=1)
Work = Callable[[], Any]


@pytest.fixture
def owner(committed_db: str) -> User:
    return factories.make_user("owner@example.org")


@pytest.fixture
def under_way(owner: User) -> Upload:
    """Announced; nothing of it is here."""
    sha256 = hashlib.sha256(PICTURE).hexdigest()
    case = factories.make_case(owner=owner)
    return uploads.begin(
        case=case, by=owner, at=NOON, size=len(PICTURE), sha256=sha256, said=Said("chat.png")
    )


def send(upload: Upload, start: int, end: int) -> int:
    stream = io.BytesIO(PICTURE[start:end])
    return upload_pieces.add_piece(upload=upload, offset=start, stream=stream, length=end - start, at=NOON)


def go_on(upload: Upload) -> Exhibit:
    """As the browser does after whatever broke: ask where it is, send the rest, finish."""
    fresh = Upload.objects.get(pk=upload.pk)
    if fresh.ended_at is None and fresh.offset < fresh.size:
        send(fresh, fresh.offset, fresh.size)
    taken = uploads.finish(upload=fresh, at=NOON + MINUTE)
    assert taken.is_new
    return taken.exhibit


def dies(work: Work) -> None:
    """Run it in a process of its own, which has to be killed before it comes to the end."""
    connections.close_all()  # each side opens its own
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def kill_at(patch: pytest.MonkeyPatch, where: Any, name: str, *, call: int, after: bool) -> None:
    """The process dies by -9 before or after the so-manieth call of that function, counted from 1."""
    real, calls = getattr(where, name), 0

    def deadly(*args: Any, **keywords: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = real(*args, **keywords)
        if calls == call and after:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    patch.setattr(where, name, deadly)


AMONG_PIECES = [
    (store, "put", 1, False),
    (store, "put", 2, True),
    (upload_pieces, "_follow", 2, False),
    (upload_pieces, "_follow", 2, True),
    (upload_pieces, "add_piece", 2, True),
]
IN_FINISH = [
    (store, "open", 2, True),
    (exhibit_intake, "keep", 1, False),
    (store, "put", 3, True),
    (exhibit_intake, "_insert", 1, True),
    (exhibit_intake, "keep", 1, True),
    (store, "delete", 1, True),
]


def named(point: Any) -> str:
    where, name, call, after = point
    return f"{'after' if after else 'before'} {where.__name__.rpartition('.')[2]}.{name} {call}"


@pytest.mark.parametrize("point", [*AMONG_PIECES, *IN_FINISH], ids=named)
def test_kill_9_leaves_the_whole_exhibit_or_nothing_and_the_upload_goes_on(
    under_way: Upload, point: tuple[Any, str, int, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    where, name, call, after = point

    def work() -> None:
        kill_at(monkeypatch, where, name, call=call, after=after)
        send(under_way, 0, HALF)
        send(under_way, HALF, len(PICTURE))
        uploads.finish(upload=under_way, at=NOON + MINUTE)

    dies(work)

    before = list(Exhibit.objects.all())
    assert [verify_original(one) for one in before] == [OriginalState.WHOLE] * len(before)
    assert Exhibit.objects.count() == Upload.objects.filter(exhibit__isnull=False).count()
    exhibit = go_on(under_way)
    assert [exhibit] == list(Exhibit.objects.all())
    assert (exhibit.label, verify_original(exhibit)) == ("E1", OriginalState.WHOLE)
    assert exhibit.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert custody.verify(exhibit.case) == []
    uploads.clear_stale(NOON + timedelta(days=9))
    scrub.remove_rests()
    assert list(store.keys()) == [exhibit.storage_key]


def at_once(*works: Work) -> list[Any]:
    """What each answers, or the exception that it raises; each with a database connection of its own."""
    start, answers = threading.Barrier(len(works), timeout=30), [None] * len(works)

    def run(number: int, work: Work) -> None:
        try:
            start.wait()
            answers[number] = work()
        except Exception as failure:
            answers[number] = failure  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def two(under_way: Upload, monkeypatch: pytest.MonkeyPatch) -> list[Upload]:
    """The same upload in two requests, which meet where each is about to put its file into the store."""
    real, barrier, local = store.put, threading.Barrier(2, timeout=30), threading.local()

    def put_together(key: str, path: Path) -> bool:
        if not (threading.current_thread() is threading.main_thread() or hasattr(local, "met")):
            local.met = barrier.wait()
        return real(key, path)

    monkeypatch.setattr(store, "put", put_together)
    return [Upload.objects.get(pk=under_way.pk) for _number in range(2)]


def test_two_that_finish_at_once_are_told_of_the_same_new_exhibit(two: list[Upload]) -> None:
    send(two[0], 0, HALF)
    send(two[0], HALF, len(PICTURE))

    first, second = at_once(*(partial(uploads.finish, upload=one, at=NOON) for one in two))

    assert first == second
    assert (first.exhibit.label, first.is_new, Exhibit.objects.count()) == ("E1", True, 1)
    assert list(store.keys()) == [first.exhibit.storage_key]
    assert custody.verify(first.exhibit.case) == []


def test_the_same_piece_twice_at_once_is_kept_once(two: list[Upload]) -> None:
    answers = at_once(*(partial(send, one, 0, HALF) for one in two))

    assert sorted(type(answer).__name__ for answer in answers) == ["WrongOffset", "int"]
    assert [piece.storage_key for piece in UploadPiece.objects.all()] == list(store.keys())
    assert go_on(two[0]).label == "E1"


def test_a_piece_whose_twin_failed_keeps_its_file(under_way: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that put the file fails, and cleans up before the other one, which found it there, goes on."""
    put, follow, remove = store.put, upload_pieces._follow, upload_pieces._remove_unnamed
    is_found, is_cleaned, mine = threading.Event(), threading.Event(), threading.local()

    def put_and_wait(key: str, path: Path) -> bool:
        mine.is_new = put(key, path)
        if not mine.is_new:
            is_found.set()
            assert is_cleaned.wait(30)
        return bool(mine.is_new)

    def follow_or_fail(*args: Any) -> None:
        if mine.is_new:
            assert is_found.wait(30)
            raise ZeroDivisionError("a fault")
        follow(*args)

    def remove_and_tell(upload: Upload, key: str) -> None:
        remove(upload, key)
        is_cleaned.set()

    rows = [Upload.objects.get(pk=under_way.pk) for _number in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr(store, "put", put_and_wait)
        patch.setattr(upload_pieces, "_follow", follow_or_fail)
        patch.setattr(upload_pieces, "_remove_unnamed", remove_and_tell)
        answers = at_once(*(partial(send, one, 0, HALF) for one in rows))

    assert sorted(repr(answer) for answer in answers) == [repr(HALF), "ZeroDivisionError('a fault')"]
    assert [piece.storage_key for piece in UploadPiece.objects.all()] == list(store.keys())
    assert go_on(under_way).label == "E1"


def test_ten_at_once_reserve_no_more_than_the_share_of_their_owner(owner: User, settings: Any) -> None:
    settings.USER_MAX_BYTES = 3500
    cases = [factories.make_case(owner=owner) for _number in range(10)]
    announce = partial(uploads.begin, by=owner, at=NOON, size=1000, said=Said("chat.png"))

    answers = at_once(*(partial(announce, case=one, sha256=f"{one.pk:064x}") for one in cases))

    assert sorted(type(answer).__name__ for answer in answers) == ["Refused"] * 7 + ["Upload"] * 3
    assert {answer.code for answer in answers if isinstance(answer, Refused)} == {"no_room_for_user"}
    assert Upload.objects.count() == 3


def test_a_file_and_an_upload_at_once_do_not_share_the_same_room(owner: User, settings: Any) -> None:
    settings.USER_MAX_BYTES = len(PICTURE) * 2 - 1
    cases = [factories.make_case(owner=owner) for _number in range(2)]
    announce = partial(uploads.begin, by=owner, at=NOON, size=len(PICTURE), said=Said("chat.png"))
    file = pictures.upload(PICTURE)

    answers = at_once(
        partial(announce, case=cases[0], sha256="a" * 64),
        partial(exhibits.add_exhibit, case=cases[1], by=owner, at=NOON, upload=file),
    )

    assert [getattr(one, "code", "") for one in answers if isinstance(one, Refused)] == ["no_room_for_user"]
    assert Exhibit.objects.count() + Upload.objects.count() == 1


MB = 1024 * 1024


def send_recording(owner: User, path: Path) -> int:
    """Send it in pieces as large as they may be; its bytes."""
    with path.open("rb") as file:
        sha256, size = hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size
        case = factories.make_case(owner=owner)
        upload = uploads.begin(case=case, by=owner, at=NOON, size=size, sha256=sha256, said=Said("call.wav"))
        file.seek(0)
        while upload.offset < size:
            length = min(8 * MB, size - upload.offset)
            uploads.add_piece(upload=upload, offset=upload.offset, stream=file, length=length, at=NOON)
    return uploads.finish(upload=upload, at=NOON).exhibit.size


def test_memory_stays_flat_while_a_recording_of_60_mb_comes_in(owner: User, tmp_path: Path) -> None:
    short, long = tmp_path / "short.wav", tmp_path / "long.wav"
    second = recordings.wav(1.0)[44:]
    for path, seconds in ((short, 2), (long, 4000)):
        with wave.open(str(path), "wb") as made:
            made.setparams((1, 2, 8000, 0, "NONE", ""))
            for _second in range(seconds):
                made.writeframesraw(second)

    def work() -> None:
        send_recording(owner, short)  # what the first one loads is there afterwards
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        size = send_recording(owner, long)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        (tmp_path / "told").write_text(json.dumps([size, (after - before) // 1024]))
        os.kill(os.getpid(), signal.SIGKILL)

    dies(work)

    size, grown = json.loads((tmp_path / "told").read_text())
    assert size == 64_000_044
    assert grown < 8, f"{grown} MB"
