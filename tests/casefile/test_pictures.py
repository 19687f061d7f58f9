from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from cases.casefile import compile as child
from cases.casefile.pictures import CANNOT_DRAW, draw
from tests import pictures, recordings
from tests.mails import mail


def drawn(folder: Path, data: bytes, media_type: str) -> list[tuple[int, int, int, int]]:
    """(page, part, width, height) of each picture; every file is a JPEG of just that size."""
    (folder / "o1").write_bytes(data)
    made = draw(folder / "o1", media_type, folder=folder, stem="p1")
    for picture in made:
        with Image.open(folder / picture.file) as image:
            assert (image.format, image.size) == ("JPEG", (picture.width, picture.height))
    return [(picture.page, picture.part, picture.width, picture.height) for picture in made]


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("WEBP", "image/webp"),
        ("HEIF", "image/heic"),
        ("GIF", "image/gif"),
    ],
)
def test_a_phone_screenshot_is_one_picture_of_printable_size(
    tmp_path: Path, kind: str, media_type: str
) -> None:
    screenshot = pictures.picture(kind, size=pictures.PHONE)

    assert drawn(tmp_path, screenshot, media_type) == [(1, 1, 800, 1778)]


def test_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    assert drawn(tmp_path, pictures.picture("PNG", size=(200, 300)), "image/png") == [(1, 1, 200, 300)]


def test_every_page_of_a_pdf_is_drawn(tmp_path: Path) -> None:
    pages = [page for page, _part, _width, _height in drawn(tmp_path, pictures.pdf(), "application/pdf")]

    assert pages == [1, 2]


def test_text_and_mail_are_set_on_pages(tmp_path: Path) -> None:
    chat = "客服：亲，今天到账\n".encode() * 40

    assert drawn(tmp_path, chat, "text/plain") == [(1, 1, 1240, 1722), (2, 1, 1240, 1722)]
    assert drawn(tmp_path, mail(), "message/rfc822") == [(1, 1, 1240, 1722)]


def test_of_a_film_one_picture_is_shown_and_of_sound_none(tmp_path: Path) -> None:
    assert drawn(tmp_path, recordings.recording("mov"), "video/quicktime") == [(1, 1, 180, 320)]
    assert drawn(tmp_path, recordings.recording("mp3"), "audio/mpeg") == []


def test_a_long_screenshot_is_cut_so_that_no_line_is_lost(tmp_path: Path) -> None:
    long = pictures.encoded(pictures.screenshot(size=(800, 8000)))
    (tmp_path / "o1").write_bytes(long)

    parts = draw(tmp_path / "o1", "image/png", folder=tmp_path, stem="p1")

    assert [part.parts for part in parts] == [len(parts)] * len(parts)
    assert parts[0].overlap == 0
    assert all(0.05 < part.overlap < 0.2 for part in parts[1:])
    shown_once = parts[0].height + sum(round(part.height * (1 - part.overlap)) for part in parts[1:])
    assert abs(shown_once - 8000) <= len(parts)


def test_a_turned_photo_is_drawn_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = pictures.encoded(Image.new("RGB", (400, 200), "navy"), "JPEG", exif=exif)

    assert drawn(tmp_path, lying, "image/jpeg") == [(1, 1, 200, 400)]


def test_nothing_of_the_originals_metadata_goes_along(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    photo = pictures.encoded(Image.new("RGB", (40, 40)), "JPEG", exif=exif, comment=b"SecretPlace")

    drawn(tmp_path, photo, "image/jpeg")

    assert b"Secret" not in (tmp_path / "p1-1-1.jpg").read_bytes()


def test_a_transparent_picture_is_shown_on_white(tmp_path: Path) -> None:
    drawn(tmp_path, pictures.encoded(Image.new("RGBA", (40, 40), (0, 0, 0, 0))), "image/png")

    with Image.open(tmp_path / "p1-1-1.jpg") as image:
        assert image.getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b"%PDF-1.7 nothing"])
def test_what_cannot_be_drawn_raises_what_the_child_expects(tmp_path: Path, data: bytes) -> None:
    media_type = "application/pdf" if data.startswith(b"%PDF") else "image/png"

    with pytest.raises(CANNOT_DRAW):
        drawn(tmp_path, data, media_type)


def test_a_volume_ends_before_the_exhibit_that_would_be_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "MOST_PIXELS_IN_A_VOLUME", 250)
    exhibits = [[{"width": 10, "height": 10}] for _number in range(5)]
    exhibits[3] = [{"width": 30, "height": 30}]

    volumes = child.volumes(exhibits)

    shown = [[number for number, pictures in enumerate(volume) if pictures is not None] for volume in volumes]
    assert shown == [[0, 1], [2], [3], [4]]


def test_a_case_without_exhibits_has_one_volume() -> None:
    assert child.volumes([]) == [[]]
