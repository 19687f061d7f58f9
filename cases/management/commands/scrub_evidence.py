"""Re-reads and re-hashes every stored file: exit 0 when all is whole, 1 with each finding named."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.evidence.store import StoreTrouble
from cases.services import scrub


class Command(BaseCommand):
    help = (
        "Re-read every original, working copy and case file, and name each that is altered, missing or "
        "unknown to the database. Removes only what uploads that were cut off left more than an hour ago."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for name in scrub.remove_leftovers():
            self.stdout.write(
                _("Removed what an upload that was cut off had left: %(name)s") % {"name": name}
            )
        count = 0
        try:
            for finding in scrub.scrub():
                count += 1
                self.stdout.write(f"{finding.trouble.value}: {finding.text}")
        except StoreTrouble as trouble:
            raise CommandError(
                _("The evidence store could not be read to the end: %(trouble)s") % {"trouble": trouble},
                returncode=1,
            ) from trouble
        if count:
            text = ngettext(
                "%(count)s finding. Nothing was changed.", "%(count)s findings. Nothing was changed.", count
            )
            raise CommandError(text % {"count": count}, returncode=1)
        self.stdout.write(_("Every stored file is what it was when it was stored."))
