"""Expired sessions and the keys of sent forms go away once a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.db.models import QuerySet
from django.db.models.functions import Now

from tracker.health.models import Heartbeat
from tracker.health.sessions import NAME, clear_expired_sessions

pytestmark = pytest.mark.django_db


def session(name: str, expires_in: timedelta) -> None:
    Session.objects.create(session_key=name, session_data="", expire_date=Now() + expires_in)


def left() -> set[str]:
    return set(Session.objects.values_list("session_key", flat=True))


SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def test_what_has_expired_goes_and_what_has_not_stays() -> None:
    session("old", -SECOND)
    session("running", timedelta(minutes=1))

    assert clear_expired_sessions() == 1

    assert left() == {"running"}


@pytest.mark.parametrize(("hours", "goes"), [(23, False), (25, True)])
def test_it_is_done_once_a_day_by_the_databases_clock(hours: int, goes: bool, time_machine: Any) -> None:
    session("old", -SECOND)
    Heartbeat.objects.create(name=NAME, at=Now() - timedelta(hours=hours))
    time_machine.move_to("2099-01-01T00:00:00+00:00")

    assert clear_expired_sessions() == int(goes)
    assert clear_expired_sessions() == 0


def test_a_worker_whose_clock_runs_ahead_logs_nobody_out(time_machine: Any) -> None:
    session("running", DAY)
    time_machine.move_to("2099-01-01T00:00:00+00:00")

    clear_expired_sessions()

    assert left() == {"running"}


def test_one_that_failed_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    session("old", -SECOND)
    delete = QuerySet.delete

    def fail(rows: Any) -> Any:
        raise OperationalError("the database is locked")

    monkeypatch.setattr(QuerySet, "delete", fail)
    with pytest.raises(OperationalError):
        clear_expired_sessions()
    monkeypatch.setattr(QuerySet, "delete", delete)

    assert clear_expired_sessions() == 1


def test_the_usual_tick_asks_once(django_assert_num_queries: Any) -> None:
    clear_expired_sessions()

    with django_assert_num_queries(1):
        assert clear_expired_sessions() == 0
