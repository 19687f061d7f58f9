"""Builds a case file here and now, and writes its ZIP into a folder: whole, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.casefile.profiles import FULL, all_profiles
from cases.evidence.store import StoreTrouble
from cases.models import BuildState, Case, CaseFile, DocumentLanguage
from cases.services import case_files
from cases.services.case_file_plans import MadeFor


class Command(BaseCommand):
    help = "Builds a case file of the case with that reference and writes its ZIP into a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", help="The reference of the case, as in its address.")
        parser.add_argument(
            "--out", type=Path, required=True, metavar="DIR", help="The folder to write into."
        )
        parser.add_argument(
            "--originals",
            action="store_true",
            help="Hand out every exhibit as original. Default: the newest redacted copy where there is one.",
        )
        parser.add_argument("--profile", default=FULL, choices=list(all_profiles()), help="Who gets it.")
        parser.add_argument(
            "--leave-out", type=int, nargs="+", default=[], metavar="N", help="Numbers of exhibits."
        )
        parser.add_argument("--language", choices=DocumentLanguage.values, help="Default: that of the owner.")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["out"]
        case = Case.objects.filter(reference=options["reference"]).first()
        if case is None:
            raise CommandError(_("There is no case with the reference “%s”.") % options["reference"])
        _make_folder(folder)
        language = options["language"] or case.owner.language
        with translation.override(_spoken(language)):
            try:
                case_file = case_files.build_now(
                    case=case,
                    by=None,
                    at=timezone.now(),
                    language=language,
                    redactions={} if options["originals"] else None,
                    made_for=MadeFor(options["profile"], frozenset(options["leave_out"])),
                )
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
            if case_file.state != BuildState.READY:
                raise CommandError(_why_not(case_file))
            self._hand_out(case_file, folder / f"case-file-{case.reference}-{case_file.number}.zip")

    def _hand_out(self, case_file: CaseFile, target: Path) -> None:
        try:
            _write_whole(case_file, target)
        except FileExistsError as error:
            raise CommandError(_("%s is there already and was not overwritten.") % target) from error
        except (OSError, StoreTrouble) as error:
            raise CommandError(
                _("%(path)s could not be written: %(error)s") % {"path": target, "error": error}
            ) from error
        if case_file.redactions:
            labels = ", ".join(f"E{number}" for number in case_file.redactions)
            self.stdout.write(_("Handed out as redacted copies: %s") % labels)
        if case_file.note:
            self.stderr.write(case_file.note)
        self.stdout.write(str(target))
        self.stdout.write(_("SHA-256: %s") % case_file.sha256)
        fingerprint = case_files.own_key().fingerprint
        self.stdout.write(_("Signed with the key whose fingerprint is %s") % fingerprint)
        self.stdout.write(_("To check it: python manage.py verify_case_file %s") % target)


def _why_not(case_file: CaseFile) -> str:
    if case_file.state == BuildState.CANCELLED:
        return _("It was cancelled on the page of the case.")
    return case_file.failure or _("It could not be built; the log says why.")


def _spoken(language: str) -> str:
    """The language of what the command says; of a case file in both that of its Chinese half."""
    return CaseFile(language=language).main_language


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            _("The folder %(path)s cannot be made: %(error)s") % {"path": folder, "error": error.strerror}
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CommandError(_("The folder %s cannot be written to; choose another.") % folder)


def _write_whole(case_file: CaseFile, target: Path) -> None:
    """Copy to a draft beside the target, flush it, then give it its name; FileExistsError when taken."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".case-file-", delete=False) as draft:
        try:
            with case_files.open_zip(case_file) as source:
                shutil.copyfileobj(source, draft, 1024 * 1024)
            draft.flush()
            os.fsync(draft.fileno())
            os.link(draft.name, target)
        finally:
            Path(draft.name).unlink()
