"""Texts, mails and recordings that nobody should send; made, not kept. What pictures do is in hostile.py."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cache

from tests import hostile, recordings
from tests.mails import mail

_MAIL = b"Received: x\nSubject: y\n"


def _mp4(*boxes: tuple[bytes, bytes]) -> bytes:
    return b"".join(struct.pack(">I4s", 8 + len(body), name) + body for name, body in boxes)


def _wav_of(rate: int, size: int) -> bytes:
    sound = bytearray(recordings.recording("wav"))
    sound[24:28], sound[40:44] = struct.pack("<I", rate), struct.pack("<I", size)
    return bytes(sound)


def _gif(screen: tuple[int, int], frames: int, *, end: bytes = b";") -> bytes:
    """Frames of one pixel on a screen of any size: 20 bytes each."""
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2\x44\1\0"
    header = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return header + frame * frames + end


# name: () -> (code of the refusal, bytes)
_FILES: dict[str, Callable[[], tuple[str, bytes]]] = {
    "gif with 1001 frames": lambda: ("too_many_frames", _gif((8, 8), 1_001)),
    "gif with a million frames": lambda: ("too_many_frames", _gif((8, 8), 1_000_000)),
    "gif of 60000x60000": lambda: ("too_many_pixels", _gif((60_000, 60_000), 1)),
    "gif without an end": lambda: ("damaged", _gif((8, 8), 3, end=b"")),
    "gif without a frame": lambda: ("damaged", _gif((8, 8), 0)),
    "gif of endless blocks": lambda: ("damaged", _gif((8, 8), 1, end=b"!\xfe" + b"\1a" * 1_500_000)),
    "text with a zero": lambda: ("unknown", "订单\0编号".encode()),
    "text with colours of a terminal": lambda: ("unknown", b"\x1b[2J\x1b[31mred"),
    "text with a zero behind a megabyte": lambda: ("not_text", b"a line\n" * 200_000 + b"\0"),
    "text in latin-1": lambda: ("unknown", "Rückgabe für Möbel".encode("latin-1")),
    "text cut in mid-sign": lambda: ("damaged", "订单编号".encode()[:-1]),
    "text in utf-16 with half a pair": lambda: ("unknown", b"\xff\xfe\x3d\xd8a\0"),
    "web page in utf-16": lambda: ("markup", "<html><script>alert(1)</script>".encode("utf-16")),
    "svg in utf-16": lambda: ("markup", b"\xfe\xff" + "<svg onload='alert(1)'/>".encode("utf-16-be")),
    "php": lambda: ("markup", b"<?php system($_GET['c']); ?>"),
    "asp": lambda: ("markup", b"<% Response.Write(1) %>"),
    "batch file": lambda: ("program", b"@echo off\r\nformat c:"),
    "postscript": lambda: ("program", b"%!PS-Adobe-3.0\nshowpage\n"),
    "antivirus sample": lambda: (
        "program",
        rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    ),
    "rich text": lambda: ("archive", b"{\\rtf1\\ansi hello}"),
    "zstandard": lambda: ("archive", b"\x28\xb5\x2f\xfd" + bytes(50)),
    "mail without the end of its headers": lambda: ("damaged", _MAIL + b"X-More: z"),
    "mail without its last boundary": lambda: ("damaged", mail(attachments=("a.pdf",))[:-20]),
    "mail with a boundary that never comes": lambda: (
        "damaged",
        _MAIL + b"Content-Type: multipart/mixed; boundary=abc\n\nhello\n",
    ),
    "mail with half a letter of base64": lambda: (
        "damaged",
        _MAIL + b"Content-Transfer-Encoding: base64\n\naGVsbG8gd29ybGQ",
    ),
    "mp4 without an index": lambda: ("damaged", _mp4((b"ftyp", b"isom\0\0\0\0isom"), (b"mdat", bytes(5000)))),
    "mp4 with an empty index": lambda: ("damaged", _mp4((b"ftyp", b"isom\0\0\0\0isom"), (b"moov", b""))),
    "mp4 whose box is larger than the file": lambda: (
        "damaged",
        _mp4((b"ftyp", b"isom\0\0\0\0isom")) + struct.pack(">I4s", 0x7FFFFFFF, b"mdat") + bytes(99),
    ),
    "mp4 of boxes within boxes": lambda: ("damaged", _nested_boxes(2_000)),
    "mp4 of a million empty boxes": lambda: (
        "damaged",
        _mp4((b"ftyp", b"isom\0\0\0\0isom")) + _mp4((b"free", b"")) * 1_000_000,
    ),
    "wav that promises more than it has": lambda: ("damaged", _wav_of(8_000, 0x7FFFFFFF)),
    "wav without a rate": lambda: ("damaged", _wav_of(0, 32_000)),
    "amr of frames there are not": lambda: ("damaged", b"#!AMR\n" + b"\x5c" * 500),
    "mp3 that is a tag of music": lambda: ("damaged", b"ID3\4\0\0\0\0\7\x76" + bytes(1014)),
    "ogg of one page": lambda: ("damaged", recordings.recording("ogg")[:200]),
    "webm of zeros": lambda: ("damaged", recordings.recording("webm")[:60] + bytes(5000)),
    "real media": lambda: ("unknown", b".RMF\0\0\0\x12" + bytes(100)),
    "windows media": lambda: ("other_recording", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(100)),
    "midi": lambda: ("other_recording", b"MThd\0\0\0\6" + bytes(50)),
    "bare aac": lambda: ("other_recording", b"\xff\xf1\x50\x80" + bytes(100)),
    "flash video": lambda: ("other_recording", b"FLV\1\5\0\0\0\x09" + bytes(50)),
    "film of 16000x16000": lambda: ("damaged", _large_film()),
}


def _nested_boxes(depth: int) -> bytes:
    body = b""
    for _level in range(depth):
        body = struct.pack(">I4s", 8 + len(body), b"moov") + body
    return _mp4((b"ftyp", b"isom\0\0\0\0isom")) + body


def _mov_elsewhere() -> bytes:
    """A film whose samples are said to lie in another file; they are read from this one."""
    whole = recordings.recording("mov")
    return whole.replace(b"mdat", b"free").replace(b"url \0\0\0\1", b"url \0\0\0\0")


def _large_film() -> bytes:
    whole = recordings.encoded("webm", 0.3, film="libvpx", size=(1_000, 1_000))
    small, large = struct.pack(">H", 1_000), struct.pack(">H", 16_000)
    return whole.replace(b"\xb0\x82" + small, b"\xb0\x82" + large).replace(
        b"\xba\x82" + small, b"\xba\x82" + large
    )


# name: () -> (its real type, bytes): whole, with something else behind it
_POLYGLOTS: dict[str, Callable[[], tuple[str, bytes]]] = {
    "gif and web page": lambda: ("image/gif", _gif((8, 8), 2) + b"<html><script>1</script>"),
    "mp4 and zip": lambda: ("video/mp4", recordings.recording("mp4") + hostile.zip_file()),
    "wav and web page": lambda: ("audio/wav", recordings.recording("wav") + b"<html><script>1</script>"),
    "text that speaks of a web page": lambda: ("text/plain", "客服：<html><script>1</script>".encode()),
    "mov whose sound is said to lie elsewhere": lambda: ("video/quicktime", _mov_elsewhere()),
    "mail with a program attached": lambda: ("message/rfc822", mail(attachments=("run.exe",))),
    "mail with a script in it": lambda: ("message/rfc822", mail("x", html="<script>alert(1)</script>")),
    "text that begins like a bitmap": lambda: ("text/plain", "BM 订单".encode()),
    "text that begins like a program": lambda: ("text/plain", b"MZ is how programs begin"),
}
FILES = {name: cache(make) for name, make in _FILES.items()}
POLYGLOTS = {name: cache(make) for name, make in _POLYGLOTS.items()}
