"""Writes the JSON Schema of playbook files, by which editors complete and check."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.rules import json_schema


class Command(BaseCommand):
    help = "Write cases/playbooks/playbook.schema.json anew from the words that playbooks are read by."
    # It must be possible while a playbook has mistakes.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when it is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            if not json_schema.is_current():
                raise CommandError(
                    f"{json_schema.FILE.name} is out of date; run manage.py playbook_schema, then commit it."
                )
            self.stdout.write(f"{json_schema.FILE.name} is current.")
            return
        json_schema.write()
        self.stdout.write(f"Written: {json_schema.FILE}")
