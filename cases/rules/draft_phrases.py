"""The words of a draft, and how moments, money, numbers and what people typed are written in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cases.rules.draft_facts import Amount, Due
from cases.rules.text import Text

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
CURRENCIES = {"CNY": "元", "EUR": "欧元", "GBP": "英镑", "HKD": "港元", "JPY": "日元", "USD": "美元"}
NUMBER_KINDS = {
    "order": Text("订单号", "order number"),
    "payment": Text("支付单号", "payment number"),
    "parcel": Text("快递单号", "parcel number"),
    "after_sales": Text("售后单号", "after-sales number"),
    "partner": Text("合作平台单号", "partner's number"),
}
OUTCOMES = {
    "no_answer": Text("无人答复", "no answer"),
    "bot_only": Text("只有机器人答复", "only a bot answered"),
    "answered": Text("已答复", "answered"),
    "promised": Text("作出承诺", "promised something"),
    "refused": Text("拒绝", "refused"),
    "solved": Text("已解决", "solved"),
}
SPOKEN_GROUP = 4
JOINER, ZERO_WIDTH = "\u200d", "\u200b\ufeff\u00ad"
DIRECTIONS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ENDS_A_SENTENCE = frozenset("。！？!?….；;：:")
REMARK = re.compile(r"\s*[（(][^（）()]*[）)]$")
SENTENCE = re.compile(r".+?(?:[。！？!?…；]+[”’」』）)\"']*|\.(?=\s)|\n+|\Z)", re.DOTALL)


def one_line(typed: str) -> str:
    """What was typed, on one line, without signs that nobody sees."""
    return " ".join(_visible(typed).split())


def paragraphs(typed: str) -> str:
    """What was typed with its line breaks, never more than one empty line, without invisible signs."""
    lines = [" ".join(line.split()) for line in _visible(typed).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _visible(typed: str) -> str:
    plain = re.sub("\r\n?|[\u0085\u2028\u2029]", "\n", typed)
    return "".join(sign for sign in plain if sign in "\n\t" or not _is_hidden(sign))


def _is_hidden(sign: str) -> bool:
    # The joiners stay: scripts and pictures that are put together need them.
    return sign in DIRECTIONS or sign in ZERO_WIDTH or unicodedata.category(sign) in {"Cc", "Cs"}


def signs(text: str) -> list[str]:
    """The characters as people count them: an accent or the parts of one emoji belong together."""
    found: list[str] = []
    for sign in text:
        joins = (
            unicodedata.category(sign).startswith("M")
            or sign == JOINER
            or "\U0001f3fb" <= sign <= "\U0001f3ff"
        )
        if found and (joins or found[-1].endswith(JOINER)):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def cut_at_sentence(text: str, room: int, ellipsis: str) -> str:
    """Whole sentences from the beginning and the ellipsis within `room` characters.

    Where not even the first sentence fits, it is cut within; without any room the ellipsis remains.
    """
    if len(signs(text)) <= room:
        return text
    room -= len(ellipsis)
    kept = ""
    for sentence in SENTENCE.finditer(text):
        longer = text[: sentence.end()].rstrip()
        if len(signs(longer)) > room:
            break
        kept = longer
    return (kept or "".join(signs(text)[: max(room, 0)]).rstrip()) + ellipsis


def without_remark(title: str) -> str:
    """The name of a source without what is said about it in brackets at the end."""
    return REMARK.sub("", title)


def spoken(number: str) -> str:
    """The number in groups of four, as one reads it out."""
    return " ".join(number[start : start + SPOKEN_GROUP] for start in range(0, len(number), SPOKEN_GROUP))


@dataclass
class Pen:
    """Writes in one language; remembers the blanks it left, and that the zone has been named."""

    language: str
    zone: ZoneInfo
    zone_name: Text
    blanks: list[Text] = field(default_factory=list)
    has_named_zone: bool = False

    @property
    def is_chinese(self) -> bool:
        return self.language.startswith("zh")

    @property
    def ellipsis(self) -> str:
        return "……" if self.is_chinese else "…"

    def say(self, phrase: Text, **values: object) -> str:
        """The phrase with its {gaps} filled; braces in the values stay as they were typed."""
        return phrase.in_language(self.language).format(**values)

    def blank(self, what: Text) -> str:
        """A gap that only the writer can fill."""
        if what not in self.blanks:
            self.blanks.append(what)
        return self.say(
            Text("【请填写：{what}】", "[please fill in: {what}]"), what=what.in_language(self.language)
        )

    def or_blank(self, typed: str, what: Text) -> str:
        return typed or self.blank(what)

    def day(self, at: datetime) -> str:
        return self.date(at.astimezone(self.zone).date())

    def date(self, day: date) -> str:
        if self.is_chinese:
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"

    def moment(self, at: datetime) -> str:
        """Day and time; the first one says whose clock it is."""
        local = at.astimezone(self.zone)
        text = self.day(at) + (" " if self.is_chinese else ", ") + f"{local:%H:%M}"
        if self.has_named_zone:
            return text
        self.has_named_zone = True
        name = self.zone_name.in_language(self.language)
        return text + (f"（{name}）" if self.is_chinese else f" ({name})")

    def due(self, due: Due) -> str:
        return self.date(due.at.date()) if due.in_days else self.moment(due.at)

    def money(self, amount: Amount) -> str:
        unit = CURRENCIES.get(amount.currency)
        number = f"{amount.value:,.2f}"
        return f"{number} {unit}" if self.is_chinese and unit else f"{amount.currency} {number}"

    def sentence(self, text: str) -> str:
        """The text with a full stop where it has no end of its own."""
        if not text or text[-1] in ENDS_A_SENTENCE:
            return text
        is_wide = unicodedata.east_asian_width(text[-1]) in {"W", "F"}
        return text + ("。" if self.is_chinese or is_wide else ".")

    def stopped(self, line: str) -> str:
        """A line of ours with the full stop of the language; what a user typed ends as it was typed."""
        return line + ("。" if self.is_chinese else ".") if line else ""

    def listed(self, parts: Iterable[str]) -> str:
        """The parts that are there, side by side."""
        return ("，" if self.is_chinese else ", ").join(part for part in parts if part)

    def apart(self, parts: Iterable[str]) -> str:
        """The parts that are there, each one a thought of its own."""
        return ("；" if self.is_chinese else "; ").join(part for part in parts if part)

    def labelled(self, label: Text, value: str) -> str:
        return self.say(
            Text("{label}：{value}", "{label}: {value}"), label=label.in_language(self.language), value=value
        )


def numbered(lines: Iterable[str]) -> list[str]:
    """The lines with 1., 2., ... before them; one line alone needs no number."""
    lines = list(lines)
    return [f"{number}. {line}" for number, line in enumerate(lines, start=1)] if len(lines) > 1 else lines
