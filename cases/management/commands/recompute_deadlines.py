"""Counts every open deadline anew."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cases.models import Case
from cases.services import deadlines


class Command(BaseCommand):
    help = (
        "Count every open deadline anew with the playbooks and the workday calendar of this version, and "
        "print those that moved. Run it after an update; running it twice changes nothing more."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        cases = Case.objects.open().filter(deadlines__met_at=None, deadlines__dropped_at=None).distinct()
        for case in cases.order_by("pk").iterator(chunk_size=500):
            for moved in deadlines.recompute(case=case, at=timezone.now()):
                count += 1
                before, after = (at.astimezone(UTC).isoformat() for at in (moved.before, moved.after))
                self.stdout.write(f"{case.reference} {moved.deadline.rule}: {before} -> {after}")
        self.stdout.write(f"Deadlines: {count} moved.")
