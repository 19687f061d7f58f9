"""Writes the whole installation into one folder."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.services import backup


class Command(BaseCommand):
    help = (
        "Write every row, every evidence file and the keys into DIR, which must be new or empty. "
        "It holds secrets and private evidence: keep it where only you can read it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", metavar="DIR", type=Path)

    def handle(self, *args: Any, dir: Path, **options: Any) -> None:
        try:
            report = backup.make_backup(folder=dir, at=timezone.now())
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Backup: {report.rows} rows and {report.files} files in {dir}.")
        if report.damaged:
            raise CommandError(
                "The backup is made, but these stored files are missing or not as they were received: "
                f"{', '.join(report.damaged)}. Run manage.py scrub_evidence to see which exhibits they are."
            )
