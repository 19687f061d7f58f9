"""Examines the parts the site leans on: database, broker, evidence store and the beat."""

from __future__ import annotations

import logging
import math
import os
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection
from django.db.models.functions import Now

from tracker.health.models import Heartbeat

log = logging.getLogger(__name__)

BEAT_MAY_BE_SILENT_FOR = timedelta(minutes=3)
LOGGED_AFTER_SECONDS = 15
_failing_since: dict[str, float] = {}  # monotonic seconds; infinite once it was logged


class PartFailed(Exception):
    """Says, for the operator's log, what is wrong with a part."""


def examine() -> dict[str, bool]:
    """Each part and whether it works, in a fixed order. Why one does not is written to the log."""
    checks = {"database": database, "broker": broker, "storage": storage, "beat": beat}
    return {name: _works(name, check) for name, check in checks.items()}


def _works(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception as error:
        # Only our own sentences: the text of another's error can hold an address with its password.
        _failed(name, str(error) if isinstance(error, PartFailed) else type(error).__name__)
        return False
    _failing_since.pop(name, None)
    return True


def _failed(name: str, reason: str) -> None:
    """Write to the log once for each failure that lasts: probes ask often, and a start takes seconds."""
    now = time.monotonic()
    since = _failing_since.setdefault(name, now)
    if now - since >= LOGGED_AFTER_SECONDS:
        log.error("%s has not been ready for %d seconds: %s", name, now - since, reason)
        _failing_since[name] = math.inf


def database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def broker() -> None:
    if settings.REDIS_URL:
        import redis  # a third of a second at every start, for nothing where there is no Redis

        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
            client.ping()
        return
    folder = settings.BROKER_DIR / "queue"
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PartFailed(f"the folder {folder} cannot be written to")


def storage() -> None:
    """The evidence store takes files: its bucket answers, or its folder is writable and not full."""
    store = storages["evidence"]
    if not isinstance(store, FileSystemStorage):
        bucket = store.bucket  # type: ignore[attr-defined]  # of S3Storage, the only other one
        bucket.meta.client.head_bucket(Bucket=bucket.name)
        return
    folder = Path(store.location)
    while not folder.exists():  # made with the first exhibit
        folder = folder.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PartFailed(f"the folder {folder} cannot be written to")
    if shutil.disk_usage(folder).free < settings.EXHIBIT_MAX_BYTES:
        raise PartFailed(f"there is no room for one more file of the largest size in {folder}")


def beat() -> None:
    """A tick went from beat through the broker to the ticker lately, by the database's clock."""
    lately = Heartbeat.objects.filter(name="tick", at__gte=Now() - BEAT_MAY_BE_SILENT_FOR)
    if not lately.exists():
        raise PartFailed("no tick in the last three minutes; do ticker and beat run?")
