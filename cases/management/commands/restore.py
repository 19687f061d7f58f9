"""Takes a backup back into an empty installation."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.services import backup


class Command(BaseCommand):
    help = (
        "Take the backup in DIR back into this installation, which must be migrated and empty. Every hash "
        "is checked before, every custody chain afterwards."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", metavar="DIR", type=Path)

    def handle(self, *args: Any, dir: Path, **options: Any) -> None:
        try:
            report = backup.restore(folder=dir)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored: {report.rows} rows and {report.files} files. Start the site anew: "
            "its keys are those of the backup now."
        )
