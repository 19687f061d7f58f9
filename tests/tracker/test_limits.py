"""tracker.limits: a body that is too large is refused before any of it is read."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.services import upload_pieces
from tests import factories

pytestmark = pytest.mark.django_db

MB = 1024 * 1024


class Unread:
    """A body that nobody may read."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def post(client: Client, path: str, length: int, **headers: str) -> Any:
    """The answer to a form with a file of `length` bytes, of which the request holds none."""
    body = {"CONTENT_LENGTH": str(length), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    return client.generic("POST", path, **{**body, "wsgi.input": Unread(), **headers})  # type: ignore[arg-type]


@pytest.fixture
def checked_client() -> Client:
    """One that the CSRF middleware examines, as it does a browser."""
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    client.cookies["csrftoken"] = "c" * 32  # with it, the middleware looks into the form
    return client


@pytest.mark.parametrize(
    "path",
    ["/", "/accounts/login/", "/no/such/page/", "/cases/C-1/exhibits/", "/cases/C-1/uploads/key/"],
)
def test_a_stranger_sends_two_megabytes_at_most(checked_client: Client, path: str) -> None:
    response = post(checked_client, path, 2 * MB + 1)

    assert response.status_code == 413
    assert response.content.decode() == (
        "What you sent is larger than the 2.0\xa0MB that are taken here, so none of it was kept. "
        "Send fewer or smaller files.\n"
    )


def test_a_cookie_that_is_no_session_opens_nothing(checked_client: Client) -> None:
    checked_client.cookies["sessionid"] = "made-up"

    assert post(checked_client, "/cases/C-1/exhibits/", 2 * MB + 1).status_code == 413


def test_the_check_of_a_case_file_takes_one_gibibyte_and_its_form(checked_client: Client) -> None:
    assert post(checked_client, "/verify/", 1026 * MB + 1).status_code == 413
    with pytest.raises(AssertionError, match="the body was read"):
        post(checked_client, "/verify/", 1026 * MB)


def test_the_exhibits_of_a_case_take_ten_files_of_the_largest_size() -> None:
    client = factories.logged_in(factories.make_user("wei@example.org"))

    assert post(client, "/cases/C-1/exhibits/", 502 * MB + 1).status_code == 413
    assert post(client, "/cases/C-1/exhibits/", 502 * MB).status_code == 404


def test_a_piece_of_a_file_is_eight_megabytes_at_most_and_its_announcement_a_form() -> None:
    client = factories.logged_in(factories.make_user("wei@example.org"))

    assert post(client, "/cases/C-1/uploads/key/", 8 * MB + 1).status_code == 413
    assert post(client, "/cases/C-1/uploads/key/", 8 * MB).status_code == 404
    assert post(client, "/cases/C-1/uploads/", 2 * MB + 1).status_code == 413
    assert upload_pieces.LARGEST_PIECE == 8 * MB  # what the one lets through, the other takes


def test_a_body_that_does_not_say_its_length_is_refused_in_the_language_of_the_request() -> None:
    client = Client(headers={"Accept-Language": "zh-hans"})

    response = client.post("/verify/", headers={"Transfer-Encoding": "chunked"})

    assert response.status_code == 411
    assert response.content.decode() == "您发送的内容没有注明长度。请带上 Content-Length 再发送。\n"


def test_a_small_form_passes() -> None:
    upload = SimpleUploadedFile("case-file.zip", b"x" * 1000)

    assert Client().post("/verify/", {"file": upload}).status_code == 200
