"""Checks playbook files and names every mistake."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.rules.playbooks import SHIPPED_FOLDER, PlaybookErrors, read_playbooks


class Command(BaseCommand):
    help = "Check playbooks: the shipped ones, or those in the files and folders given."
    # The system checks look at the shipped playbooks too, and would stop this before it can speak.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="*", type=Path, help="a .toml file, or a folder of them")

    def handle(self, *args: Any, **options: Any) -> None:
        files: list[Path] = []
        for path in options["paths"] or [SHIPPED_FOLDER]:
            if not path.exists():
                raise CommandError(f"There is no file or folder {path}; write where the playbook lies.")
            files += sorted(path.glob("*.toml")) if path.is_dir() else [path]
        try:
            playbooks = read_playbooks(files)
        except PlaybookErrors as errors:
            for mistake in errors.mistakes:
                self.stderr.write(str(mistake))
            raise CommandError(f"Mistakes found: {len(errors.mistakes)}. No playbook was loaded.") from errors
        for playbook in playbooks.values():
            self.stdout.write(
                f"{playbook.key}: {len(playbook.channels)} channels, {len(playbook.situations)} situations, "
                f"{len(playbook.rules)} deadline rules, edition {playbook.edition}: no mistake."
            )
