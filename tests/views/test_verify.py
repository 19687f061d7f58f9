from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from cases.models import Case
from cases.services import case_files
from cases.views import verify as view
from tests.casefile import bags, stories
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger() -> Client:
    """Nobody who is logged in."""
    return Client(headers={"accept-language": "en"})


def send(client: Client, content: bytes, name: str = "case-file.zip") -> HttpResponseBase:
    return client.post(reverse("cases:verify"), {"file": SimpleUploadedFile(name, content)})


@pytest.fixture
def foreign(tmp_path: Path) -> bytes:
    bags.make_bag(tmp_path / "x.zip")
    return (tmp_path / "x.zip").read_bytes()


def test_the_page_needs_no_login(stranger: Client) -> None:
    page = stranger.get("/verify/")

    assert page.status_code == 200
    assert "Check a case file" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_an_unaltered_case_file_of_elsewhere_agrees_with_itself_but_its_signer_is_unknown(
    stranger: Client, foreign: bytes
) -> None:
    page = send(stranger, foreign).content.decode()

    assert 'data-verdict="0"' in page
    assert "It agrees with itself; the signer is not known here." in page
    assert "The signer is unknown" in page
    assert "Unchanged since" not in page
    assert "note-done" not in page
    assert "authentic" not in page


def test_a_case_file_of_our_own_is_known_by_key_and_records(
    case: Case, alice: User, stranger: Client
) -> None:
    with case_files.open_zip(stories.ready_case_file(case, alice)) as file:
        page = send(stranger, file.read()).content.decode()

    assert "Unchanged since it was made at" in page
    assert "note-done" in page
    assert "signed with the key of this installation" in page
    assert "this installation made exactly this file" in page
    assert "The signer is unknown" not in page


def test_a_forgery_signed_with_another_key_is_not_shown_as_unchanged(
    case: Case, alice: User, stranger: Client, tmp_path: Path
) -> None:
    stories.ready_case_file(case, alice)  # There is a key of this installation; it is not the forger's.
    bags.make_bag(tmp_path / "forged.zip", key=bags.OTHER_KEY)

    page = send(stranger, (tmp_path / "forged.zip").read_bytes()).content.decode()

    assert "It agrees with itself; the signer is not known here." in page
    assert "note-done" not in page
    assert "key of this installation" not in page


def test_an_altered_case_file_has_every_finding_named(stranger: Client, foreign: bytes) -> None:
    spoiled = bytearray(foreign)
    spoiled[spoiled.index(b"\x89PNG") + 9] ^= 1

    page = send(stranger, bytes(spoiled)).content.decode()

    assert 'data-verdict="1"' in page
    assert "E001-聊天记录.png was altered" in page


@pytest.mark.parametrize("content", [b"no zip", b"", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_case_file_gets_an_answer_and_no_error(stranger: Client, content: bytes) -> None:
    answer = send(stranger, content, name="<b>x</b>\u202e.zip")

    assert answer.status_code in (200, 422)
    assert "<b>x</b>" not in answer.content.decode()


def test_a_post_without_a_file_is_told_what_to_do(stranger: Client) -> None:
    answer = stranger.post("/verify/")

    assert answer.status_code == 422
    assert "Choose the ZIP of a case file first." in answer.content.decode()


def test_a_file_beyond_the_limit_is_refused(
    stranger: Client, foreign: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "LARGEST", 1000)

    answer = send(stranger, foreign)

    assert answer.status_code == 422
    assert "is larger than" in answer.content.decode()


def test_a_large_upload_is_checked_where_it_lies(stranger: Client, foreign: bytes, settings: object) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100  # type: ignore[attr-defined]

    assert 'data-verdict="0"' in send(stranger, foreign).content.decode()
