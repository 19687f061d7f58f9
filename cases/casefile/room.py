"""How much of the long texts page one has room for, so that it stays one page. No Django."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from cases.casefile.snapshot import CaseFacts
from cases.casefile.styled import shortened

# Millimetres: what is left beside title, figures, strongest exhibits and contents; a row; a line of a text.
ROOM, ROW, LINE, TITLE_LINE = 108.0, 5.2, 5.8, 9.5
# Chinese signs in a line: of the title, of the parties, of where it stands, of a text.
IN_TITLE, IN_PARTIES, IN_STANDS, IN_TEXT = 22, 12, 17, 46
# How many lines the English half adds to what is ours.
PARTIES_IN_BOTH, STANDS_IN_BOTH = 1.25, 1.9
MOST_ORDERS, MOST_LINES, LEAST_LINES = 6, 7, 2


@dataclass(frozen=True, slots=True)
class Room:
    """How many orders, and how many signs as wide as a Chinese one of what happened and of what is asked."""

    orders: int
    happened: int
    asked: int


def room_for(
    case: CaseFacts,
    parties: Sequence[Sequence[str]],
    stands: Sequence[Sequence[str]],
    order_rows: Sequence[int],
    *,
    is_both: bool,
) -> Room:
    """The same for both halves of a document in two languages: there our own rows are counted only."""
    room = ROOM - TITLE_LINE * (lines(case.title, IN_TITLE) - 1)
    if is_both:
        written = lines(case.merchant, IN_PARTIES) + lines(case.merchant_address, IN_PARTIES)
        rows = max(len(parties) * PARTIES_IN_BOTH + written, len(stands) * STANDS_IN_BOTH)
    else:
        left, right = (
            sum(lines(text, signs) for _label, text in column)
            for column, signs in ((parties, IN_PARTIES), (stands, IN_STANDS))
        )
        rows = max(left, right)
    room -= rows * ROW
    orders = 0
    # Two orders stand side by side; the texts keep room for a few lines each.
    for first in range(0, min(len(order_rows), MOST_ORDERS), 2):
        height = ROW * (max(order_rows[first : first + 2]) + 1.5)
        if orders and room - height < 2 * LEAST_LINES * LINE:
            break
        room -= height
        orders = min(first + 2, len(order_rows))
    most = max(2 * LEAST_LINES, min(int(room / LINE), MOST_LINES + MOST_LINES // 2))
    asked = max(LEAST_LINES, min(lines(case.demand, IN_TEXT), most // 3))
    return Room(orders, max(LEAST_LINES, min(MOST_LINES, most - asked)) * IN_TEXT, asked * IN_TEXT)


def lines(text: str, signs: int) -> int:
    """How many lines of so many Chinese signs a text takes, at least one."""
    return sum(max(1, math.ceil(width(line) / signs)) for line in text.split("\n"))


def width(text: str) -> float:
    """In Chinese signs."""
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WFA" else 0.55 for sign in text)


def cut(text: str, signs: int) -> str:
    """The text when it fits into the lines of that many signs, else as one paragraph that ends with …"""
    if lines(text, IN_TEXT) <= signs // IN_TEXT:
        return text
    one = re.sub(r"\s*\n\s*", " ", text)
    gone, at = 0.0, 0
    while at < len(one) and gone < signs - 2:
        gone += width(one[at])
        at += 1
    return shortened(one, min(at, len(one)) if at < len(one) else len(one))
