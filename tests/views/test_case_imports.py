from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.models import Case, CaseImport
from cases.services import case_files, case_import_runs
from tests.casefile import stories
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db

PAGE = "/cases/import/"


@pytest.fixture
def content(case: Case, alice: User) -> bytes:
    with case_files.open_zip(stories.ready_case_file(case, alice)) as file:
        return file.read()


def sent(client: Client, content: bytes) -> CaseImport:
    response = client.post(PAGE, {"file": SimpleUploadedFile("案件.zip", content)})
    row = CaseImport.objects.latest("pk")
    assert (response.status_code, response["Location"]) == (302, f"{PAGE}{row.pk}/")
    return row


def run(row: CaseImport) -> str:
    case_import_runs.run(case_import_id=row.pk)
    return f"{PAGE}{row.pk}/"


def test_a_case_file_comes_in_without_javascript(
    content: bytes, case: Case, mallory: User, mallory_client: Client
):
    address = run(row := sent(mallory_client, content))
    shown = mallory_client.get(address).content.decode()
    assert case.title in shown
    assert "What is in it" in shown
    assert not mallory.cases.exists()

    mallory_client.post(address, {"do": "take"})
    run(row)

    done = mallory_client.get(address).content.decode()
    assert f"/cases/{mallory.cases.get().reference}/" in done


def test_a_second_time_needs_a_tick(content: bytes, mallory: User, mallory_client: Client):
    for turn in range(2):
        address = run(row := sent(mallory_client, content))
        if turn:
            assert "You have this case already" in mallory_client.get(address).content.decode()
            mallory_client.post(address, {"do": "take"})
            run(row)
            assert mallory.cases.count() == 1
        mallory_client.post(address, {"do": "take", "again": "1"})
        run(row)

    assert mallory.cases.count() == 2


def test_what_is_wrong_is_listed_and_can_be_taken_off_the_list(mallory_client: Client):
    address = run(sent(mallory_client, b"no zip"))

    shown = mallory_client.get(address).content.decode()
    mallory_client.post(address, {"do": "discard"})

    assert "It was not taken in; nothing of it was kept." in shown
    assert "not a whole ZIP file" in shown
    assert mallory_client.get(address).status_code == 404
    assert address not in mallory_client.get(PAGE).content.decode()


@pytest.mark.parametrize(("file", "told"), [(None, "Choose the ZIP"), (b"", "empty")])
def test_nothing_sent_is_a_sentence(mallory_client: Client, file: bytes | None, told: str):
    form = {} if file is None else {"file": SimpleUploadedFile("x.zip", file)}

    refused = mallory_client.post(PAGE, form)

    assert (refused.status_code, told in refused.content.decode()) == (422, True)


def test_nobody_else_sees_it(content: bytes, mallory_client: Client, alice_client: Client, client: Client):
    row = sent(mallory_client, content)

    for method in ("get", "head", "post"):
        assert getattr(alice_client, method)(f"{PAGE}{row.pk}/").status_code == 404
        assert getattr(client, method)(f"{PAGE}{row.pk}/").status_code == 302
    assert str(row.name) not in alice_client.get(PAGE).content.decode()


def test_the_page_that_waits_is_told_only_what_is_new(content: bytes, mallory_client: Client):
    row = sent(mallory_client, content)
    asked = {"HX-Request": "true"}

    assert mallory_client.get(f"{PAGE}{row.pk}/?seen=queued", headers=asked).status_code == 204
    address = run(row)
    answer = mallory_client.get(f"{address}?seen=queued", headers=asked)

    assert answer.status_code == 200
    assert 'data-state="checked"' in answer.content.decode()


def test_the_ways_to_it(content: bytes, mallory_client: Client, tmp_path: Path):
    assert PAGE in mallory_client.get("/cases/").content.decode()
    good = SimpleUploadedFile("x.zip", content)

    assert PAGE in mallory_client.post("/verify/", {"file": good}).content.decode()
