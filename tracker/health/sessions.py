"""Clears sessions that have expired, and the keys of forms that were sent, once a day.

Nothing else would: every log-in and every form leaves a row (cases/views/submissions.py).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.functions import Now

from tracker.health.models import Heartbeat

NAME = "sessions cleared"
EVERY = timedelta(days=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def clear_expired_sessions() -> int:
    """Delete what has expired by the database's clock, where that was last done a day ago; how many.

    Of several that begin at once one does it: the others wait for its row, and find it new. Where it
    fails, the row stays old, and the next tick tries again.
    """
    lately = Heartbeat.objects.filter(name=NAME, at__gt=Now() - EVERY)
    if lately.exists():
        return 0  # The usual tick takes no lock.
    with transaction.atomic():
        Heartbeat.objects.get_or_create(name=NAME, defaults={"at": LONG_AGO})
        if not Heartbeat.objects.filter(name=NAME, at__lte=Now() - EVERY).update(at=Now()):
            return 0
        cleared, _by_model = Session.objects.filter(expire_date__lt=Now()).delete()
    return cleared
