"""Wakes a worker after the commit; a broker that is down costs a minute, never the save.

The broker holds no truth: every piece of work is a row that the tick finds by itself, so a wake-up
that cannot be sent is written to the log and forgotten.
"""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import Any

from django.db import transaction

from tracker.celery import app

log = logging.getLogger(__name__)

# A broker that is frozen costs seconds to find out; one page pays for that, not every one.
PAUSE_SECONDS = 30
_silent_until = 0.0  # monotonic


def enqueue_on_commit(task_name: str, *args: Any) -> None:
    """Send the task of that full name ("cases.tasks.build_case_file") once the transaction commits.

    `args` are ids, or other small JSON values. Never raises: a broker out of reach is logged, and the
    tick finds the row within TICK_SECONDS of the broker's return. Nothing is sent after a rollback.
    """
    transaction.on_commit(partial(_send, task_name, args), robust=True)


def _send(task_name: str, args: tuple[Any, ...]) -> None:
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        app.signature(task_name, args=args).apply_async()
    except Exception as error:
        # Whatever the broker's client raises, the page that saved must answer. The type says enough:
        # the text of such an error can hold the broker's address with its password.
        log.warning("%s was not queued (%s); the tick will find its work", task_name, type(error).__name__)
        _silent_until = time.monotonic() + PAUSE_SECONDS
