"""The Celery application; its settings are the CELERY_* names of tracker.settings."""

from __future__ import annotations

import os
import warnings
from typing import Any

from celery import Celery
from celery.platforms import SecurityWarning  # type: ignore[attr-defined]  # its stubs forgot it
from celery.signals import setup_logging

os.umask(0o077)  # what workers and beat write is for their own user alone
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

# It warns of workers run by root because of pickle; ours take JSON and nothing else.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Workers and beat log as the site does (LOGGING in tracker.settings): Celery sets up nothing."""
