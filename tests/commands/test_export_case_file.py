from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.casefile.verify import verify
from cases.evidence.redacting import Box
from cases.models import Case, CaseFile
from cases.services import case_files, redactions
from cases.services.case_file_requests import cancel_case_file
from tests import pictures
from tests.casefile import stories
from tests.casefile.stories import at
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db


def export(case: Case, folder: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("export_case_file", case.reference, "--out", str(folder), *options, stdout=out)
    return out.getvalue()


def test_the_zip_is_written_whole_and_the_way_to_check_it_is_told(case: Case, tmp_path: Path) -> None:
    printed = export(case, tmp_path, "--language", "en")

    path = tmp_path / f"case-file-{case.reference}-1.zip"
    assert printed.splitlines()[0] == str(path)
    assert f"verify_case_file {path}" in printed
    assert verify(path).exit_code == 0
    assert list(tmp_path.iterdir()) == [path]


def test_it_is_made_for_a_recipient_and_without_what_is_left_out(case: Case, alice: User, tmp_path: Path):
    stories.add_exhibit(case, alice, at(6, 20), pictures.picture("PNG"), "聊天.png", "与店铺的聊天")

    export(case, tmp_path, "--language", "en", "--profile", "seller_letter", "--leave-out", "1")

    row = case.case_files.get()
    assert (row.profile, row.left_out) == ("seller_letter", [1])
    with pytest.raises(CommandError, match="There is no exhibit E7 in this case"):
        export(case, tmp_path, "--leave-out", "7")


def test_a_folder_that_is_not_there_is_made(case: Case, tmp_path: Path) -> None:
    export(case, tmp_path / "for the court" / "2026")

    assert (tmp_path / "for the court" / "2026" / f"case-file-{case.reference}-1.zip").is_file()


def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_built(case: Case, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_bytes(b"")

    with pytest.raises(CommandError, match="cannot be made"):
        export(case, tmp_path / "a-file" / "inside")

    assert not case.case_files.exists()


def test_redacted_copies_go_out_unless_originals_are_asked_for(case: Case, tmp_path: Path) -> None:
    exhibit = stories.add_exhibit(case, case.owner, at(6, 20), pictures.picture(), "chat.png", "")
    row = redactions.ask(exhibit=exhibit, boxes=[Box(1, 0, 0, 100, 100)], by=case.owner, at=at(6, 21))
    redactions.make(redaction_id=row.pk)

    printed = export(case, tmp_path, "--language", "en")
    export(case, tmp_path, "--originals")

    assert "Handed out as redacted copies: E1" in printed
    assert [file.redactions for file in case.case_files.order_by("number")] == [{"1": 1}, {}]


def test_an_unknown_case_is_refused(case: Case, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no case with the reference"):
        call_command("export_case_file", "xxxxxxxxxx", "--out", str(tmp_path))


def test_a_case_whose_case_file_is_under_way_is_refused(case: Case, alice: User, tmp_path: Path) -> None:
    case_files.request_case_file(case=case, by=alice, at=at(9, 12), language="en")

    with pytest.raises(CommandError, match="Case file 1 is being made"):
        export(case, tmp_path)


def test_nothing_that_is_there_is_overwritten(case: Case, tmp_path: Path) -> None:
    taken = tmp_path / f"case-file-{case.reference}-1.zip"
    taken.write_text("mine")

    with pytest.raises(CommandError, match="was not overwritten"):
        export(case, tmp_path)

    assert taken.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [taken]


def test_one_that_is_cancelled_on_the_page_meanwhile_says_so(
    case: Case, alice: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancelled(*, case_file_id: int) -> None:
        case_file = CaseFile.objects.get(pk=case_file_id)
        cancel_case_file(case_file=case_file, by=alice, at=at(9, 13))

    monkeypatch.setattr(case_files, "build", cancelled)

    with pytest.raises(CommandError, match="It was cancelled on the page of the case"):
        export(case, tmp_path)
    assert list(tmp_path.iterdir()) == []
