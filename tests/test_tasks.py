"""Celery doors: each takes an id and calls one service."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db.models.functions import Now

from cases import tasks
from cases.models import Case, Reminder
from cases.services import (
    case_files,
    contacts,
    erasing,
    exhibits,
    recognitions,
    recounts,
    redactions,
    reminders,
    scrub_runs,
    summary_plans,
    uploads,
)
from tests import factories
from tracker.health import sessions
from tracker.health.models import Heartbeat

SWEEPS = [
    (summary_plans, "plan_missing"),
    (reminders, "send_due"),
    (exhibits, "make_missing_working_copies"),
    (recognitions, "wake_if_waiting"),
    (case_files, "build_waiting"),
    (redactions, "make_waiting"),
    (recounts, "wake_if_needed"),
    (uploads, "clear_stale"),
    (erasing, "remove_waiting"),
    (scrub_runs, "wake_if_due"),
    (sessions, "clear_expired_sessions"),
]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which sweeps ran, in order; none of them does anything."""
    ran: list[str] = []
    for module, name in SWEEPS:
        monkeypatch.setattr(module, name, _noting(ran, name))
    return ran


def _noting(ran: list[str], name: str, failing: bool = False) -> Any:
    def sweep(**_: Any) -> None:
        ran.append(name)
        if failing:
            raise RuntimeError("the disk is full")

    sweep.__name__ = name
    return sweep


def test_a_tick_gives_a_sign_of_life_and_runs_every_sweep(db: None, calls: list[str]):
    tasks.tick()

    assert Heartbeat.objects.filter(name="tick").exists()
    assert calls == [name for _module, name in SWEEPS]


def test_a_tick_gives_further_signs_of_life_while_reminders_go_out(
    db: None, calls: list[str], monkeypatch: pytest.MonkeyPatch
):
    seen: list[str] = []

    def send_due(alive: Any) -> None:
        Heartbeat.objects.all().delete()
        alive()
        seen.extend(Heartbeat.objects.values_list("name", flat=True))

    monkeypatch.setattr(reminders, "send_due", send_due)

    tasks.tick()

    assert seen == ["tick"]


def test_a_sweep_that_fails_keeps_no_other_from_running(
    db: None, calls: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reminders, "send_due", _noting(calls, "send_due", failing=True))

    tasks.tick()

    assert calls == [name for _module, name in SWEEPS]


def test_a_tick_sends_what_is_due_by_the_databases_clock(case: Case, monkeypatch: pytest.MonkeyPatch):
    for module, name in SWEEPS:
        if name != "send_due":
            monkeypatch.setattr(module, name, _noting([], name))
    contacts.log_contact(
        case=case, by=case.owner, at=factories.NOON, channel="shop_message", outcome="no_answer"
    )
    first = Reminder.objects.order_by("pk")[:1]
    Reminder.objects.filter(pk__in=first.values("pk")).update(due_at=Now() - timedelta(minutes=1))
    Reminder.objects.exclude(pk__in=first.values("pk")).update(due_at=Now() + timedelta(days=1))

    tasks.tick()

    assert [message.to for message in mail.outbox] == [["alice@example.org"]]


def test_a_case_file_is_built_by_its_id(monkeypatch: pytest.MonkeyPatch):
    built: list[int] = []
    monkeypatch.setattr(case_files, "build", lambda *, case_file_id: built.append(case_file_id))

    tasks.build_case_file(7)

    assert built == [7]


def test_working_copies_are_made_by_the_id_of_the_exhibit(monkeypatch: pytest.MonkeyPatch):
    made: list[int] = []
    monkeypatch.setattr(exhibits, "make_working_copies", lambda *, exhibit_id, at: made.append(exhibit_id))

    tasks.make_working_copies(7)

    assert made == [7]


def test_open_deadlines_are_counted_anew_where_that_is_needed(monkeypatch: pytest.MonkeyPatch):
    asked: list[bool] = []
    monkeypatch.setattr(recounts, "recount_if_needed", lambda: asked.append(True))

    tasks.recount_deadlines()

    assert asked == [True]
