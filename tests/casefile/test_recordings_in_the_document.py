"""A case file prints what can be shown of a recording, and says how long it is and where it lies."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from cases.models import Case
from cases.services import case_files, exhibit_copies, file_texts, importing
from tests import recordings
from tests.casefile import stories
from tests.casefile.test_document import words_of
from tests.mails import mail
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db


def test_calls_films_texts_and_mails_go_into_a_case_file_and_come_back(
    case: Case, alice: User, tmp_path: Path
) -> None:
    files = {
        "call.amr": recordings.recording("amr"),
        "film.mp4": recordings.recording("mp4"),
        "chat.txt": "客服：亲，今天到账".encode(),
        "mail.eml": mail(),
    }
    for name, data in files.items():
        stories.add_exhibit(case, alice, stories.at(9, 10), data, name, "")

    assert file_texts.read_waiting() == 2

    built = stories.ready_case_file(case, alice, language="en")

    with case_files.open_zip(built) as file, zipfile.ZipFile(file) as archive:
        names = {name for name in archive.namelist() if name.startswith("data/exhibits/")}
        pdf = tmp_path / "case-file.pdf"
        pdf.write_bytes(archive.read("data/case-file.pdf"))
    assert names == {
        "data/exhibits/E001-call.amr",
        "data/exhibits/E002-film.mp4",
        "data/exhibits/E003-chat.txt",
        "data/exhibits/E004-mail.eml",
    }
    words = words_of(pdf)
    assert "Arecordingof0:02.Itliesinthecasefile,tobeplayed:E001-call.amr" in words
    assert "Arecordingof0:02.Itliesinthecasefile,tobeplayed:E002-film.mp4" in words
    assert "cannotbeshownhere" not in words
    # What the texts say is on their pages; no machine read it.
    assert "Machine-readtext" not in words
    copied = _imported(built, alice, tmp_path)
    lengths = list(copied.exhibits.values_list("media_type", "duration_ms"))
    assert lengths == list(case.exhibits.values_list("media_type", "duration_ms"))
    assert lengths[2:] == [("text/plain", None), ("message/rfc822", None)]
    for exhibit in copied.exhibits.all():
        exhibit_copies.make_working_copies(exhibit_id=exhibit.pk, at=stories.at(9, 12))
        assert exhibit_copies.is_drawable(exhibit)


def _imported(built: object, owner: User, folder: Path) -> Case:
    path = folder / "case-file.zip"
    with case_files.open_zip(built) as file:  # type: ignore[arg-type]
        path.write_bytes(file.read())
    return importing.import_case_file(path=path, owner=owner, at=stories.at(9, 12))
