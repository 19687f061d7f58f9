"""Working copies are small, upright, bare of metadata, and the same each time."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import ExifTags, Image

from cases.evidence import pictures as evidence_pictures
from cases.evidence import working_copies
from cases.evidence.refused import Refused
from tests import hostile, pictures

TYPES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
    "AVIF": "image/avif",
    "GIF": "image/gif",
    "PDF": "application/pdf",
}


def draw(folder: Path, data: bytes, media_type: str = "image/png") -> list[working_copies.Drawn]:
    path = folder / "original"
    path.write_bytes(data)
    drawn = list(working_copies.draw(path, media_type))
    assert path.read_bytes() == data
    return drawn


def opened(copy: working_copies.Drawn) -> Image.Image:
    image = Image.open(io.BytesIO(copy.data))
    image.load()
    return image


@pytest.mark.parametrize("kind", TYPES)
def test_preview_and_thumbnail_of_every_kind(tmp_path: Path, kind: str) -> None:
    data = pictures.pdf() if kind == "PDF" else pictures.encoded(pictures.screenshot(), kind)

    preview, thumbnail, *pages = draw(tmp_path, data, TYPES[kind])

    assert [(page.page, page.width, page.height) for page in pages] == (
        [(1, 1080, 1529), (2, 1080, 1529)] if kind == "PDF" else []
    )
    height, small = (1019, 340) if kind == "PDF" else (1600, 533)
    assert (preview.kind, preview.width, preview.height) == ("preview", 720, height)
    assert (thumbnail.kind, thumbnail.width, thumbnail.height) == ("thumbnail", 240, small)
    for copy in (preview, thumbnail):
        image = opened(copy)
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (copy.width, copy.height))


@pytest.mark.parametrize("kind", TYPES)
def test_the_same_original_gives_the_same_bytes(tmp_path: Path, kind: str) -> None:
    data = pictures.pdf() if kind == "PDF" else pictures.picture(kind)

    first, second = (
        [hashlib.sha256(copy.data).hexdigest() for copy in draw(tmp_path, data, TYPES[kind])]
        for _turn in range(2)
    )

    assert first == second


def test_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    preview, thumbnail = draw(tmp_path, pictures.encoded(Image.new("RGB", (100, 50))))

    assert (preview.width, preview.height) == (thumbnail.width, thumbnail.height) == (100, 50)


def test_a_long_screenshot_stays_whole(tmp_path: Path) -> None:
    preview, thumbnail = draw(tmp_path, pictures.encoded(Image.new("RGB", (1080, 40_000), "white")))

    assert (preview.width, preview.height) == (720, 26_667)
    assert (thumbnail.width, thumbnail.height) == (240, 8_889)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_shown_upright_however_the_phone_was_held(tmp_path: Path, orientation: int) -> None:
    upright = Image.new("RGB", (400, 200), "white")
    upright.paste("red", (0, 0, 100, 100))  # top left
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = upright.transpose(Image.Transpose(undo[orientation])) if orientation in undo else upright
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation

    preview, _thumbnail = draw(tmp_path, pictures.encoded(stored, "JPEG", exif=exif), "image/jpeg")

    image = opened(preview)
    assert image.size == (400, 200)
    red, green, blue = image.getpixel((50, 50))  # type: ignore[misc]
    assert red > 230 and green < 30 and blue < 30
    assert min(image.getpixel((350, 150))) > 240  # type: ignore[arg-type]


def test_nothing_of_the_metadata_comes_along(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SECRET PHONE"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (31.0, 14.0, 0.0)
    data = pictures.encoded(
        pictures.screenshot(size=(300, 300)), "JPEG", exif=exif, comment=b"SECRET NOTE", icc_profile=b"SECRET"
    )
    assert b"SECRET PHONE" in data and b"SECRET NOTE" in data

    for copy in draw(tmp_path, data, "image/jpeg"):
        assert b"SECRET" not in copy.data
        assert set(opened(copy).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_what_was_transparent_is_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))

    preview, _thumbnail = draw(tmp_path, pictures.encoded(image))

    assert opened(preview).getpixel((150, 150)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("mode", "colour", "shown"),
    [
        ("1", 1, 255), ("L", 128, 128), ("LA", (128, 255), 128), ("P", 0, 0),
        ("RGBA", (128, 128, 128, 255), 128), ("I;16", 32_896, 128),
    ],
)  # fmt: skip
def test_pngs_of_every_make_are_shown_as_they_are(
    tmp_path: Path, mode: str, colour: int | tuple[int, ...], shown: int
) -> None:
    data = pictures.encoded(Image.new(mode, (300, 300), colour))

    preview, _thumbnail = draw(tmp_path, data)

    for value in opened(preview).getpixel((150, 150)):  # type: ignore[union-attr]
        assert abs(value - shown) <= 2


def test_of_a_moving_picture_the_first_frame_is_shown(tmp_path: Path) -> None:
    preview, _thumbnail = draw(tmp_path, hostile.moving("WEBP", frames=3), "image/webp")

    assert opened(preview).getpixel((4, 4)) == (0, 0, 0)


def test_a_pdf_page_of_absurd_height_is_drawn_small(tmp_path: Path) -> None:
    preview, *_others = draw(tmp_path, pictures.pdf(("x",), size=(10, 14_400)), "application/pdf")

    assert preview.height <= 8_001


def test_the_text_of_a_pdf_is_seen(tmp_path: Path) -> None:
    preview, *_others = draw(tmp_path, pictures.pdf(), "application/pdf")

    assert opened(preview).convert("L").getextrema()[0] < 40  # type: ignore[operator]


def test_what_cannot_be_drawn_is_refused(tmp_path: Path) -> None:
    large = hostile.png_of(
        (b"IHDR", b"\0\0\x07\xd0\0\0\x07\xd0\x08\x02\0\0\0"), (b"IDAT", b"no stream"), (b"IEND", b"")
    )

    with pytest.raises(Refused):
        draw(tmp_path, large)


@pytest.mark.parametrize(
    ("offset", "taken"),
    [
        ("+08:00", datetime(2026, 9, 24, 12, 46, 5, tzinfo=UTC)),
        ("-05:00", datetime(2026, 9, 25, 1, 46, 5, tzinfo=UTC)),
        (None, datetime(2026, 9, 24, 19, 46, 5, tzinfo=UTC)),  # summer time in London
    ],
)
def test_the_time_in_a_photo_is_a_hint(offset: str | None, taken: datetime) -> None:
    exif = Image.Exif()
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = "2026:09:24 20:46:05"
    if offset:
        details[ExifTags.Base.OffsetTimeOriginal] = offset
    file = io.BytesIO(pictures.encoded(Image.new("RGB", (8, 8)), "JPEG", exif=exif))

    assert evidence_pictures.taken_at(file, "image/jpeg", ZoneInfo("Europe/London")) == taken


@pytest.mark.parametrize("words", ["0000:00:00 00:00:00", "yesterday", ""])
def test_a_time_that_makes_no_sense_is_no_hint(words: str) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = words
    file = io.BytesIO(pictures.encoded(Image.new("RGB", (8, 8)), "JPEG", exif=exif))

    assert evidence_pictures.taken_at(file, "image/jpeg", ZoneInfo("Asia/Shanghai")) is None
