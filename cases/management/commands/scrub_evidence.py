"""Re-reads and re-hashes every stored file: exit 0 when all is whole, 1 with each finding named."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.evidence.store import StoreTrouble
from cases.services import scrub, scrub_runs


class Command(BaseCommand):
    help = (
        "Re-read every stored file and every custody chain, and name each file that is altered, missing or "
        "unknown to the database. Takes the place of the re-reading that goes on in the background. Removes "
        "only what uploads and builds that were cut off, and erased cases, left."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for name in scrub.remove_leftovers():
            self.stdout.write(
                _("Removed what an upload that was cut off had left: %(name)s") % {"name": name}
            )
        count = 0
        try:
            for key in scrub.remove_rests():
                self.stdout.write(_("Removed what an erased case had left: %(key)s") % {"key": key})
            for finding in scrub_runs.read_everything(at=timezone.now()):
                count += 1
                self.stdout.write(f"{finding.trouble.value}: {finding.text}")
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=1) from error
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
