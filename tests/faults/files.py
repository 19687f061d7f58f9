"""Files as people send them, as many different ones as wanted: a few are drawn, each copy gets a mark."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageFilter

from tests import pictures, recordings

# A phone's screenshot with a photo of the goods in it.
SIZE = (1080, 2400)
DRAWN_OF_EACH = 3


@dataclass(frozen=True, slots=True)
class Named:
    """A file and what its sender calls it."""

    name: str
    content: bytes


def pool(chance: random.Random) -> list[Callable[[int], Named]]:
    """Makers of files: each turns a number into a file like no other, of a size as in real life."""
    screens = [_screen(chance.randrange(10_000)) for _ in range(DRAWN_OF_EACH)]
    makers: list[Callable[[int], Named]] = []
    for screen in screens:
        makers += [_png(screen)] * 3 + [_jpeg(screen)] * 3
    makers += [_webp(screens[0]), _pdf(), _chat, _mail, _recording("m4a", 60.0)]
    makers.append(_recording("mp4", 10.0, filled=6_000_000))
    return makers


def _screen(seed: int) -> Image.Image:
    image = pictures.screenshot(seed=seed)
    photo = Image.effect_noise((900, 800), 60).filter(ImageFilter.GaussianBlur(1)).convert("RGB")
    image.paste(photo, (60 + seed % 50, 1500))
    return image


def _png(screen: Image.Image) -> Callable[[int], Named]:
    whole = pictures.encoded(screen, "PNG")

    def make(number: int) -> Named:
        body = b"Comment\0number %d" % number
        chunk = struct.pack(">I", len(body)) + b"tEXt" + body
        chunk += struct.pack(">I", zlib.crc32(b"tEXt" + body))
        return Named(f"Screenshot_{number}.png", whole[:33] + chunk + whole[33:])

    return make


def _jpeg(screen: Image.Image) -> Callable[[int], Named]:
    whole = pictures.encoded(screen, "JPEG", quality=88)

    def make(number: int) -> Named:
        note = b"number %d" % number
        segment = b"\xff\xfe" + struct.pack(">H", len(note) + 2) + note
        return Named(f"微信图片_{number}.jpg", whole[:2] + segment + whole[2:])

    return make


def _webp(screen: Image.Image) -> Callable[[int], Named]:
    def make(number: int) -> Named:
        mark = Image.new("RGB", (64, 64), (number % 256, number // 256 % 256, 90))
        marked = screen.resize((540, 1200))
        marked.paste(mark, (10, 10))
        return Named(f"{number}.webp", pictures.encoded(marked, "WEBP", quality=80, method=0))

    return make


def _pdf() -> Callable[[int], Named]:
    whole = pictures.pdf()
    return lambda number: Named(f"发票 {number}.pdf", whole + b"%% number %d\n%%%%EOF\n" % number)


def _recording(kind: str, seconds: float, *, filled: int = 0) -> Callable[[int], Named]:
    """`filled` bytes that players skip make it as large as people's are."""
    whole = recordings.recording(kind, seconds)
    filling = random.Random(filled).randbytes(filled)  # noqa: S311 - nothing secret

    def make(number: int) -> Named:
        note = b"number %d" % number + filling
        return Named(f"{number}.{kind}", whole + struct.pack(">I", 8 + len(note)) + b"free" + note)

    return make


def _chat(number: int) -> Named:
    lines = [
        f"2026-09-{1 + line % 28:02} 20:{line % 60:02} 客服: 您好，订单 {number} 处理中 {line}"
        for line in range(400)
    ]
    return Named(f"聊天记录{number}.txt", "\n".join(lines).encode())


def _mail(number: int) -> Named:
    head = [
        "From: shop@example.com",
        "To: me@example.org",
        f"Subject: Order {number}",
        "Date: Tue, 01 Sep 2026 20:45:00 +0800",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
    ]
    return Named(f"{number}.eml", "\r\n".join([*head, "", "We will refund you.", ""]).encode())
