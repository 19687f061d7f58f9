"""tracker.broker: whole messages, damaged ones set aside, old ones pruned."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue

from tracker.broker import prune


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("queue", "control", "processed"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def connection(folder: Path) -> Iterator[Connection]:
    with Connection(
        "filesystem://localhost",
        transport="tracker.broker:Transport",
        transport_options={
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "control_folder": str(folder / "control"),
            "processed_folder": str(folder / "processed"),
            "store_processed": True,
        },
    ) as connection:
        yield connection


@pytest.fixture
def name() -> str:
    """A queue of the test's own: kombu remembers for the whole process what it has declared."""
    return uuid.uuid4().hex


def taken(queue: SimpleQueue) -> object:
    message = queue.get(block=False)
    message.ack()
    return message.payload


def test_a_message_arrives_as_it_was_sent(connection: Connection, folder: Path, name: str) -> None:
    queue = connection.SimpleQueue(name)
    queue.put({"case": 7, "note": "蓝色"})

    assert taken(queue) == {"case": 7, "note": "蓝色"}
    assert not list((folder / "queue").iterdir())


def test_a_message_half_written_is_not_a_message_yet(connection: Connection, folder: Path, name: str) -> None:
    queue = connection.SimpleQueue(name)
    (folder / "queue" / f"1_a.{name}.msg.part").write_text('{"body": ')

    with pytest.raises(Empty):
        queue.get(block=False)


@pytest.mark.parametrize("damage", [b"", b'{"body": "W10', b"\xff\xfe\x00", b"[" * 100_000, b"7", b"{}"])
def test_a_damaged_message_is_set_aside_and_the_next_one_comes_through(
    connection: Connection, folder: Path, name: str, damage: bytes
) -> None:
    queue = connection.SimpleQueue(name)
    (folder / "queue" / f"0_first.{name}.msg").write_bytes(damage)
    queue.put("whole")

    assert taken(queue) == "whole"
    assert (folder / "processed" / f"0_first.{name}.msg").read_bytes() == damage


def test_messages_processed_long_ago_are_deleted_and_recent_ones_stay(tmp_path: Path) -> None:
    for name, age in (("old", 601), ("young", 599)):
        (tmp_path / f"{name}.msg").touch()
        os.utime(tmp_path / f"{name}.msg", (10_000 - age, 10_000 - age))

    assert prune(tmp_path, now=10_000) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["young.msg"]
