"""Sets text on pages and draws them: what was written, sign by sign, nothing hidden. No Django."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from cases.casefile.fonts import coverage, font_path

MAX_PAGES = 60
LINES, COLUMNS = 32, 68  # a Chinese sign fills two columns
REST = "[…] 其余见原件 · The rest is in the original."
# Noto Sans Mono CJK SC: every sign is one or two columns wide.
_FACE = 7
_UNITS_WIDE, _UNITS_HIGH, _UNITS_LINE, _MARGIN = 72, 100, 3, 2
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_WIDE = {"W", "F", "A"}


def pages_of(text: str) -> list[tuple[str, ...]]:
    """The lines of each page: at least one page, at most 60, of which the last one says that more follows."""
    pages: list[tuple[str, ...]] = []
    page: list[str] = []
    for line in _wrapped(text):
        if len(page) == LINES:
            pages.append(tuple(page))
            page = []
            if len(pages) == MAX_PAGES:
                pages[-1] = (*pages[-1][:-1], REST)
                return pages
        page.append(line)
    return [*pages, tuple(page)]


def draw(lines: tuple[str, ...], *, width: int) -> Image.Image:
    """One page, black on white, RGB, `width` pixels wide and 100/72 of that high."""
    unit = width / _UNITS_WIDE
    image = Image.new("RGB", (width, round(unit * _UNITS_HIGH)), "white")
    pen = ImageDraw.Draw(image)
    font = _font(max(1, round(unit * 2)))
    for number, line in enumerate(lines):
        pen.text((unit * _MARGIN, unit * (_MARGIN + number * _UNITS_LINE)), line, font=font, fill="#111111")
    return image


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_path()), size, index=_FACE, layout_engine=ImageFont.Layout.BASIC)


def _wrapped(text: str) -> Iterator[str]:
    known = coverage()
    for paragraph in text.split("\n"):
        line: list[str] = []
        used = 0
        for sign in paragraph.expandtabs(4):
            shown = _shown(sign, known)
            columns = len(shown) if shown != sign else _columns(sign)
            if used + columns > COLUMNS:
                yield "".join(line)
                line, used = [], 0
            line.append(shown)
            used += columns
        yield "".join(line)


def _columns(sign: str) -> int:
    return 2 if unicodedata.east_asian_width(sign) in _WIDE else 1


def _shown(sign: str, known: frozenset[int]) -> str:
    """What the font lacks, what is invisible and what turns a line around becomes a token."""
    if 0x20 <= ord(sign) < 0x7F or (ord(sign) in known and unicodedata.category(sign) not in _HIDDEN):
        return sign
    return f"[U+{ord(sign):04X}]"
