"""What a file says of itself is read, cut short and never believed; what cannot be read is no trouble."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from cases.evidence import metadata
from tests import pictures

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description xmp:CreatorTool="Adobe Photoshop 25.0">
<xmpMM:History><rdf:Seq><rdf:li stEvt:action="saved" stEvt:softwareAgent="Adobe Photoshop 25.0 (Windows)"/>
</rdf:Seq></xmpMM:History></rdf:Description></rdf:RDF></x:xmpmeta>"""


def stored(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "file"
    path.write_bytes(data)
    return path


def exif(**fields: object) -> Image.Exif:
    """By the names of Pillow; those of a camera go where cameras write them."""
    found = Image.Exif()
    details = found.get_ifd(ExifTags.IFD.Exif)
    for name, value in fields.items():
        tag = ExifTags.Base[name]
        (found if name in {"Software", "ProcessingSoftware", "DateTime"} else details)[tag] = value
    return found


def png(**texts: str) -> bytes:
    notes = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        notes.add_text(name.replace("_", ":"), text)
    return pictures.encoded(Image.new("RGB", (4, 4)), "PNG", pnginfo=notes)


def test_the_program_and_the_time_of_a_photograph(tmp_path: Path):
    fields = exif(
        Software="Snapseed 2.0",
        DateTimeOriginal="2026:09:01 10:00:05",
        OffsetTimeOriginal="+08:00",
        ExposureTime=0.01,
    )
    path = stored(tmp_path, pictures.encoded(Image.new("RGB", (4, 4)), "JPEG", exif=fields))

    assert metadata.read(path, "image/jpeg") == {
        "software": ["Snapseed 2.0"],
        "taken_at": "2026-09-01T10:00:05+08:00",
        "camera": True,
    }


@pytest.mark.parametrize(
    ("kind", "media_type"), [("WEBP", "image/webp"), ("HEIF", "image/heic"), ("AVIF", "image/avif")]
)
def test_other_pictures_tell_as_much(tmp_path: Path, kind: str, media_type: str):
    data = pictures.encoded(Image.new("RGB", (64, 64)), kind, exif=exif(Software="GIMP 2.10").tobytes())

    assert metadata.read(stored(tmp_path, data), media_type)["software"] == ["GIMP 2.10"]


def test_a_name_in_chinese_is_read_as_it_was_written(tmp_path: Path):
    data = pictures.encoded(Image.new("RGB", (4, 4)), "JPEG", exif=exif(Software="as phones do"))
    path = stored(tmp_path, data.replace(b"as phones do", "美图秀秀".encode()))

    assert metadata.read(path, "image/jpeg") == {"software": ["美图秀秀"]}


def test_a_time_that_is_none_is_left_out(tmp_path: Path):
    fields = exif(DateTimeOriginal="0000:00:00 00:00:00", OffsetTimeOriginal="later")
    path = stored(tmp_path, pictures.encoded(Image.new("RGB", (4, 4)), "JPEG", exif=fields))

    assert metadata.read(path, "image/jpeg") == {}


def test_the_history_of_an_editing_program(tmp_path: Path):
    path = stored(tmp_path, pictures.encoded(Image.new("RGB", (4, 4)), "JPEG", xmp=XMP.encode()))

    assert metadata.read(path, "image/jpeg") == {
        "software": ["Adobe Photoshop 25.0", "Adobe Photoshop 25.0 (Windows)"],
        "history": ["saved"],
    }


def test_the_texts_of_a_png_also_behind_its_pixels(tmp_path: Path):
    whole = png(Software="Adobe ImageReady", date_create="2026-09-01T10:00:00+08:00")
    end = whole.rindex(b"IEND") - 4
    behind = pictures.png_chunk(b"zTXt", b"Software\0\0" + zlib.compress("醒图".encode()))
    packed = pictures.png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP.encode())
    path = stored(tmp_path, whole[:end] + behind + packed + whole[end:])

    assert metadata.read(path, "image/png") == {
        "software": ["Adobe ImageReady", "醒图", "Adobe Photoshop 25.0", "Adobe Photoshop 25.0 (Windows)"],
        "history": ["saved"],
        "saved_at": "2026-09-01T10:00:00+08:00",
    }


def test_the_program_that_made_a_pdf(tmp_path: Path):
    info = b"<< /Producer (Sejda 3.2) /Creator (Writer) /ModDate (D:20260901100000+08'00') >>"
    data = pictures.pdf().replace(b"/Type /Catalog", b"/Type /Catalog ")
    start = data.rindex(b"xref\n0")
    at = len(data[:start])
    body = b"%d 0 obj\n%s\nendobj\n" % (99, info)
    data = data[:start] + body + data[start:].replace(b"/Root 1 0 R", b"/Root 1 0 R /Info 99 0 R")
    # A section of its own for the object that was put in.
    data = data.replace(b"trailer\n", b"99 1\n%010d 00000 n \ntrailer\n" % at)
    data = data[: data.rindex(b"startxref")] + b"startxref\n%d\n%%%%EOF\n" % (at + len(body))

    found = metadata.read(stored(tmp_path, data), "application/pdf")

    assert found == {"software": ["Writer", "Sejda 3.2"], "saved_at": "2026-09-01T10:00:00+08:00"}


def test_a_screenshot_of_a_phone_says_nothing(tmp_path: Path):
    assert metadata.read(stored(tmp_path, pictures.picture()), "image/png") == {}


def test_notes_are_cut_to_their_length(tmp_path: Path):
    path = stored(tmp_path, png(Software="\x1b[31m" + "a" * 100_000))

    [program] = metadata.read(path, "image/png")["software"]

    assert program == "[31m" + "a" * 196


def test_a_text_that_unpacks_to_a_flood_is_cut(tmp_path: Path):
    whole = pictures.picture()
    flood = pictures.png_chunk(b"zTXt", b"Software\0\0" + zlib.compress(b"a" * 50_000_000))
    path = stored(tmp_path, whole[:33] + flood + whole[33:])

    assert metadata.read(path, "image/png")["software"] == ["a" * 200]


@pytest.mark.parametrize(
    "media_type",
    ["image/png", "image/jpeg", "image/heic", "image/gif", "application/pdf", "video/mp4", "text/plain"],
)
def test_a_file_that_cannot_be_read_has_no_notes(tmp_path: Path, media_type: str):
    assert metadata.read(stored(tmp_path, b"no such thing"), media_type) == {}
    assert metadata.read(tmp_path / "gone", media_type) == {}


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=200), place=st.integers(0, 300))
def test_whatever_stands_in_a_file_the_notes_can_be_stored(tmp_path: Path, noise: bytes, place: int):
    data = bytearray(
        pictures.encoded(Image.new("RGB", (4, 4)), "JPEG", exif=exif(Software="x" * 50), xmp=XMP.encode())
    )
    data[place : place + len(noise)] = noise

    found = metadata.read(stored(tmp_path, bytes(data)), "image/jpeg")

    assert json.loads(json.dumps(found, ensure_ascii=False).encode()) == found
