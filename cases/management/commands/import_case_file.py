"""Takes a case file in as a new case: checked first; all of it, or nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.evidence.store import StoreTrouble
from cases.services import importing
from tracker.accounts.models import User


class Command(BaseCommand):
    help = "Checks a case file and makes a new case of it, owned by the user with that email address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="The ZIP, or the folder it was unpacked into.")
        parser.add_argument("--owner", required=True, metavar="EMAIL", help="Whose case it will be.")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.filter(email=options["owner"].lower()).first()
        if owner is None:
            raise CommandError(_("There is no user with the address “%s”.") % options["owner"])
        with translation.override(owner.language):
            try:
                case = importing.import_case_file(path=options["path"], owner=owner, at=timezone.now())
            except ValidationError as error:
                raise CommandError("\n".join(error.messages)) from error
            except StoreTrouble as error:
                raise CommandError(_("The evidence store failed: %s") % error) from error
            self.stdout.write(case.reference)
            self.stdout.write(
                _("Imported with %(exhibits)s exhibits and %(contacts)s contacts.")
                % {"exhibits": case.exhibits.count(), "contacts": case.contacts.count()}
            )
