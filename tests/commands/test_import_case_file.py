from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.models import Case
from tests.casefile import bags
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db


def test_what_was_exported_is_imported_for_another_user(case: Case, mallory: User, tmp_path: Path) -> None:
    call_command("export_case_file", case.reference, "--out", str(tmp_path), stdout=io.StringIO())
    (path,) = tmp_path.iterdir()
    out = io.StringIO()

    call_command("import_case_file", str(path), "--owner", "MALLORY@example.org", stdout=out)

    imported = mallory.cases.get()
    assert out.getvalue().splitlines()[0] == imported.reference
    assert imported.title == case.title


def test_an_unknown_owner_is_refused(tmp_path: Path) -> None:
    bags.make_bag(tmp_path / "x.zip")

    with pytest.raises(CommandError, match="no user with the address"):
        call_command("import_case_file", str(tmp_path / "x.zip"), "--owner", "nobody@example.org")


def test_what_is_no_case_file_is_refused_with_the_finding(mallory: User, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("no zip")

    with pytest.raises(CommandError, match="is not a whole ZIP file"):
        call_command("import_case_file", str(tmp_path / "x.zip"), "--owner", mallory.email)
