"""Files that nobody should send: bombs, disguises, programs, half-files; made, not kept."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from functools import cache

from PIL import Image
from pypdf import PdfReader, PdfWriter

from tests import pictures


def encrypted_pdf(*, user_password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pictures.pdf())))
    writer.encrypt(user_password=user_password, owner_password="owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def moving(kind: str, *, frames: int) -> bytes:
    images = [Image.new("RGB", (8, 8), (number % 256, number // 256, 0)) for number in range(frames)]
    return pictures.encoded(images[0], kind, save_all=True, append_images=images[1:], lossless=True)


def zip_file() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("picture.png", "not really")
    return out.getvalue()


def png_of(*chunks: tuple[bytes, bytes]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(pictures.png_chunk(kind, body) for kind, body in chunks)


def _png_with_frames(count: int) -> bytes:
    whole = pictures.picture("PNG")
    control = pictures.png_chunk(b"acTL", struct.pack(">II", count, 0))
    return whole[:33] + control + whole[33:]


def _ftyp(brand: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0" + brand + b"iso2" + b"\0\0\0\x08free" + bytes(64)


def _png_header(width: int, height: int, depth: int = 8, colour: int = 2) -> tuple[bytes, bytes]:
    return b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)


def _webp_header(width: int, height: int) -> bytes:
    body = b"VP8X" + struct.pack("<I", 10) + bytes(4)
    body += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _jpeg_header(width: int, height: int) -> bytes:
    whole = bytearray(pictures.picture("JPEG"))
    frame = whole.index(b"\xff\xc0")
    whole[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(whole)


# name: () -> (code of the refusal, bytes)
_FILES: dict[str, Callable[[], tuple[str, bytes]]] = {
    "pixel bomb of 60000x60000": lambda: ("too_many_pixels", pictures.png_bomb(60_000, 60_000)),
    "pixel bomb below Pillow's own limit": lambda: ("too_many_pixels", pictures.png_bomb(13_056, 13_056)),
    "a line of 70000 pixels": lambda: ("too_many_pixels", pictures.encoded(Image.new("1", (70_000, 2)))),
    "jpeg header of 65500x65500": lambda: ("too_many_pixels", _jpeg_header(65_500, 65_500)),
    "webp header alone": lambda: ("damaged", _webp_header(5_000, 5_000)),
    "png of no size": lambda: ("damaged", png_of(_png_header(0, 0), (b"IDAT", b""), (b"IEND", b""))),
    "png of impossible depth": lambda: ("damaged", png_of(_png_header(8, 8, depth=3), (b"IEND", b""))),
    "png without pixels": lambda: ("damaged", png_of(_png_header(8, 8), (b"IEND", b""))),
    "png whose pixels are no stream": lambda: (
        "damaged",
        png_of(_png_header(8, 8), (b"IDAT", b"not deflated"), (b"IEND", b"")),
    ),
    "png with a text bomb": lambda: (
        "damaged",
        pictures.picture("PNG")[:33]
        + pictures.png_chunk(b"zTXt", b"a\0\0" + _deflated(80 * 1024 * 1024))
        + pictures.picture("PNG")[33:],
    ),
    "png with a million frames": lambda: ("too_many_frames", _png_with_frames(1_000_000)),
    "png of line ends gone wrong": lambda: ("unknown", pictures.picture("PNG").replace(b"\r\n", b"\n")),
    "webp with 1001 frames": lambda: ("too_many_frames", moving("WEBP", frames=1_001)),
    "magic bytes of a png": lambda: ("damaged", b"\x89PNG\r\n\x1a\n"),
    "magic bytes of a jpeg": lambda: ("damaged", b"\xff\xd8\xff\xe0"),
    "magic bytes of a webp": lambda: ("damaged", b"RIFF\x04\0\0\0WEBP"),
    "magic bytes of a heic": lambda: ("damaged", _ftyp(b"heic")),
    "magic bytes of an avif": lambda: ("damaged", _ftyp(b"avif")),
    "magic bytes of a pdf": lambda: ("damaged", b"%PDF-1.7\n"),
    "pdf without pages": lambda: ("damaged", pictures.pdf(())),
    "pdf that is a header and an end": lambda: ("damaged", b"%PDF-1.7\n" + bytes(3000) + b"\n%%EOF\n"),
    "pdf with a password": lambda: ("pdf_locked", encrypted_pdf(user_password="secret")),
    "jpeg magic before a web page": lambda: ("damaged", b"\xff\xd8\xff\xe0<html><script>alert(1)</script>"),
    "bmp": lambda: ("other_picture", pictures.encoded(Image.new("RGB", (8, 8)), "BMP")),
    "tiff": lambda: ("other_picture", pictures.encoded(Image.new("RGB", (8, 8)), "TIFF")),
    "icon": lambda: ("other_picture", pictures.encoded(Image.new("RGB", (32, 32)), "ICO")),
    "jpeg 2000": lambda: ("other_picture", pictures.encoded(Image.new("RGB", (32, 32)), "JPEG2000")),
    "svg": lambda: ("markup", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "svg behind a declaration": lambda: ("markup", b'\xef\xbb\xbf<?xml version="1.0"?>\n<svg/>'),
    "web page": lambda: ("markup", b"\n\n  <!DOCTYPE html><html><body>hello</body></html>"),
    "web page behind a comment": lambda: ("markup", b"<!-- hello --><html></html>"),
    "script": lambda: ("program", b"#!/bin/sh\nrm -rf /\n"),
    "windows program": lambda: ("program", b"MZ\x90\0" + bytes(200)),
    "linux program": lambda: ("program", b"\x7fELF\x02\x01\x01" + bytes(200)),
    "zip": lambda: ("archive", zip_file()),
    "rar": lambda: ("archive", b"Rar!\x1a\x07\x01\0" + bytes(50)),
    "7z": lambda: ("archive", b"7z\xbc\xaf\x27\x1c" + bytes(50)),
    "gzip": lambda: ("archive", b"\x1f\x8b\x08\0" + bytes(50)),
    "old office document": lambda: ("archive", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50)),
    "magic bytes of an mp4": lambda: ("damaged", _ftyp(b"isom")),
    "magic bytes of a mov": lambda: ("damaged", _ftyp(b"qt  ")),
    "magic bytes of a webm": lambda: ("damaged", b"\x1aE\xdf\xa3\x87\x42\x82\x84webm" + bytes(50)),
    "magic bytes of a wav": lambda: ("damaged", b"RIFF\x24\0\0\0WAVEfmt " + bytes(50)),
    "magic bytes of an mp3": lambda: ("damaged", b"ID3\x04\0\0" + bytes(50)),
    "magic bytes of an amr": lambda: ("damaged", b"#!AMR\n"),
    "magic bytes of an ogg": lambda: ("damaged", b"OggS\0\2" + bytes(21)),
    "magic bytes of a gif": lambda: ("damaged", b"GIF89a"),
    "matroska": lambda: ("other_recording", b"\x1aE\xdf\xa3\x8b\x42\x82\x88matroska" + bytes(50)),
    "avi": lambda: ("other_recording", b"RIFF\x24\0\0\0AVI LIST" + bytes(50)),
    "flac": lambda: ("other_recording", b"fLaC\0\0\0\x22" + bytes(50)),
    "zeros": lambda: ("unknown", bytes(10_000)),
    "one byte": lambda: ("unknown", b"\x89"),
}


def _deflated(size: int) -> bytes:
    import zlib

    return zlib.compress(bytes(size), 9)


# name: () -> (its real type, bytes)
_POLYGLOTS: dict[str, Callable[[], tuple[str, bytes]]] = {
    "png and web page": lambda: ("image/png", pictures.picture("PNG") + b"<html><script>1</script>"),
    "png and zip": lambda: ("image/png", pictures.picture("PNG") + zip_file()),
    "jpeg and zip": lambda: ("image/jpeg", pictures.picture("JPEG") + zip_file()),
    "jpeg and php": lambda: ("image/jpeg", pictures.picture("JPEG") + b"<?php system($_GET['c']); ?>"),
    "png and png": lambda: ("image/png", pictures.picture("PNG") + pictures.picture("PNG", seed=1)),
}
FILES = {name: cache(make) for name, make in _FILES.items()}
POLYGLOTS = {name: cache(make) for name, make in _POLYGLOTS.items()}
