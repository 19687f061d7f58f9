"""The site: settings, addresses, accounts, health and the Celery app."""

from tracker.celery import app as celery_app

__all__ = ["celery_app"]
