"""Celery doors: take an id, call one service.

The database is the list of work. A task only says “look now”; the tick finds whatever a lost
message, a dead worker or an empty broker left behind.
"""

from __future__ import annotations

import logging
from functools import partial

from celery import shared_task
from django.utils import timezone

from tracker.health import sessions
from tracker.health.models import record_heartbeat

log = logging.getLogger(__name__)


@shared_task
def tick() -> None:
    """What beat sends every TICK_SECONDS: a sign of life, then every sweep, each on its own.

    While thousands of reminders go out it gives further signs, or /readyz would call the beat dead.
    """
    from cases.services import (
        case_files,
        case_import_runs,
        erasing,
        exhibits,
        file_texts,
        recognitions,
        recounts,
        redactions,
        reminders,
        scrub_runs,
        seals,
        stale,
        summary_plans,
    )

    def send_due() -> None:
        reminders.send_due(alive=partial(record_heartbeat, "tick"))

    record_heartbeat("tick")
    for sweep in (
        summary_plans.plan_missing,
        send_due,
        exhibits.make_missing_working_copies,
        file_texts.wake_if_waiting,
        recognitions.wake_if_waiting,
        case_files.build_waiting,
        case_import_runs.sweep,
        redactions.make_waiting,
        recounts.wake_if_needed,
        stale.clear,
        erasing.remove_waiting,
        scrub_runs.wake_if_due,
        seals.seal_if_due,
        sessions.clear_expired_sessions,
    ):
        try:
            sweep()
        except Exception:
            # One sweep that fails must not keep the others from running; the next tick tries again.
            log.exception("The sweep %s failed", sweep.__name__)


@shared_task
def make_working_copies(exhibit_id: int) -> None:
    from cases.services import exhibits

    exhibits.make_working_copies(exhibit_id=exhibit_id, at=timezone.now())


@shared_task
def build_case_file(case_file_id: int) -> None:
    from cases.services import case_files

    case_files.build(case_file_id=case_file_id)


@shared_task
def run_case_import(case_import_id: int) -> None:
    from cases.services import case_import_runs

    case_import_runs.run(case_import_id=case_import_id)


@shared_task
def recognise() -> None:
    from cases.services import file_texts, recognitions

    file_texts.read_waiting()
    recognitions.read_waiting()


@shared_task
def make_redaction(redaction_id: int) -> None:
    from cases.services import redactions

    redactions.make(redaction_id=redaction_id)


@shared_task
def recount_deadlines() -> None:
    from cases.services import recounts

    recounts.recount_if_needed()


@shared_task
def scrub() -> None:
    from cases.services import scrub_runs

    scrub_runs.go_on()


@shared_task
def remove_erased(case_id: int) -> None:
    from cases.services import erasing

    erasing.remove(case_id=case_id)
