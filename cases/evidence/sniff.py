"""Tells what a file is by its first bytes, and turns away by name what is known and not taken."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from cases.evidence.refused import Refused

HEAD_BYTES = 4096

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_HEIF_BRANDS = {b"mif1", b"msf1", b"mif2"}
_AVIF_BRANDS = {b"avif", b"avis"}
_BLANKS = b"\xef\xbb\xbf \t\r\n\f\0"

_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"#!",
    b"\0asm",
)
_ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\xd0\xcf\x11\xe0",
)
_OTHER_PICTURES = (b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\0\0\1\0", b"8BPS", b"\0\0\0\x0cjP", b"\xff\x0a")
_RECORDINGS = (b"ID3", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"#!AMR", b"FLV", b"\xff\xfb", b"\xff\xf1")
_MARKUP = re.compile(
    rb"<(!--|\?xml\b|(!doctype|html|head|body|script|svg|iframe|style|title|table|div|p|a)\b)", re.I
)


def media_type_of(head: bytes) -> str:
    """The type of the file that begins with `head` (up to 4096 bytes); its name plays no part.

    Raises Refused, saying what the file seems to be, for everything that is not taken in.
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.lstrip(_BLANKS).startswith(b"%PDF-"):
        return "application/pdf"
    brands = _brands(head)
    if brands & _AVIF_BRANDS:
        return "image/avif"
    if brands & _HEIC_BRANDS:
        return "image/heic"
    if brands & _HEIF_BRANDS:
        return "image/heif"
    raise _refusal(head, is_recording=bool(brands))


def _brands(head: bytes) -> set[bytes]:
    """Major and compatible brands of an ISO media file; empty for any other file."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[start : start + 4] for start in range(16, end - 3, 4))}


def _refusal(head: bytes, *, is_recording: bool) -> Refused:
    if (
        is_recording
        or head.startswith(_RECORDINGS)
        or (head[:4] == b"RIFF" and head[8:12] in {b"AVI ", b"WAVE"})
    ):
        return Refused(
            _("This is a sound or video recording. Take screenshots of what matters in it and send those."),
            code="recording",
        )
    if head.startswith(_PROGRAMS):
        return Refused(_("This is a program, not a picture or a PDF. It was not kept."), code="program")
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
    if _MARKUP.match(head.lstrip(_BLANKS)):
        return Refused(
            _("This is a web page or a drawing made of code. Take a screenshot of it, or print it as PDF."),
            code="markup",
        )
    return Refused(
        _(
            "What is in this file is neither a picture nor a PDF, whatever its name says. "
            "Send a PNG, JPEG, WebP, HEIC or PDF file, or take a screenshot."
        ),
        code="unknown",
    )
