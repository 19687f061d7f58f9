"""What a machine read, as fields to offer. Pure: lines in, proposals out; nothing is taken over here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cases.rules.readings_numbers import (
    AFTER_SALES,
    ORDER,
    PARCEL,
    PAYMENT,
    TICKET,
    numbers,
)
from cases.rules.readings_rows import Line, Row, rows, text_of
from cases.rules.readings_values import ORDERED_AT, PAID_AT, Value, amounts, moments, shops

__all__ = [
    "AFTER_SALES",
    "AMOUNT",
    "KINDS",
    "MOMENT",
    "ORDER",
    "ORDERED_AT",
    "PAID_AT",
    "PARCEL",
    "PAYMENT",
    "SHOP",
    "TICKET",
    "Line",
    "Proposal",
    "proposals",
    "rows",
    "text_of",
]

AMOUNT, MOMENT, SHOP = "amount", "moment", "shop"
# In the order in which they are offered, and how many of each at most.
KINDS = {ORDER: 4, AMOUNT: 3, MOMENT: 4, SHOP: 2, TICKET: 3, PAYMENT: 2, PARCEL: 3, AFTER_SALES: 2}
LEAST_SCORE = 500
MOST_SIGNS = 60_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """A field to offer. An amount is "128.00 CNY", a moment "2026-08-20T19:32:05" by the clock that the app
    showed; `line` is what it was read from, `label` the word that stood beside it (付款时间).
    """

    kind: str
    value: str
    line: str
    score: int
    page: int = 1
    label: str = ""


def proposals(lines: Sequence[Line]) -> tuple[Proposal, ...]:
    """What the lines offer, in the order of KINDS, each value of a kind once, the surest first."""
    laid_out = rows(_beginning(lines))
    found: dict[tuple[str, str], Proposal] = {}
    for number in sorted(numbers(laid_out), key=lambda number: -number.score):
        row = number.row
        _add(found, Proposal(number.kind, number.value, row.text, number.score, row.page))
    for kind, values in ((AMOUNT, amounts(laid_out)), (MOMENT, moments(laid_out)), (SHOP, shops(laid_out))):
        for value in values:
            _add(found, _of_value(kind, value))
    named = {value for kind, value in found if kind != ORDER}
    offered: list[Proposal] = []
    for kind, most in KINDS.items():
        of_kind = [proposal for proposal in found.values() if proposal.kind == kind]
        # A number that has another name elsewhere in the picture is no order number for standing alone here.
        of_kind = [one for one in of_kind if kind != ORDER or one.value not in named]
        offered += of_kind[:most]
    return tuple(offered)


def _beginning(lines: Sequence[Line]) -> list[Line]:
    """As many lines as a person would look through; a file may hold any number."""
    kept, signs = [], 0
    for line in lines:
        signs += len(line.text)
        if signs > MOST_SIGNS:
            break
        kept.append(line)
    return kept


def _add(found: dict[tuple[str, str], Proposal], proposal: Proposal) -> None:
    if proposal.score >= LEAST_SCORE:
        found.setdefault((proposal.kind, proposal.value), proposal)


def _of_value(kind: str, value: Value) -> Proposal:
    row: Row = value.row
    return Proposal(kind, value.value, row.text, value.score, row.page, value.label)
