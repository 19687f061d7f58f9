"""Names of files from strangers become harmless; downloads get a name that is safe everywhere."""

from __future__ import annotations

import pytest

from cases.evidence.names import clean_name, safe_download_name
from cases.models import Exhibit


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("订单截图.png", "订单截图.png"),
        ("Screenshot_2026-09-24 20.46.png", "Screenshot_2026-09-24 20.46.png"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("/absolute/路径/图.jpg", "图.jpg"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("\u2067right\u2069 to\u200f left.pdf", "right to left.pdf"),
        ("nul\x00byte.png", "nulbyte.png"),
        ("two\r\nlines\t.png", "twolines.png"),
        ("\x1b[31mred.png", "[31mred.png"),
        ("  spaced   out .png ", "spaced out .png"),
        ("..", ""),
        ("...", ""),
        ("/", ""),
        ("", ""),
        ("\ud800half.png", "half.png"),
        ('"quoted"; filename=x.png', '"quoted"; filename=x.png'),
    ],
)
def test_a_name_becomes_one_harmless_line(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_name_of_300_characters_keeps_its_ending() -> None:
    kept = clean_name("长" * 300 + ".jpeg")

    assert len(kept) == 255
    assert kept.endswith("长.jpeg")


@pytest.mark.parametrize(
    ("given", "media_type", "handed_out"),
    [
        ("订单截图.png", "image/png", "E7-订单截图.png"),
        ("really-a-jpeg.png", "image/jpeg", "E7-really-a-jpeg.jpg"),
        ("IMG_0001.HEIC", "image/heic", "E7-IMG_0001.heic"),
        ("CON", "image/png", "E7-CON.png"),
        (".htaccess", "image/png", "E7.png"),
        ("", "application/pdf", "E7.pdf"),
        ('a<b>:"c|d?*%;.pdf', "application/pdf", "E7-a-b-c-d.pdf"),
        ("trailing dots... .webp", "image/webp", "E7-trailing dots.webp"),
        ("invoice.pdf.exe", "image/avif", "E7-invoice.pdf.avif"),
    ],
)
def test_a_download_is_named_by_number_name_and_real_type(
    given: str, media_type: str, handed_out: str
) -> None:
    exhibit = Exhibit(number=7, original_name=given, media_type=media_type)

    assert safe_download_name(exhibit) == handed_out


def test_a_download_name_fits_every_file_system() -> None:
    exhibit = Exhibit(number=12, original_name="长" * 255, media_type="image/png")

    name = safe_download_name(exhibit)

    assert len(name.encode()) <= 160
    assert name == f"E12-{'长' * 50}.png"
