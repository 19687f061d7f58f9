"""Tells what a file is by its first bytes, and turns away by name what is known and not taken."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from cases.evidence import mail_parts, plain
from cases.evidence.refused import Refused

HEAD_BYTES = 4096

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_HEIF_BRANDS = {b"mif1", b"msf1", b"mif2"}
_AVIF_BRANDS = {b"avif", b"avis"}
_SOUND_BRANDS = {b"M4A ", b"M4B "}
# Films of QuickTime from before the box that names the brand.
_OLD_QUICKTIME = (b"moov", b"mdat", b"wide")
_BLANKS = b"\xef\xbb\xbf \t\r\n\f\0"

_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"\0asm",
)
# Programs that are text, and the text that tries whether somebody looks for malware.
_SCRIPTS = (b"#!", b"%!PS", b"@echo off", b"X5O!P%@AP[4\\PZX54")
_ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
)
_OTHER_PICTURES = (b"BM", b"II*\0", b"MM\0*", b"\0\0\1\0", b"8BPS", b"\0\0\0\x0cjP", b"\xff\x0a")
_OTHER_RECORDINGS = (
    b"fLaC",
    b"\x1aE\xdf\xa3",
    b"FLV",
    b"\xff\xf1",
    b"\xff\xf9",
    b"\x30\x26\xb2\x75",
    b"MThd",
)
_MARKUP = re.compile(
    r"<([?%]|!--|(!doctype|html|head|body|script|svg|iframe|style|title|table|div|p|a)\b)", re.IGNORECASE
)
# What so short a file would have to go on with: three letters of a PDF are no text.
_BEGINNINGS = (b"%PDF-", b"RIFF", b"GIF89a", b"GIF87a", b"OggS", b"ID3")


def media_type_of(head: bytes) -> str:
    """The type of the file that begins with `head` (up to 4096 bytes); its name plays no part.

    A recording's type is the one of its container: looking into it may find that a film is only
    sound. Raises Refused, saying what the file seems to be, for everything that is not taken in.
    """
    found = _picture_or_pdf(head) or _recording(head) or _words(head)
    if found is None:
        raise _refusal(head)
    return found


def is_recording(media_type: str) -> bool:
    """Whether it is sound or video, which may be larger than the rest."""
    return media_type.startswith(("audio/", "video/"))


def _picture_or_pdf(head: bytes) -> str | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.lstrip(_BLANKS).startswith(b"%PDF-"):
        return "application/pdf"
    brands = _brands(head)
    if brands & _AVIF_BRANDS:
        return "image/avif"
    if brands & _HEIC_BRANDS:
        return "image/heic"
    return "image/heif" if brands & _HEIF_BRANDS else None


def _recording(head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        main = head[8:12]
        return "audio/mp4" if main in _SOUND_BRANDS else "video/quicktime" if main == b"qt  " else "video/mp4"
    if head[:1] == b"\0" and head[4:8] in _OLD_QUICKTIME:
        return "video/quicktime"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm" if b"\x42\x82\x84webm" in head[:64] else None
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "audio/wav"
    if head.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return "audio/amr"
    if head.startswith(b"OggS\0"):
        return "audio/ogg"
    if (head.startswith(b"ID3") and head[3:4] < b"\x10") or _is_mp3_frame(head):
        return "audio/mpeg"
    return None


def _is_mp3_frame(head: bytes) -> bool:
    """Sync, version, layer III, a bit rate and a sampling rate that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2 or head[1] & 0x18 == 0x08:
        return False
    return head[2] >> 4 not in {0, 15} and head[2] & 0x0C != 0x0C


def _words(head: bytes) -> str | None:
    """Text or e-mail; None for what only pretends to be one of them."""
    if any(beginning.startswith(head) for beginning in _BEGINNINGS):
        return None
    encoding = plain.encoding_of(head)
    if encoding is None or _is_script(head) or _is_markup(head) or head.startswith(b"{\\rtf"):
        return None
    return "message/rfc822" if mail_parts.looks_like_mail(head) else "text/plain"


def _is_script(head: bytes) -> bool:
    return head.lstrip(_BLANKS).lower().startswith(tuple(script.lower() for script in _SCRIPTS))


def _is_markup(head: bytes) -> bool:
    encoding = plain.encoding_of(head) or "latin-1"
    text = head.decode(encoding, errors="ignore")
    return bool(_MARKUP.match(text.lstrip("\ufeffï»¿ \t\r\n\f\0")))


def _brands(head: bytes) -> set[bytes]:
    """Major and compatible brands of an ISO media file; empty for any other file."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[start : start + 4] for start in range(16, end - 3, 4))}


def _refusal(head: bytes) -> Refused:
    if head.startswith(_OTHER_RECORDINGS) or (head[:4] == b"RIFF" and head[8:12] == b"AVI "):
        return Refused(
            _(
                "This kind of recording is not taken in. Save it as MP4, M4A or MP3, "
                "or take screenshots of what matters in it."
            ),
            code="other_recording",
        )
    if head.startswith(_PROGRAMS) or _is_script(head):
        return Refused(_("This is a program; programs are not taken in. Nothing was kept."), code="program")
    if head.startswith(_ARCHIVES):
        return Refused(
            _(
                "This is an archive or an office document. "
                "Send the pictures in it one by one, or save it as PDF."
            ),
            code="archive",
        )
    if head.startswith(_OTHER_PICTURES):
        return Refused(
            _("This kind of picture is not taken in. Save it as PNG or JPEG, or take a screenshot of it."),
            code="other_picture",
        )
    if _is_markup(head):
        return Refused(
            _("This is a web page or a drawing made of code. Take a screenshot of it, or print it as PDF."),
            code="markup",
        )
    return Refused(
        _(
            "What is in this file is none of the kinds that are taken in, whatever its name says. "
            "Send a picture, a PDF, text, an e-mail, sound or video, or take a screenshot."
        ),
        code="unknown",
    )
