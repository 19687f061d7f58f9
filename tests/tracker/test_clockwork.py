"""tracker.clockwork: ticks by elapsed time, whatever the wall clock does."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from tracker import clockwork
from tracker.celery import app


class Beat(clockwork.Metronome):
    """Writes down what it would send; the test moves its clocks."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        super().__init__(app=app, schedule={}, lazy=True)
        self.update_from_dict({"tick": {"task": "cases.tasks.tick", "schedule": 30}})

    producer = None  # type: ignore[assignment]

    def apply_entry(self, entry: object, producer: object = None) -> None:
        self.sent.append(entry.task)  # type: ignore[attr-defined]


@pytest.fixture
def elapsed(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds = [1000.0]
    monkeypatch.setattr(clockwork, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    return seconds


def test_the_first_tick_goes_at_once(elapsed: list[float]) -> None:
    beat = Beat()

    assert beat.tick() == 30.0
    assert beat.sent == ["cases.tasks.tick"]


def test_the_next_tick_goes_after_the_seconds_of_the_schedule(elapsed: list[float]) -> None:
    beat = Beat()
    beat.tick()

    elapsed[0] += 29.5
    assert beat.tick() == 0.5
    assert len(beat.sent) == 1

    elapsed[0] += 0.5
    beat.tick()
    assert len(beat.sent) == 2


def test_a_wall_clock_that_was_a_day_ahead_and_came_back_stalls_nothing(
    elapsed: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    beat = Beat()
    monkeypatch.setattr(app, "now", lambda: datetime(2026, 9, 2, tzinfo=UTC))
    beat.tick()
    monkeypatch.setattr(app, "now", lambda: datetime(2026, 9, 1, tzinfo=UTC))

    elapsed[0] += 30
    beat.tick()

    assert len(beat.sent) == 2


def test_ticks_missed_while_the_machine_slept_are_one_tick(elapsed: list[float]) -> None:
    beat = Beat()
    beat.tick()

    elapsed[0] += 8 * 3600
    assert beat.tick() == 30.0
    assert len(beat.sent) == 2
