"""How each kind of exhibit is shown: pictures, pages, words, players; and what never becomes a page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cases.evidence import store
from cases.models import Case, Exhibit
from tests import factories, stored
from tests.views.asking import HTMX, text_of

LONG_AGO = factories.NOON - timedelta(hours=1)
MAIL = (
    b"From: =?utf-8?b?5a6i5pyN?= <service@example.com>\r\nTo: me@example.org\r\n"
    b"Date: Tue, 1 Sep 2026 10:00:00 +0800\r\nSubject: Your refund <b>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b1"\r\n\r\n'
    b"--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nWe refuse. <script>alert(1)</script>\r\n"
    b'--b1\r\nContent-Type: application/pdf; name="terms.pdf"\r\n'
    b'Content-Disposition: attachment; filename="terms.pdf"\r\n\r\nJVBERi0=\r\n--b1--\r\n'
)


def url(case: Case, name: str = "exhibit", *more: int) -> str:
    return reverse(f"cases:{name}", args=[case.reference, 1, *more])


def page(client: Client, case: Case, query: str = "") -> str:
    response = client.get(url(case) + query)
    assert response.status_code == 200
    return response.content.decode()


class TestText:
    def test_it_is_shown_escaped_and_nothing_in_it_is_markup(self, case: Case, alice_client: Client):
        stored.exhibit_of(case, "客服：不退\n<img src=x onerror=alert(1)>".encode(), "text/plain")

        content = page(alice_client, case)

        assert "客服：不退\n&lt;img src=x onerror=alert(1)&gt;</pre>" in content
        assert "<img src=x" not in content

    def test_of_a_long_one_the_beginning_is_shown(self, case: Case, alice_client: Client):
        stored.exhibit_of(case, b"a" * 200_000 + b"bcd", "text/plain")

        content = page(alice_client, case)

        assert "a" * 200_000 + "</pre>" in content
        assert "the rest is in the original" in content

    def test_one_that_fits_says_nothing_of_a_rest(self, case: Case, alice_client: Client):
        stored.exhibit_of(case, b"a" * 200_000, "text/plain")

        assert "the rest is in the original" not in page(alice_client, case)

    def test_signs_that_turn_text_around_are_seen(self, case: Case, alice_client: Client):
        stored.exhibit_of(case, "refund \u202e000,1\u202c yuan".encode(), "text/plain")

        assert "refund [U+202E]000,1[U+202C] yuan" in page(alice_client, case)

    def test_one_that_is_gone_leaves_the_page_standing(self, case: Case, alice_client: Client):
        exhibit = stored.exhibit_of(case, b"hello", "text/plain")
        store.delete(exhibit.storage_key)

        assert "Its text cannot be shown now." in page(alice_client, case)


class TestEmail:
    def test_headers_text_and_names_of_attachments_are_shown(self, case: Case, alice_client: Client):
        stored.exhibit_of(case, MAIL, "message/rfc822")

        content = page(alice_client, case)

        assert "<dt>Sender</dt><dd>客服 &lt;service@example.com&gt;</dd>" in content
        assert "<dt>Subject</dt><dd>Your refund &lt;b&gt;</dd>" in content
        assert "We refuse. &lt;script&gt;alert(1)&lt;/script&gt;" in content
        assert "<bdi>terms.pdf</bdi>" in content


class TestDocument:
    @pytest.fixture
    def exhibit(self, case: Case) -> Exhibit:
        exhibit = stored.exhibit_of(case, b"%PDF-1.7", "application/pdf", page_count=70, shows="The contract")
        for number in (1, 2, 3):
            stored.copy_of(exhibit, "page", f"page {number}".encode(), page=number)
        stored.copy_of(exhibit, "preview", b"preview")
        return exhibit

    def test_the_first_page_is_open_and_the_next_one_tap_away(
        self, case: Case, alice_client: Client, exhibit: Exhibit
    ):
        content = page(alice_client, case)

        assert f'src="{url(case, "exhibit-page", 1)}"' in content
        assert 'alt="Page 1: The contract"' in content
        assert 'rel="next" href="?page=2#exhibit-shown"' in content
        assert 'id="page-before"' not in content
        assert "1 of 3" in content

    def test_the_last_page_leads_back_only(self, case: Case, alice_client: Client, exhibit: Exhibit):
        content = page(alice_client, case, "?page=3")

        assert 'rel="prev" href="?page=2#exhibit-shown"' in content
        assert 'id="page-after"' not in content

    @pytest.mark.parametrize(("typed", "open_page"), [("99", 3), ("0", 1), ("x", 1), ("", 1), ("-1", 1)])
    def test_a_page_that_is_not_there_opens_the_nearest(
        self, case: Case, alice_client: Client, exhibit: Exhibit, typed: str, open_page: int
    ):
        assert f"{open_page} of 3" in page(alice_client, case, f"?page={typed}")

    def test_all_pages_stand_in_a_strip_and_load_when_they_are_seen(
        self, case: Case, alice_client: Client, exhibit: Exhibit
    ):
        content = page(alice_client, case)

        assert content.count('loading="lazy"') == 3
        assert "3 of 70 pages are shown here; all of them are in the original." in content

    def test_a_page_is_handed_out_as_a_picture(self, case: Case, alice_client: Client, exhibit: Exhibit):
        response = alice_client.get(url(case, "exhibit-page", 2))

        assert b"".join(response.streaming_content) == b"page 2"
        assert response["Content-Type"] == "image/jpeg"
        assert response["Content-Disposition"] == 'inline; filename="E1-page-2.jpg"'

    @pytest.mark.parametrize("number", [0, 4, 99999999999999999999])
    def test_a_page_that_is_not_drawn_is_404(
        self, case: Case, alice_client: Client, exhibit: Exhibit, number: int
    ):
        assert alice_client.get(url(case, "exhibit-page", number)).status_code == 404

    def test_before_its_pages_are_drawn_the_preview_is_the_first(self, case: Case, alice_client: Client):
        exhibit = stored.exhibit_of(case, b"%PDF-1.7", "application/pdf", page_count=2)
        stored.copy_of(exhibit, "preview", b"preview")

        response = alice_client.get(url(case, "exhibit-page", 1))

        assert b"".join(response.streaming_content) == b"preview"

    def test_turning_a_page_sends_the_piece_that_changed(
        self, case: Case, alice_client: Client, exhibit: Exhibit
    ):
        content = alice_client.get(url(case) + "?page=2", headers=HTMX).content.decode()

        assert content.strip().startswith('<figure id="exhibit-shown"')
        assert "2 of 3" in content


class TestRecordings:
    @pytest.mark.parametrize(
        ("media_type", "element"),
        [("audio/mpeg", "audio"), ("audio/ogg", "audio"), ("video/mp4", "video"), ("video/webm", "video")],
    )
    def test_what_browsers_play_is_played_from_the_original(
        self, case: Case, alice_client: Client, media_type: str, element: str
    ):
        stored.exhibit_of(case, b"a recording", media_type, duration_ms=64_499)

        content = page(alice_client, case)
        response = alice_client.get(url(case, "play"))

        assert f"<{element} " in content
        assert f'src="{url(case, "play")}"' in content
        assert "lasts 1:04" in content
        assert b"".join(response.streaming_content) == b"a recording"
        assert response["Content-Type"] == media_type

    def test_of_what_they_do_not_play_they_get_the_copy(self, case: Case, alice_client: Client):
        exhibit = stored.exhibit_of(case, b"#!AMR", "audio/amr")
        stored.copy_of(exhibit, "playable", b"mp3", "audio/mpeg")

        response = alice_client.get(url(case, "play"))

        assert b"".join(response.streaming_content) == b"mp3"
        assert response["Content-Type"] == "audio/mpeg"
        assert response["Content-Disposition"] == 'inline; filename="E1.mp3"'

    def test_until_the_copy_is_made_the_page_asks_for_it(self, case: Case, alice_client: Client):
        stored.exhibit_of(case, b"#!AMR", "audio/amr")

        assert alice_client.get(url(case, "play")).status_code == 404
        content = page(alice_client, case)
        assert "a copy that they play is being made" in content
        assert 'data-hx-trigger="every 2s"' in content
        assert alice_client.get(url(case) + "?seen=0", headers=HTMX).status_code == 204

    def test_later_it_asks_no_more(self, case: Case, alice_client: Client):
        stored.exhibit_of(case, b"#!AMR", "audio/amr", received_at=LONG_AGO)

        assert "data-hx-trigger" not in page(alice_client, case)

    def test_what_to_do_when_it_does_not_play_is_said(self, case: Case, alice_client: Client):
        stored.exhibit_of(case, b"a recording", "video/quicktime")

        response = alice_client.get(url(case))

        assert "If it does not play" in text_of(response)
        assert response.content.decode().count(f'href="{url(case, "original")}"') == 2

    @pytest.mark.parametrize("media_type", ["image/png", "application/pdf", "text/plain", "text/html"])
    def test_nothing_else_is_played(self, case: Case, alice_client: Client, media_type: str):
        stored.exhibit_of(case, b"<html>", media_type)

        assert alice_client.get(url(case, "play")).status_code == 404

    def test_a_copy_of_a_type_that_is_no_recording_is_never_handed_out(
        self, case: Case, alice_client: Client
    ):
        exhibit = stored.exhibit_of(case, b"#!AMR", "audio/amr")
        stored.copy_of(exhibit, "playable", b"<html>", "text/html")

        assert alice_client.get(url(case, "play")).status_code == 404


class TestNeverAPage:
    @pytest.mark.parametrize("wanted", ["document", "iframe", "frame", "embed", "object"])
    @pytest.mark.parametrize("name", ["play", "preview", "thumbnail", "exhibit-page"])
    def test_opened_by_itself_it_is_saved(self, case: Case, alice_client: Client, name: str, wanted: str):
        exhibit = stored.exhibit_of(case, b"a film", "video/mp4")
        for kind in ("preview", "thumbnail", "page"):
            stored.copy_of(exhibit, kind, b"a picture")
        more = [1] if name == "exhibit-page" else []

        alone = alice_client.get(url(case, name, *more), headers={"Sec-Fetch-Dest": wanted})
        within = alice_client.get(url(case, name, *more), headers={"Sec-Fetch-Dest": "video"})

        assert alone["Content-Disposition"].startswith("attachment")
        assert within["Content-Disposition"].startswith("inline")
        assert "Sec-Fetch-Dest" in alone["Vary"]

    def test_a_copy_that_is_no_picture_is_never_handed_out(self, case: Case, alice_client: Client):
        exhibit = stored.exhibit_of(case, b"a picture", "image/png")
        stored.copy_of(exhibit, "preview", b"<html>", "text/html")

        assert alice_client.get(url(case, "preview")).status_code == 404

    @pytest.mark.parametrize(
        "name",
        ["../../etc/passwd", "a\r\nSet-Cookie: x=1", 'a"b', "\u202egnp.exe", "x" * 255, "\0", "客服.html"],
    )
    def test_whatever_it_was_called_the_name_of_the_download_is_safe(
        self, case: Case, alice_client: Client, name: str
    ):
        stored.exhibit_of(case, b"a picture", "image/png", original_name=name)

        header = alice_client.get(url(case, "original"))["Content-Disposition"]

        assert header.startswith("attachment; filename")
        assert "Set-Cookie" not in alice_client.get(url(case, "original")).headers
        assert not set(header) & set("\r\n\0\u202e")
        assert header.rstrip('"').endswith(".png")


class TestGallery:
    def test_what_has_no_picture_has_a_word_and_its_length(self, case: Case, alice_client: Client):
        stored.exhibit_of(case, b"1", "audio/mpeg", duration_ms=3_723_000, received_at=LONG_AGO)
        stored.exhibit_of(case, b"2", "text/plain", received_at=LONG_AGO)
        stored.exhibit_of(case, b"3", "message/rfc822", received_at=LONG_AGO)
        stored.exhibit_of(case, b"4", "video/mp4", duration_ms=500, received_at=LONG_AGO)

        text = text_of(alice_client.get(reverse("cases:exhibits", args=[case.reference])))

        assert "Sound 1:02:03 E1" in text
        assert "Text E2" in text
        assert "E-mail E3" in text
        assert "Video 0:01 E4" in text

    def test_a_picture_nobody_described_is_named_by_number_and_kind(self, case: Case, alice_client: Client):
        exhibit = stored.exhibit_of(case, b"1", "image/png")
        stored.copy_of(exhibit, "thumbnail", b"a picture")

        content = alice_client.get(reverse("cases:exhibits", args=[case.reference])).content.decode()

        assert 'alt="Exhibit E1 (Picture)"' in content


def test_a_picture_opens_larger_and_smaller_again(case: Case, alice_client: Client):
    exhibit = stored.exhibit_of(case, b"1", "image/png")
    stored.copy_of(exhibit, "preview", b"a picture")

    assert 'href="?large=1#exhibit-shown"' in page(alice_client, case)
    assert 'class="is-large"' in page(alice_client, case, "?large=1")


def test_the_gallery_does_not_wait_for_a_picture_of_sound(case: Case, alice_client: Client):
    stored.exhibit_of(case, b"1", "audio/mpeg")

    content = alice_client.get(reverse("cases:exhibits", args=[case.reference])).content.decode()

    assert "every 2s" not in content
