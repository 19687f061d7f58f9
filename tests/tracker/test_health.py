"""/healthz and /readyz: what they say, to whom, and what they keep to themselves."""

from __future__ import annotations

import logging
import os
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.db.models.functions import Now
from django.test import Client

from tests.programs import free_port
from tracker.health import parts
from tracker.health.models import Heartbeat, record_heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticking() -> None:
    record_heartbeat("tick")


def test_healthz_answers_a_stranger_even_where_nothing_ticks(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_readyz_names_every_part_once_all_of_them_work(client: Client, ticking: None) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.content == b"database ok\nbroker ok\nstorage ok\nbeat ok\n"
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(("seconds", "status"), [(175, 200), (185, 503)])
def test_a_beat_may_be_silent_for_three_minutes(client: Client, seconds: int, status: int) -> None:
    Heartbeat.objects.create(name="tick", at=Now() - timedelta(seconds=seconds))

    response = client.get("/readyz")

    assert response.status_code == status
    assert (b"beat failed" in response.content) == (status == 503)


@pytest.mark.parametrize("wrong", ["2001-01-01T00:00:00+00:00", "2099-01-01T00:00:00+00:00"])
def test_a_worker_whose_clock_is_wrong_ticks_all_the_same(
    client: Client, ticking: None, time_machine: Any, wrong: str
) -> None:
    Heartbeat.objects.update(at=Now() - timedelta(hours=1))
    time_machine.move_to(wrong)

    record_heartbeat("tick")

    assert client.get("/readyz").status_code == 200


def test_a_database_that_is_gone_is_an_answer_and_not_a_crash(
    client: Client, ticking: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Any:
        raise ConnectionError("postgres://tracker:hunter2@db/ refused")

    monkeypatch.setattr(connection, "cursor", broken)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert b"database failed" in response.content
    assert b"hunter2" not in response.content


def test_a_redis_that_does_not_answer_is_the_broker_that_failed(
    client: Client, ticking: None, settings: Any
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.content == b"database ok\nbroker failed\nstorage ok\nbeat ok\n"


def test_a_redis_that_answers_is_a_broker_that_works(
    client: Client, ticking: None, settings: Any, redis_url: str
) -> None:
    settings.REDIS_URL = redis_url

    assert client.get("/readyz").status_code == 200


def test_a_full_disk_is_a_storage_that_failed(client: Client, ticking: None, settings: Any) -> None:
    settings.EXHIBIT_MAX_BYTES = 2**60

    assert b"storage failed" in client.get("/readyz").content


def test_a_folder_that_cannot_be_written_to_is_a_storage_that_failed(
    client: Client, ticking: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = Path(storages["evidence"].location)  # type: ignore[attr-defined]
    refused = {location, *location.parents}
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) not in refused)

    assert b"storage failed" in client.get("/readyz").content


def test_a_failure_that_lasts_is_logged_once_without_the_secrets_of_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise ConnectionError("postgres://tracker:hunter2@db/ refused")

    clock = iter([100.0, 110.0, 116.0, 120.0, 500.0])
    monkeypatch.setattr(parts, "database", fails)
    monkeypatch.setattr(parts, "beat", lambda: None)
    monkeypatch.setattr(parts, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    monkeypatch.setattr(parts, "_failing_since", {})

    with caplog.at_level(logging.ERROR):
        for _ in range(5):
            parts.examine()

    assert [record.getMessage() for record in caplog.records] == [
        "database has not been ready for 16 seconds: ConnectionError"
    ]


def test_security_txt_names_a_contact_and_has_not_expired(client: Client) -> None:
    response = client.get("/.well-known/security.txt")

    assert response.status_code == 200
    assert b"Contact: mailto:security@localhost\n" in response.content
    assert b"Expires: 20" in response.content
