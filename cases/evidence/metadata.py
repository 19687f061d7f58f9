"""What a file says of itself: which program saved it, when it was taken. Anybody can write such notes."""

from __future__ import annotations

import logging
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from PIL import ExifTags, Image

from cases.evidence import pdf, pictures

log = logging.getLogger(__name__)

MOST_NOTES = 10
LONGEST_NOTE = 200  # signs
_CHUNK_BYTES = 256 * 1024  # of one text of a PNG, and of XMP; what goes on after that is not looked at
_MOST_CHUNKS = 2_000
_FORMATS = ("PNG", "JPEG", "WEBP", "HEIF", "AVIF", "GIF")
_EXIF_MOMENT = "%Y:%m:%d %H:%M:%S"
_XMP_TOOLS = re.compile(
    r"""(?:CreatorTool|softwareAgent|exif:Software|tiff:Software)\s*(?:=\s*["']([^"'<>]{1,400})["']|>([^<]{1,400})<)"""
)
_XMP_ACTION = re.compile(r"""stEvt:action\s*(?:=\s*["']([^"'<>]{1,80})["']|>([^<]{1,80})<)""")
_OFFSET = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")
_PDF_MOMENT = re.compile(r"D:(\d{14})(?:([+-])(\d\d)'?(\d\d)|(Z))?")
_PNG_TEXTS = {"software", "date:create", "creation time"}


def read(path: Path, media_type: str) -> dict[str, Any]:
    """The notes of a file, each key only where there is something to say:

    `software` and `history` (lists of at most 10 strings of at most 200 signs), `taken_at` and `saved_at`
    (ISO 8601; with its offset where the file states one), `camera` (true for a photograph). Never raises,
    whatever the file holds: notes are a help, and no reason to refuse anything.
    """
    try:
        if media_type in pdf.MEDIA_TYPES:
            return _tidy(_of_pdf(path))
        if media_type in pictures.MEDIA_TYPES:
            return _tidy(_of_picture(path, media_type))
    except Exception:
        # Strangers' notes make Pillow raise nearly anything; the bytes themselves were looked into before.
        log.info("The notes of a file of type %s cannot be read.", media_type, exc_info=True)
    return {}


def _of_picture(path: Path, media_type: str) -> dict[str, Any]:
    notes: dict[str, Any] = {"software": [], "history": []}
    texts = list(_png_texts(path)) if media_type == "image/png" else []
    xmp = [text for key, text in texts if key == "xml:com.adobe.xmp"]
    notes["software"] += [text for key, text in texts if key == "software"]
    notes["saved_at"] = next((_iso(text) for key, text in texts if key != "software" and _iso(text)), "")
    # What Pillow stumbles over does not take away what was found before.
    with suppress(Exception), Image.open(path, formats=_FORMATS) as image:
        notes |= _of_exif(_png_exif(path) if media_type == "image/png" else image.getexif(), notes)
        if not xmp:
            xmp = [_decoded(image.info.get("xmp", b"")[:_CHUNK_BYTES])]
    for text in xmp:
        notes["software"] += _matches(_XMP_TOOLS, text)
        notes["history"] += _matches(_XMP_ACTION, text)
    return notes


def _of_exif(exif: Image.Exif, notes: dict[str, Any]) -> dict[str, Any]:
    details = exif.get_ifd(ExifTags.IFD.Exif)
    base = ExifTags.Base
    programs = (exif.get(base.Software), exif.get(base.ProcessingSoftware), details.get(base.Software))
    taken = _exif_moment(details.get(base.DateTimeOriginal), details.get(base.OffsetTimeOriginal))
    saved = _exif_moment(exif.get(base.DateTime), details.get(base.OffsetTime))
    return {
        "software": [*notes["software"], *(_decoded(program) for program in programs if program)],
        "taken_at": taken,
        "saved_at": saved or notes["saved_at"],
        # A screenshot has no lens: only a camera says how long it let light in.
        "camera": base.ExposureTime in details or base.FNumber in details,
    }


def _exif_moment(moment: object, offset: object) -> str:
    if not moment:
        return ""
    with suppress(ValueError):
        taken = datetime.strptime(_decoded(moment).strip("\0 "), _EXIF_MOMENT)  # noqa: DTZ007
        stated = _decoded(offset or "").strip("\0 ")
        return taken.isoformat() + (stated if _OFFSET.fullmatch(stated) else "")
    return ""


def _png_texts(path: Path) -> Iterator[tuple[str, str]]:
    """Every text of a PNG by its small-letter name, also those behind the pixels, which Pillow leaves out."""
    for kind, data in _png_chunks(path, {b"tEXt", b"zTXt", b"iTXt"}):
        name, text = _png_text(kind, data)
        if name in _PNG_TEXTS or name == "xml:com.adobe.xmp":
            yield name, text


def _png_exif(path: Path) -> Image.Exif:
    """Read from its chunk, wherever that stands: of a PNG without one Pillow would decode every pixel."""
    exif = Image.Exif()
    for _kind, data in _png_chunks(path, {b"eXIf"}):
        exif.load(data)
        break
    return exif


def _png_chunks(path: Path, kinds: set[bytes]) -> Iterator[tuple[bytes, bytes]]:
    with path.open("rb") as file:
        file.seek(8)
        for _number in range(_MOST_CHUNKS):
            head = file.read(8)
            if len(head) < 8:
                return
            length, kind = struct.unpack(">I4s", head)
            if kind in kinds:
                yield kind, _part(file, length)
            else:
                file.seek(length, 1)
            file.seek(4, 1)


def _part(file: BinaryIO, length: int) -> bytes:
    data = file.read(min(length, _CHUNK_BYTES))
    file.seek(length - len(data), 1)
    return data


def _png_text(kind: bytes, data: bytes) -> tuple[str, str]:
    name, _end, text = data.partition(b"\0")
    packed = kind == b"zTXt"
    if packed:
        text = text[1:]
    elif kind == b"iTXt":
        packed = text[:1] == b"\1"
        _language, _end, rest = text[2:].partition(b"\0")
        _translated, _end, text = rest.partition(b"\0")
    if packed:
        with suppress(zlib.error):
            text = zlib.decompressobj().decompress(text, _CHUNK_BYTES)
    return _decoded(name).lower(), _decoded(text)


def _of_pdf(path: Path) -> dict[str, Any]:
    notes = {key: str(value) for key, value in pdf.notes(path).items()}
    return {
        "software": [notes.get("Creator", ""), notes.get("Producer", "")],
        "saved_at": _pdf_moment(notes.get("ModDate", "")) or _pdf_moment(notes.get("CreationDate", "")),
    }


def _pdf_moment(written: str) -> str:
    found = _PDF_MOMENT.match(written)
    if not found:
        return ""
    with suppress(ValueError):
        moment = datetime.strptime(found[1], "%Y%m%d%H%M%S").isoformat()  # noqa: DTZ007
        offset = "+00:00" if found[5] else f"{found[2]}{found[3]}:{found[4]}" if found[2] else ""
        return moment + (offset if not offset or _OFFSET.fullmatch(offset) else "")
    return ""


def _iso(text: str) -> str:
    with suppress(ValueError):
        return datetime.fromisoformat(text.strip()).isoformat()
    return ""


def _matches(pattern: re.Pattern[str], text: str) -> list[str]:
    found = (match for match, _number in zip(pattern.finditer(text), range(50), strict=False))
    return [match[1] or match[2] for match in found]


def _decoded(value: object) -> str:
    """As UTF-8 where it is that: Exif knows no Chinese, so Pillow hands its bytes out as Latin letters."""
    if isinstance(value, str):
        with suppress(UnicodeError):
            return value.encode("latin-1").decode("utf-8")
        return value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _tidy(notes: dict[str, Any]) -> dict[str, Any]:
    """What is worth keeping, cut to its length, each note once."""
    for key in ("software", "history"):
        notes[key] = _tidy_list(notes.get(key, ()))
    return {key: value for key, value in notes.items() if value}


def _tidy_list(notes: Iterable[str]) -> list[str]:
    cleaned = ("".join(sign for sign in note[:1000] if sign.isprintable()).strip() for note in notes)
    return list(dict.fromkeys(note[:LONGEST_NOTE] for note in cleaned if note))[:MOST_NOTES]
