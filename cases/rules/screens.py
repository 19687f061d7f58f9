"""Sees in the lines of a phone's screen where its clock, the other side's name and the bubbles of a chat are.

Lengths are shares of one screen's height unless said otherwise: a long screenshot shows several screens, one
that was cut shows a part of one, and a phone's screen is about 2.2 times as high as it is wide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cases.rules.readings_rows import Line, Row, plain, rows
from cases.rules.similarity import folded

SCREEN_RATIO = 2.2
WHOLE = 10_000
STATUS_BAR, HEAD = 0.055, 0.13
# A clock in the middle is that of an old phone only up here; lower down it parts the messages of a chat.
MIDDLE_CLOCK = 0.025
LEAST_SCORE = 600
SIDE = 2_500  # ten-thousandths of the width: a bubble lies nearer than this to its own edge
LEAN = 500
DAY, HALF_DAY = 24 * 60, 12 * 60

_HALF = r"上午|下午|凌晨|清晨|早上|中午|傍晚|晚上|am|pm"
_CLOCK = re.compile(
    rf"(?P<half>{_HALF})?\s*(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::\d\d)?(?!\d)\s*(?P<after>am|pm)?",
    re.IGNORECASE,
)
# What a machine makes of a clock in small letters: 2107, 9.41, 21 07.
_CLOCK_PERHAPS = re.compile(r"(?<!\d)(?:[01]?\d|2[0-3])\D?[0-5]\d(?!\d)")
_STATUS_WORDS = re.compile(r"%|[2-6]g\b|[km]b?/s|volte|wi-?fi|移动|联通|电信|广电", re.IGNORECASE)
_TIME_WORDS = re.compile(
    rf"{_HALF}|昨天|今天|前天|(?:星期|周)[一二三四五六日天]|[年月日]|yesterday|today|"
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sat|sun)(?:day)?|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|\d",
    re.IGNORECASE,
)
_MONEY = re.compile(r"^(?:[¥￥$€£]|实付|合计|共|总)")


@dataclass(frozen=True, slots=True)
class Clock:
    """Minutes after midnight; where it is not `sure`, those of the other half of the day are as likely."""

    minutes: int
    sure: bool
    text: str

    def differs_by(self, minutes: int) -> int:
        """Minutes between this clock and another time of day, the shorter way round."""
        apart = abs(self.minutes - minutes) % (DAY if self.sure else HALF_DAY)
        return min(apart, (DAY if self.sure else HALF_DAY) - apart)


@dataclass(frozen=True)
class Screen:
    """The first page of a picture, `width` × `height` in pixels, with the lines that were read on it."""

    lines: tuple[Line, ...]
    width: int
    height: int

    @cached_property
    def is_upright(self) -> bool:
        return bool(self.width) and self.height >= 1.2 * self.width

    @cached_property
    def unit(self) -> float:
        """Ten-thousandths of the page that one screen takes up."""
        return WHOLE * SCREEN_RATIO * self.width / max(self.height, 1)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for row in rows(self.lines) if row.page == self.lines[0].page)

    def _above(self, share: float) -> list[Line]:
        return [line for row in self.rows for line in row.lines if line.middle <= share * self.unit]

    @cached_property
    def clock(self) -> Clock | None:
        """The clock of the status bar, where it can be read without doubt."""
        for line in self._above(STATUS_BAR):
            found = _CLOCK.match(plain(line.text))
            if found and line.score >= LEAST_SCORE and not self._parts_messages(line):
                return _clock(found)
        return None

    def has_status_bar(self) -> bool:
        """Whether a clock is in sight, or what stands beside it where the machine overlooked the clock."""
        return any(
            bool(_CLOCK_PERHAPS.search(plain(line.text)) or _STATUS_WORDS.search(line.text))
            and len(folded(line.text)) <= 16
            and not self._parts_messages(line)
            for line in self._above(STATUS_BAR)
        )

    def _parts_messages(self, line: Line) -> bool:
        is_central = abs(_middle(line) - WHOLE / 2) < WHOLE / 10
        return is_central and line.middle > MIDDLE_CLOCK * self.unit

    @cached_property
    def name(self) -> str:
        """Who the screen is about: the line of the head under the status bar; "" where there is none."""
        if self.has_status_bar():
            heads = self._above(HEAD)
        else:
            heads = [line for row in self.rows[:1] for line in row.lines if self._is_head(line)]
        heads = [line for line in heads if is_name(line.text) and not _STATUS_WORDS.search(line.text)]
        return (
            max(heads, key=lambda line: (line.box[3], -abs(_middle(line) - WHOLE / 2))).text if heads else ""
        )

    def _is_head(self, line: Line) -> bool:
        """Of a picture without a status bar: is its first line a head, or the first bubble?"""
        if line.middle > HEAD * self.unit:
            return False
        if abs(_middle(line) - WHOLE / 2) < WHOLE / 20:
            return True
        edges = [other.box[0] for other in self.sides[0] if other is not line]
        is_short = len(folded(line.text)) <= 20
        return is_short and line.box[0] < SIDE and all(abs(line.box[0] - edge) > WHOLE / 60 for edge in edges)

    @cached_property
    def sides(self) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
        """Lines that lean to the left, and to the right, with nothing beside them: bubbles do."""
        left, right = [], []
        for row in self.rows:
            [line, *beside] = row.lines
            before, behind = line.box[0], WHOLE - line.box[0] - line.box[2]
            if beside or _MONEY.match(plain(line.text)) or len(folded(line.text)) < 2:
                continue
            if before < SIDE and before < behind - LEAN:
                left.append(line)
            elif behind < SIDE and behind < before - LEAN:
                right.append(line)
        return tuple(left), tuple(right)

    @cached_property
    def is_chat(self) -> bool:
        """Bubbles at both edges; on other screens a label to the left has its value beside it."""
        beside = sum(len(row.lines) > 1 for row in self.rows)
        left, right = self.sides
        heads = {id(line) for line in self._above(HEAD)} if self.has_status_bar() else set()
        left = tuple(line for line in left if id(line) not in heads)
        right = tuple(line for line in right if id(line) not in heads)
        return len(left) >= 2 and len(right) >= 2 and beside <= len(left) + len(right)


def is_name(text: str) -> bool:
    """Whether a line can be somebody's name: not a time, not a bare sign or number."""
    return len(re.sub(r"[\d_]", "", folded(text))) >= 2 and not is_time(text)


def is_time(text: str) -> bool:
    """Whether a line is nothing but a day or a time of day, as between the messages of a chat."""
    return bool(re.search(r"\d", text)) and not folded(_TIME_WORDS.sub("", plain(text)))


def screen_of(lines: Sequence[Line], width: int | None, height: int | None) -> Screen | None:
    """What there is to see on an upright picture; None where nothing was read, or it is no phone's screen."""
    screen = Screen(tuple(lines), width or 0, height or 0)
    return screen if lines and screen.is_upright else None


def _middle(line: Line) -> float:
    return line.box[0] + line.box[2] / 2


def _clock(found: re.Match[str]) -> Clock:
    half = (found["half"] or found["after"] or "").lower()
    hour, minute = int(found["hour"]), int(found["minute"])
    is_later = half in {"下午", "傍晚", "晚上", "pm"} or (half == "中午" and hour < 11)
    if half and hour <= 12:
        hour = hour % 12 + (12 if is_later or (half == "中午" and hour == 12) else 0)
    sure = bool(half) or hour > 12 or found["hour"].startswith("0")
    return Clock(hour * 60 + minute, sure, found.group().strip())
