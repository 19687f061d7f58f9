"""The bytes of exhibits."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from cases.evidence import store
from cases.models import Case, Exhibit
from cases.services import exhibit_copies, exhibits
from tests import factories, pictures
from tests.views.asking import text_of
from tracker.accounts.models import User

NAMES = ["original", "thumbnail", "preview"]


def url(case: Case, name: str, number: int = 1) -> str:
    return reverse(f"cases:{name}", args=[case.reference, number])


@pytest.fixture
def exhibit(case: Case, alice: User) -> Exhibit:
    upload = pictures.upload(pictures.picture(), "聊天 “截图”.png")
    exhibit = exhibits.add_exhibit(case=case, by=alice, at=factories.NOON, upload=upload)
    exhibit_copies.make_working_copies(exhibit_id=exhibit.pk, at=factories.NOON)
    return exhibit


def test_the_original_is_handed_out_bit_for_bit_to_be_saved(
    case: Case, alice_client: Client, exhibit: Exhibit
):
    response = alice_client.get(url(case, "original"))

    assert b"".join(response.streaming_content) == pictures.picture()
    assert response["Content-Type"] == "image/png"
    assert response["Content-Length"] == str(exhibit.size)
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''E1-%E8%81%8A%E5%A4%A9")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_cached_sniffed_or_run(case: Case, alice_client: Client, exhibit: Exhibit, name: str):
    response = alice_client.get(url(case, name))

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", ["thumbnail", "preview"])
def test_copies_for_looking_at_are_drawn_anew_as_jpeg(
    case: Case, alice_client: Client, exhibit: Exhibit, name: str
):
    response = alice_client.get(url(case, name))

    data = b"".join(response.streaming_content)
    assert response["Content-Type"] == "image/jpeg"
    assert Image.open(BytesIO(data)).format == "JPEG"
    assert data != pictures.picture()


def test_a_copy_that_is_not_drawn_yet_is_404(case: Case, alice: User, alice_client: Client):
    exhibits.add_exhibit(case=case, by=alice, at=factories.NOON, upload=pictures.upload(pictures.picture()))

    assert alice_client.get(url(case, "thumbnail")).status_code == 404


def test_a_file_that_is_gone_is_told_in_a_sentence(case: Case, alice_client: Client, exhibit: Exhibit):
    store.delete(exhibit.storage_key)

    response = alice_client.get(url(case, "original"))

    assert response.status_code == 503
    assert "This file cannot be reached now" in text_of(response)


@pytest.mark.parametrize("name", NAMES)
def test_a_reader_may_look(case: Case, bob_client: Client, exhibit: Exhibit, name: str):
    assert bob_client.get(url(case, name)).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_gets_404_and_no_byte(case: Case, mallory_client: Client, exhibit: Exhibit, name: str):
    response = mallory_client.get(url(case, name), headers={"Range": "bytes=0-99"})

    assert response.status_code == 404
    assert not response.streaming


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_written_at_these_addresses(case: Case, alice_client: Client, exhibit: Exhibit, name: str):
    assert alice_client.post(url(case, name)).status_code == 405
