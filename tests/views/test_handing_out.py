"""Ranges of stored files, as players and broken downloads ask for them (RFC 9110, sections 13 and 14)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cases.evidence import store
from cases.models import Case, Exhibit
from cases.views.ranges import Range, Unsatisfiable, asked_for
from tests import stored

# Ten bytes, each of which is its own place.
DIGITS = b"0123456789"


@pytest.fixture
def exhibit(case: Case) -> Exhibit:
    return stored.exhibit_of(case, DIGITS, "audio/mpeg", original_name="call.mp3")


def play(case: Case) -> str:
    return reverse("cases:play", args=[case.reference, 1])


def original(case: Case) -> str:
    return reverse("cases:original", args=[case.reference, 1])


def body(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-1", 0, 1),
        ("bytes=0-", 0, 9),
        ("bytes=3-5", 3, 5),
        ("bytes=9-9", 9, 9),
        ("bytes=4-400", 4, 9),
        ("bytes=-3", 7, 9),
        ("bytes=-400", 0, 9),
        ("BYTES=2-2", 2, 2),
    ],
)
def test_a_range_is_answered_with_those_bytes_alone(
    case: Case, alice_client: Client, exhibit: Exhibit, header: str, first: int, last: int
):
    response = alice_client.get(play(case), headers={"Range": header})

    assert response.status_code == 206
    assert body(response) == DIGITS[first : last + 1]
    assert response["Content-Range"] == f"bytes {first}-{last}/10"
    assert response["Content-Length"] == str(last - first + 1)
    assert response["Content-Type"] == "audio/mpeg"


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=9999999999999999999-"])
def test_behind_the_end_there_is_nothing(case: Case, alice_client: Client, exhibit: Exhibit, header: str):
    response = alice_client.get(play(case), headers={"Range": header})

    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */10"
    assert response.content == b""


@pytest.mark.parametrize(
    "header",
    ["bytes=5-3", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,4-5", "bytes", "bytes=1.5-2", "bytes=٣-٥"],
)
def test_what_is_no_single_range_is_answered_whole(
    case: Case, alice_client: Client, exhibit: Exhibit, header: str
):
    response = alice_client.get(play(case), headers={"Range": header})

    assert response.status_code == 200
    assert body(response) == DIGITS
    assert "Content-Range" not in response


def test_whoever_asks_for_nothing_learns_that_ranges_are_answered(
    case: Case, alice_client: Client, exhibit: Exhibit
):
    response = alice_client.get(play(case))

    assert body(response) == DIGITS
    assert response["Accept-Ranges"] == "bytes"
    # printf 0123456789 | sha256sum
    digest = "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882"
    assert response["ETag"] == f'"{digest}"'


def test_a_broken_download_goes_on_while_the_bytes_are_the_same(
    case: Case, alice_client: Client, exhibit: Exhibit
):
    same = {"Range": "bytes=4-", "If-Range": f'"{exhibit.sha256}"'}

    response = alice_client.get(original(case), headers=same)

    assert (response.status_code, body(response)) == (206, b"456789")
    assert response["Content-Disposition"] == 'attachment; filename="E1-call.mp3"'


@pytest.mark.parametrize(
    "other",
    ['"0000"', 'W/"{}"', "Tue, 01 Sep 2026 02:00:00 GMT", "{}"],
    ids=["other", "weak", "date", "bare"],
)
def test_it_begins_anew_where_the_part_may_be_of_something_else(
    case: Case, alice_client: Client, exhibit: Exhibit, other: str
):
    headers = {"Range": "bytes=4-", "If-Range": other.format(exhibit.sha256)}

    response = alice_client.get(original(case), headers=headers)

    assert (response.status_code, body(response)) == (200, DIGITS)


def test_head_tells_everything_and_sends_no_byte(case: Case, alice_client: Client, exhibit: Exhibit):
    response = alice_client.head(play(case), headers={"Range": "bytes=0-1"})

    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Length"] == "10"
    assert response["Accept-Ranges"] == "bytes"
    assert "Content-Range" not in response


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-1"}], ids=["whole", "range"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_file_that_is_gone_is_told_in_a_sentence(
    case: Case, alice_client: Client, exhibit: Exhibit, method: str, headers: dict[str, str]
):
    store.delete(exhibit.storage_key)

    assert getattr(alice_client, method)(play(case), headers=headers).status_code == 503


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-1"}, {"Range": "bytes=99-"}], ids=str)
def test_whatever_the_answer_nothing_is_cached_sniffed_or_run(
    case: Case, alice_client: Client, exhibit: Exhibit, headers: dict[str, str]
):
    response = alice_client.get(play(case), headers=headers)

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"


def test_a_stranger_gets_no_byte_of_a_range(case: Case, mallory_client: Client, exhibit: Exhibit):
    for headers in ({"Range": "bytes=0-1"}, {"Range": "bytes=99-"}, {"If-Range": f'"{exhibit.sha256}"'}):
        response = mallory_client.get(play(case), headers=headers)
        assert response.status_code == 404
        assert "ETag" not in response
        assert "Content-Range" not in response


@pytest.mark.parametrize("size", [1, 2, 10])
def test_every_range_of_a_small_file_lies_within_it(size: int):
    for first in range(size + 2):
        for last in range(size + 2):
            try:
                asked = asked_for(f"bytes={first}-{last}", size)
            except Unsatisfiable:
                assert first >= size
                continue
            if asked is None:
                assert last < first
            else:
                assert asked == Range(first, min(last, size - 1))
                assert 1 <= asked.length <= size
