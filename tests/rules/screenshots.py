"""Lines as a machine reads them on a phone's screen of 1080 × 2400, written down by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cases.rules.hints import Pictured
from cases.rules.readings_rows import Line
from tests.rules.moments import shanghai

WIDTH, HEIGHT = 1080, 2400
RECEIVED = shanghai("2026-09-01 22:00")


def line(text: str, x: int, y: int, *, size: int = 36, height: int = HEIGHT, score: int = 950) -> Line:
    """At x, y in pixels, signs `size` pixels wide when Chinese, half of that when Latin."""
    across = sum(size if ord(sign) > 0x2E80 else size // 2 for sign in text)
    box = (x * 10_000 // WIDTH, y * 10_000 // height, across * 10_000 // WIDTH, size * 10_000 // height)
    return Line(1, text, score, box)


def status_bar(clock: str = "21:07") -> list[Line]:
    return [line(clock, 60, 30), line("5G 80%", 860, 30)]


def centred(text: str, y: int, *, size: int = 48, height: int = HEIGHT) -> Line:
    across = sum(size if ord(sign) > 0x2E80 else size // 2 for sign in text)
    return line(text, (WIDTH - across) // 2, y, size=size, height=height)


def theirs(text: str, y: int, *, height: int = HEIGHT) -> Line:
    """A bubble at the left, beside the picture of whoever sent it."""
    return line(text, 180, y, size=42, height=height)


def mine(text: str, y: int, *, height: int = HEIGHT) -> Line:
    across = sum(42 if ord(sign) > 0x2E80 else 21 for sign in text)
    return line(text, 900 - across, y, size=42, height=height)


TALK = (
    ("mine", "你好，我的包裹三天没更新了"),
    ("theirs", "亲，这边帮您查一下"),
    ("theirs", "仓库说明天一定发出"),
    ("mine", "好的，那我等到明天"),
    ("mine", "今天还是没有物流信息"),
    ("theirs", "非常抱歉，快递爆仓了"),
    ("mine", "请给我退款"),
    ("theirs", "退款需要主管审核"),
    ("mine", "什么时候能审核好"),
    ("theirs", "大概四十八小时之内"),
)


def talk(first: int, last: int, *, top: int = 400) -> list[Line]:
    """What was said from the `first` to before the `last` line of TALK, 200 pixels apart."""
    side = {"mine": mine, "theirs": theirs}
    return [side[who](text, top + 200 * place) for place, (who, text) in enumerate(TALK[first:last])]


def chat(first: int = 0, last: int = 6, *, clock: str = "21:07", name: str = "小米旗舰店") -> list[Line]:
    """A whole screen: status bar, name, bubbles, the box one types in."""
    return [
        *status_bar(clock),
        centred(name, 150),
        *talk(first, last),
        line("请输入消息，按住可以说话", 180, 2300),
    ]


def pictured(number: int, lines: list[Line], **fields: Any) -> Pictured:
    given: dict[str, Any] = {
        "media_type": "image/png",
        "received_at": RECEIVED,
        "width": WIDTH,
        "height": HEIGHT,
        **fields,
    }
    return Pictured(number=number, lines=tuple(lines), **given)


def at(moment: str) -> datetime:
    return shanghai(moment)
