"""What is under a box is not in the bytes, and nothing else of the original is."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from cases.evidence import picture_pdf, redacting
from cases.evidence.redacting import Box, Redacted
from cases.evidence.refused import Refused
from tests import pictures
from tests.programs import find

NOTE = redacting.note_of("E3", "ab" * 32)
SECRET = (10, 200, 30)


def redacted(
    folder: Path, data: bytes, media_type: str, *boxes: Box, pages: int = 1
) -> tuple[Redacted, Path]:
    original, target = folder / "original", folder / "redacted"
    original.write_bytes(data)
    made = redacting.redact(original, media_type, boxes, note=NOTE, target=target, page_count=pages)
    assert original.read_bytes() == data
    return made, target


def with_secret(size: tuple[int, int] = (200, 100)) -> Image.Image:
    """White, with a green patch from (50, 20) to (99, 39)."""
    image = Image.new("RGB", size, "white")
    image.paste(SECRET, (50, 20, 100, 40))
    return image


# The patch in ten-thousandths of a page of 200 × 100.
PATCH = Box(page=1, x=2500, y=2000, width=2500, height=2000)


def test_under_a_box_of_a_png_every_pixel_is_black_and_beside_it_as_it_was(tmp_path: Path):
    made, target = redacted(tmp_path, pictures.encoded(with_secret()), "image/png", PATCH)

    seen = Image.open(target)
    assert made == Redacted("image/png", 200, 100, 1)
    assert seen.format == "PNG"
    assert {seen.getpixel((x, y)) for x in range(50, 100) for y in range(20, 40)} == {(0, 0, 0)}
    assert [seen.getpixel(at) for at in ((49, 20), (100, 20), (50, 19), (50, 40))] == [(255, 255, 255)] * 4
    assert SECRET not in {colour for _count, colour in seen.getcolors(200 * 100)}


def test_a_pixel_that_a_box_only_touches_is_black_too(tmp_path: Path):
    # From 50.2 to 50.4 of 200 pixels, from 20.1 to 20.3 of 100.
    thin = Box(page=1, x=2510, y=2010, width=10, height=20)

    _made, target = redacted(tmp_path, pictures.encoded(with_secret()), "image/png", thin)

    seen = Image.open(target)
    assert seen.getpixel((50, 20)) == (0, 0, 0)
    assert seen.getpixel((51, 20)) == SECRET


def test_a_jpeg_stays_one_and_loses_place_thumbnail_and_comment(tmp_path: Path):
    data = _jpeg_of_a_phone()
    assert b"thumbnail-of-the-secret" in data

    made, target = redacted(tmp_path, data, "image/jpeg", PATCH)

    left, seen = target.read_bytes(), Image.open(target)
    assert (made.media_type, seen.format) == ("image/jpeg", "JPEG")
    assert dict(seen.getexif()) == {}
    assert "icc_profile" not in seen.info
    assert seen.info["comment"] == NOTE.encode()
    assert b"thumbnail-of-the-secret" not in left
    assert b"Exif" not in left
    # A JPEG is not exact beside an edge; in the middle of the box nothing shines through.
    middle = [seen.getpixel((x, y)) for x in range(60, 90) for y in range(26, 34)]
    assert max(max(pixel) for pixel in middle) <= 2


def _jpeg_of_a_phone() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "Mate 60"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = b"thumbnail-of-the-secret"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    return pictures.encoded(with_secret(), "JPEG", exif=exif, comment=b"my street", quality=95)


def test_a_picture_that_was_held_sideways_is_upright_and_the_box_lies_where_it_was_seen(tmp_path: Path):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # to be turned clockwise by a quarter
    image = Image.new("RGB", (200, 100), "white")

    made, target = redacted(
        tmp_path, pictures.encoded(image, "PNG", exif=exif), "image/png", Box(1, 0, 0, 10_000, 1_000)
    )

    seen = Image.open(target)
    assert (made.width, made.height) == seen.size == (100, 200)
    assert [seen.getpixel(at) for at in ((0, 0), (99, 19), (0, 20), (99, 199))] == [
        (0, 0, 0),
        (0, 0, 0),
        (255, 255, 255),
        (255, 255, 255),
    ]
    assert dict(seen.getexif()) == {}


def test_what_a_png_says_in_its_text_chunks_is_gone(tmp_path: Path):
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("Description", "order 6930112233445566778")
    data = pictures.encoded(with_secret(), pnginfo=chunks)
    # And what somebody hung on behind its end.
    data += b"behind the end"

    _made, target = redacted(tmp_path, data, "image/png", PATCH)

    assert Image.open(target).info == {"Comment": NOTE}
    assert b"6930112233445566778" not in target.read_bytes()
    assert b"behind the end" not in target.read_bytes()


def test_what_was_transparent_hides_nothing(tmp_path: Path):
    image = Image.new("RGBA", (200, 100), (*SECRET, 0))

    _made, target = redacted(tmp_path, pictures.encoded(image), "image/png", Box(1, 0, 0, 100, 100))

    seen = Image.open(target)
    assert seen.mode == "RGB"
    assert {colour for _count, colour in seen.getcolors(200 * 100)} == {(0, 0, 0), (255, 255, 255)}


@pytest.mark.parametrize(("kind", "media_type"), [("WEBP", "image/webp"), ("HEIF", "image/heic")])
def test_other_pictures_become_a_png(tmp_path: Path, kind: str, media_type: str):
    made, target = redacted(tmp_path, pictures.encoded(with_secret(), kind), media_type, PATCH)

    seen = Image.open(target)
    assert made.media_type == "image/png"
    assert {seen.getpixel((x, y)) for x in range(50, 100) for y in range(20, 40)} == {(0, 0, 0)}


def test_a_pdf_becomes_pictures_and_its_text_can_be_read_by_no_program(tmp_path: Path):
    data = pictures.pdf(("Statement of account", "Account 6222 0000 1111"))

    # The words of the second page stand 60 points below its upper edge of 842.
    made, target = redacted(
        tmp_path, data, "application/pdf", Box(page=2, x=0, y=0, width=10_000, height=1_000), pages=2
    )

    assert made == Redacted("application/pdf", None, None, 2)
    assert _said("pdftotext", target, "-").strip() == b""
    assert _said("qpdf", "--check", target).startswith(b"checking ")
    assert b"6222" not in _said("qpdf", "--qdf", "--object-streams=disable", target, "-")
    first, second = (_page(target, page) for page in (1, 2))
    assert second.size == (1653, 2339)  # 595 × 842 points at 200 dots an inch
    assert second.crop((0, 0, 1653, 230)).getextrema() == ((0, 0),) * 3
    assert second.crop((0, 240, 1653, 2339)).convert("L").getextrema() == (255, 255)
    assert first.crop((0, 0, 1653, 230)).convert("L").getextrema() == (0, 255)


def _said(program: str, *arguments: object) -> bytes:
    return subprocess.run([find(program), *map(str, arguments)], check=True, capture_output=True).stdout


def _page(path: Path, page: int) -> Image.Image:
    with path.open("rb") as file:
        return Image.open(io.BytesIO(picture_pdf.page_jpeg(file, page)))


@pytest.mark.parametrize("page", [0, 3, 10**6])
def test_a_page_that_is_not_there_is_named(tmp_path: Path, page: int):
    _made, target = redacted(tmp_path, pictures.pdf(), "application/pdf", PATCH, pages=2)

    with target.open("rb") as file, pytest.raises(picture_pdf.NotOurs):
        picture_pdf.page_jpeg(file, page)


def test_the_same_boxes_give_the_same_bytes(tmp_path: Path):
    _made, target = redacted(tmp_path, pictures.pdf(), "application/pdf", PATCH, pages=2)
    first = target.read_bytes()

    _made, target = redacted(tmp_path, pictures.pdf(), "application/pdf", PATCH, pages=2)

    assert target.read_bytes() == first


@pytest.mark.parametrize("media_type", ["image/png", "image/jpeg", "application/pdf"])
def test_what_cannot_be_drawn_is_refused_with_a_sentence(tmp_path: Path, media_type: str):
    with pytest.raises(Refused, match="It could not be drawn in full"):
        redacted(tmp_path, b"\x89PNG\r\n\x1a\n nothing of the kind", media_type, PATCH)


def test_who_is_told_of_each_page_may_stop_it(tmp_path: Path):
    original = tmp_path / "original"
    original.write_bytes(pictures.pdf())

    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        redacting.redact(
            original, "application/pdf", [PATCH], note=NOTE, target=tmp_path / "x", page_count=2, alive=stop
        )
