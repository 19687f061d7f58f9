"""Counts every open deadline anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cases.services import recounts
from cases.services.deadlines import Moved
from cases.services.playbooks import zone_of_deadline


class Command(BaseCommand):
    help = (
        "Count every open deadline anew with the playbooks of this version and the workday calendars as they "
        "are now, and print those that moved. The site does so by itself after an update and after a change "
        "of a calendar; this may be run at any time besides, and running it twice changes nothing more."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        recount = recounts.recount_all(on_moved=self.tell)
        self.stdout.write(f"Deadlines: {recount.moved} moved, {recount.counted} counted.")

    def tell(self, moved: Moved) -> None:
        zone = zone_of_deadline(moved.deadline)
        before, after = (at.astimezone(zone).isoformat() for at in (moved.before, moved.after))
        self.stdout.write(f"{moved.deadline.case.reference} {moved.deadline.rule}: {before} -> {after}")
