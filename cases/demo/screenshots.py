"""Draws phone screenshots in Chinese: order pages and chats, 1080×2400, as a phone would take them.

Everything in them is invented. They say 演示 (demonstration) so that nobody takes one for evidence.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from noto_cjk_sans_otc import FONT_PATH
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1080, 2400
MARGIN = 48
SIMPLIFIED_CHINESE_FACE = 2

INK, GREY, LINE = "#1b1b1f", "#85858d", "#e6e6ea"
PAPER, CARD, MINE, ACCENT = "#f2f3f5", "#ffffff", "#cfe8ff", "#d9304f"


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message of a chat; `who` is the side it stands on, or the middle for a time or a notice."""

    who: Literal["me", "them", "notice"]
    text: str


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_PATH), size, index=SIMPLIFIED_CHINESE_FACE)


def chat(*, title: str, clock: str, bubbles: Sequence[Bubble]) -> Image.Image:
    """A conversation: title bar, then bubbles from the top down; `clock` is the phone's, as in 20:46."""
    image, draw = _screen(title, clock)
    top = 290
    for bubble in bubbles:
        top = _bubble(draw, bubble, top)
    draw.rectangle((0, HEIGHT - 170, WIDTH, HEIGHT), fill=CARD)
    draw.rounded_rectangle((MARGIN, HEIGHT - 130, WIDTH - 200, HEIGHT - 50), 40, fill=PAPER)
    draw.text((MARGIN + 34, HEIGHT - 112), "发消息…", font=_font(36), fill=GREY)
    return image


def order_page(
    *, title: str, clock: str, state: str, shop: str, item: str, rows: Sequence[tuple[str, str]]
) -> Image.Image:
    """The detail page of an order: its state, the shop and item, then labelled rows."""
    image, draw = _screen(title, clock)
    draw.rectangle((0, 250, WIDTH, 470), fill=ACCENT)
    draw.text((MARGIN, 310), state, font=_font(60), fill="white")
    draw.rounded_rectangle((24, 510, WIDTH - 24, 860), 24, fill=CARD)
    draw.text((MARGIN + 16, 540), shop, font=_font(40), fill=INK)
    draw.line((MARGIN + 16, 615, WIDTH - MARGIN - 16, 615), fill=LINE, width=2)
    draw.rounded_rectangle((MARGIN + 16, 645, MARGIN + 196, 825), 16, fill=LINE)
    draw.text((MARGIN + 60, 705), "商品", font=_font(46), fill=GREY)
    _wrapped(draw, item, left=MARGIN + 230, top=650, width=WIDTH - 2 * MARGIN - 270, size=40)
    bottom = 930 + 96 * len(rows)
    draw.rounded_rectangle((24, 900, WIDTH - 24, bottom), 24, fill=CARD)
    for position, (label, value) in enumerate(rows):
        top = 930 + 96 * position
        draw.text((MARGIN + 16, top), label, font=_font(38), fill=GREY)
        draw.text((330, top), value, font=_font(38), fill=INK)
    return image


def as_jpeg(image: Image.Image, quality: int = 85) -> bytes:
    return _encoded(image, "JPEG", quality=quality)


def as_png(image: Image.Image) -> bytes:
    return _encoded(image, "PNG")


def _encoded(image: Image.Image, kind: str, **options: int) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def _screen(title: str, clock: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 250), fill=CARD)
    draw.text((MARGIN, 34), clock, font=_font(40), fill=INK)
    draw.text((WIDTH // 2, 38), "演示截图", font=_font(30), fill=GREY, anchor="ma")
    draw.text((WIDTH - MARGIN, 34), "5G  76%", font=_font(36), fill=INK, anchor="ra")
    draw.line([(66, 158), (44, 182), (66, 206)], fill=INK, width=6)
    draw.text((WIDTH // 2, 182), title, font=_font(48), fill=INK, anchor="mm")
    draw.line((0, 250, WIDTH, 250), fill=LINE, width=2)
    return image, draw


def _bubble(draw: ImageDraw.ImageDraw, bubble: Bubble, top: int) -> int:
    """Draw one bubble at `top`; returns where the next one begins."""
    if bubble.who == "notice":
        draw.text((WIDTH // 2, top + 20), bubble.text, font=_font(32), fill=GREY, anchor="ma")
        return top + 96
    lines = _lines(draw, bubble.text, width=640, size=42)
    width = max(int(draw.textlength(line, font=_font(42))) for line in lines) + 64
    height = 62 * len(lines) + 44
    avatar = 96
    if bubble.who == "me":
        right = WIDTH - MARGIN - avatar - 24
        box = (right - width, top, right, top + height)
        draw.ellipse((WIDTH - MARGIN - avatar, top, WIDTH - MARGIN, top + avatar), fill="#7aa7d9")
    else:
        left = MARGIN + avatar + 24
        box = (left, top, left + width, top + height)
        draw.ellipse((MARGIN, top, MARGIN + avatar, top + avatar), fill="#e0a36c")
    draw.rounded_rectangle(box, 28, fill=MINE if bubble.who == "me" else CARD)
    for number, line in enumerate(lines):
        draw.text((box[0] + 32, box[1] + 18 + 62 * number), line, font=_font(42), fill=INK)
    return top + max(height, avatar) + 40


def _wrapped(draw: ImageDraw.ImageDraw, text: str, *, left: int, top: int, width: int, size: int) -> None:
    for number, line in enumerate(_lines(draw, text, width=width, size=size)):
        draw.text((left, top + int(1.45 * size) * number), line, font=_font(size), fill=INK)


def _lines(draw: ImageDraw.ImageDraw, text: str, *, width: int, size: int) -> list[str]:
    """Break anywhere, as Chinese does; an explicit newline is kept."""
    lines = [""]
    for sign in text:
        if sign == "\n" or draw.textlength(lines[-1] + sign, font=_font(size)) > width:
            lines.append("")
        if sign != "\n":
            lines[-1] += sign
    return lines
