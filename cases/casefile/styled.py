"""How values look in the document: moments, money, shortened texts."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal

from django.utils.translation import get_language, pgettext

from cases.casefile.snapshot import DeadlineFacts


def moment(iso: str, *, seconds: bool = False) -> str:
    """2026-09-01 10:00 +08:00; empty for an empty one."""
    if not iso:
        return ""
    at = datetime.fromisoformat(iso)
    return f"{at:%Y-%m-%d %H:%M:%S} {offset(at)}" if seconds else f"{at:%Y-%m-%d %H:%M} {offset(at)}"


def offset(at: datetime) -> str:
    return f"{at:%z}"[:3] + ":" + f"{at:%z}"[3:]


def money(amount: str, currency: str) -> str:
    """CNY 1,299.00; empty for an amount that is not known."""
    return f"{currency} {Decimal(amount):,.2f}" if amount else ""


def rows(*pairs: tuple[str, str]) -> list[list[str]]:
    """Label and text, without the rows that have no text."""
    return [[label, text] for label, text in pairs if text]


def joined(*parts: str) -> str:
    """The parts that are there, in a row; the middle dot of the font is as wide as a Chinese sign."""
    is_chinese = (get_language() or "").startswith("zh")
    return ("·" if is_chinese else " – ").join(part for part in parts if part)


def sentences(*parts: str) -> str:
    """The sentences that are there, one after the other."""
    is_chinese = (get_language() or "").startswith("zh")
    return ("" if is_chinese else " ").join(part for part in parts if part)


def counted(counts: Counter[str]) -> str:
    """As in "No answer 2, Refused 1"."""
    separator = pgettext("between the items of a list", ", ")
    return separator.join(f"{label} {count}" for label, count in counts.items())


def shortened(text: str, signs: int) -> str:
    return text if len(text) <= signs else f"{text[: signs - 1].rstrip()}…"


def fill(word: str, **values: object) -> str:
    """The word with its {gaps} filled; other braces stay as they are."""
    for name, value in values.items():
        word = word.replace(f"{{{name}}}", str(value))
    return word


def in_language(text: dict[str, str], language: str) -> str:
    """A bilingual text as stored; empty where there is none."""
    return text.get("zh-hans" if language.startswith("zh") else "en", "")


def title_of(deadline: DeadlineFacts, language: str) -> str:
    return in_language(deadline.because.get("title", {}), language) or deadline.rule


def due(deadline: DeadlineFacts, words: dict[str, str]) -> str:
    """When a deadline ends, or its window from start to end."""
    if deadline.in_days:
        end = f"{deadline.due_at[:10]} ({words['end_of_day']}, {deadline.due_at[-6:]})"
    else:
        end = moment(deadline.due_at)
    if not deadline.window_from:
        return end
    start = deadline.window_from[:10] if deadline.in_days else moment(deadline.window_from)
    return fill(words["window"], start=start, end=end)
