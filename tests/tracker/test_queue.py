"""tracker.queue: wakes a worker after the commit, and never fails the save."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from celery import Celery
from django.conf import settings
from django.db import transaction

from tests.programs import free_port
from tracker import queue
from tracker.queue import enqueue_on_commit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _speaking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_silent_until", 0.0)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder where a broker of this test keeps what was sent."""
    app = Celery("test", broker="filesystem://localhost", set_as_current=False)
    app.conf.broker_transport = "tracker.broker:Transport"
    app.conf.broker_transport_options = {
        "data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path), "control_folder": str(tmp_path)
    }  # fmt: skip
    monkeypatch.setattr(queue, "app", app)
    return tmp_path


def tasks_in(folder: Path) -> list[str]:
    return [json.loads(path.read_text())["headers"]["task"] for path in folder.glob("*.msg")]


def test_a_task_is_sent_by_its_name_when_the_transaction_commits(
    sent: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        enqueue_on_commit("cases.tasks.build_case_file", 7)
        assert tasks_in(sent) == []

    assert tasks_in(sent) == ["cases.tasks.build_case_file"]


def test_nothing_is_sent_after_a_rollback(sent: Path, django_capture_on_commit_callbacks: Any) -> None:
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
    ):
        enqueue_on_commit("cases.tasks.build_case_file", 7)
        raise ZeroDivisionError

    assert tasks_in(sent) == []


@pytest.mark.parametrize("scheme", ["redis", "no-such-broker"])
def test_a_broker_that_is_down_fails_nothing_and_its_password_stays_out_of_the_log(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
    scheme: str,
) -> None:
    down = Celery("down", broker=f"{scheme}://:hunter2@127.0.0.1:{free_port()}/0", set_as_current=False)
    down.conf.task_publish_retry_policy = settings.CELERY_TASK_PUBLISH_RETRY_POLICY
    monkeypatch.setattr(queue, "app", down)

    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        enqueue_on_commit("cases.tasks.build_case_file", 7)

    assert "cases.tasks.build_case_file was not queued" in caplog.text
    assert "hunter2" not in caplog.text


def test_after_a_failure_the_broker_is_left_alone_for_half_a_minute(
    sent: Path, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(queue, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    works, queue.app = queue.app, Celery("down", broker="no-such-broker://x", set_as_current=False)

    def save() -> list[str]:
        with django_capture_on_commit_callbacks(execute=True):
            enqueue_on_commit("cases.tasks.build_case_file", 7)
        return tasks_in(sent)

    assert save() == []
    queue.app = works
    clock[0] += 29
    assert save() == []

    clock[0] += 2
    assert save() == ["cases.tasks.build_case_file"]
