"""Sends the reminders that are due."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.services import reminders


class Command(BaseCommand):
    help = "Send every reminder that is due and not sent, and say how many."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at",
            metavar="ISO",
            help="Judge what is due by this moment instead of the database's clock, "
            "as in 2026-09-24T10:00+08:00; without an offset it is UTC.",
        )

    def handle(self, *args: Any, at: str | None, **options: Any) -> None:
        report = reminders.send_due(moment(at) if at else None)
        self.stdout.write(
            f"Reminders: {report.sent} sent, {report.retried} put off, "
            f"{report.failed} given up, {report.cancelled} no longer needed."
        )
        if report.away:
            self.stdout.write(f"The rest waits for the mail server. {report.away}")


def moment(text: str) -> datetime:
    """The moment an ISO 8601 text names. Raises CommandError with a sentence for any other text."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is not a moment; write it like 2026-09-24T10:00+08:00.") from error
    return at if timezone.is_aware(at) else timezone.make_aware(at)
