"""manage.py verify_custody: walk every custody chain and every seal, and name what does not hold."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cases.models import Case, Seal
from cases.rules.custody import Break
from cases.services import custody, seals

REASONS = {
    "sequence": "the number is wrong; an entry is missing or was put in",
    "previous_hash": "it does not follow the entry before it",
    "entry_hash": "its words do not match its hash; it was changed",
    "exhibit": "the exhibit stored today is not the one that came in",
    "origin": "a chain that it came with from another installation is not as it came",
    "seal": "a daily seal holds another one; entries at the end were changed or taken out",
}
SEAL_REASONS = {
    "number": "a seal is missing before it",
    "previous_root": "it does not follow the seal before it",
    "root": "its chains do not lead to its root; it was changed",
    "stamp": "its time stamp is not about its root",
    "head": "the chain of {case} does not hold entry {sequence} as it was sealed",
}


class Command(BaseCommand):
    help = "Walks every custody chain and every daily seal, and names what does not hold. Repairs nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", nargs="?", help="the case to look at; all of them without it")

    def handle(self, *args: Any, **options: Any) -> None:
        cases = Case.objects.order_by("pk")
        if reference := options["reference"]:
            cases = cases.filter(reference=reference)
            if not cases:
                raise CommandError(_("There is no case %(reference)s here.") % {"reference": reference})
        count, broken = 0, 0
        for case in cases.iterator(chunk_size=500):
            count += 1
            for one in custody.verify(case):
                broken += 1
                self.stdout.write(f"{case.reference}: {_told(one)}")
        if not reference:
            for found in seals.verify_seals():
                broken += 1
                reason = SEAL_REASONS[found.reason].format(case=found.case, sequence=found.sequence)
                self.stdout.write(f"seal {found.number}: {reason}")
            self.stdout.write(f"{Seal.objects.count()} seals")
        self.stdout.write(f"{count} chains, {broken} findings")
        if broken:
            raise SystemExit(1)


def _told(one: Break) -> str:
    if one.reason == "exhibit" and not one.sequence:
        return "an exhibit is stored that no entry tells of"
    return f"entry {one.sequence}: {REASONS[one.reason]}"
