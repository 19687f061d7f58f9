"""An upload becomes one file with its hash, or nothing at all."""

from __future__ import annotations

import errno
import hashlib
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile, File

from cases.evidence import intake
from cases.evidence.refused import Refused

MEGABYTE = 1024 * 1024


class Flood(File):  # type: ignore[type-arg]
    """An upload of so many bytes that none of them should be kept in memory."""

    def __init__(self, size: int, *, fails_at: int | None = None) -> None:
        super().__init__(None, name="flood.png")
        self.bytes_left, self.fails_at, self.bytes_sent = size, fails_at, 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[Any]:
        while self.bytes_left > 0:
            if self.fails_at is not None and self.bytes_sent >= self.fails_at:
                raise OSError(errno.ENOSPC, "No space left on device")
            size = min(chunk_size or 65536, self.bytes_left)
            self.bytes_left -= size
            self.bytes_sent += size
            yield bytes(size)


@pytest.fixture
def incoming() -> Path:
    return intake.incoming_folder()


@pytest.fixture(autouse=True)
def _nothing_stays(incoming: Path) -> Iterator[None]:
    before = set(incoming.iterdir())
    yield
    assert set(incoming.iterdir()) == before


def test_the_bytes_are_kept_and_hashed_as_they_came() -> None:
    data = "订单 6930112233445566778\n".encode() * 50_000

    with intake.receive(ContentFile(data), max_bytes=10 * MEGABYTE) as received:
        assert received.path.read_bytes() == data
        assert (received.size, received.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert received.path.stat().st_mode & 0o777 == 0o600


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Refused) as refused, intake.receive(ContentFile(b""), max_bytes=10):
        pass

    assert refused.value.messages == [
        "The file is empty. Choose it again; if it stays empty, take a new screenshot."
    ]


def test_a_file_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() -> None:
    with intake.receive(ContentFile(bytes(1000)), max_bytes=1000) as received:
        assert received.size == 1000
    with pytest.raises(Refused) as refused, intake.receive(ContentFile(bytes(1001)), max_bytes=1000):
        pass

    assert refused.value.code == "too_large"


def test_a_flood_is_stopped_at_the_limit_and_not_read_to_its_end() -> None:
    flood = Flood(10_000 * MEGABYTE)

    with pytest.raises(Refused), intake.receive(flood, max_bytes=2 * MEGABYTE):
        pass

    assert flood.bytes_sent <= 3 * MEGABYTE


def test_memory_stays_flat_while_a_large_file_comes_in() -> None:
    tracemalloc.start()

    with intake.receive(Flood(100 * MEGABYTE), max_bytes=200 * MEGABYTE) as received:
        assert received.size == 100 * MEGABYTE
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 3 * MEGABYTE


def test_a_full_disk_is_said_in_a_sentence() -> None:
    with (
        pytest.raises(Refused) as refused,
        intake.receive(Flood(MEGABYTE, fails_at=MEGABYTE // 2), max_bytes=2 * MEGABYTE),
    ):
        pass

    assert refused.value.messages == [
        "There is no room left to keep this file, so nothing of it was kept. "
        "Try again later, or tell whoever runs this site."
    ]


def test_a_failure_while_the_file_is_looked_at_leaves_nothing() -> None:
    with pytest.raises(KeyError), intake.receive(ContentFile(b"data"), max_bytes=10) as received:
        path = received.path
        raise KeyError("whatever")

    assert not path.exists()
