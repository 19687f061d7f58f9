"""Says opening hours, as a playbook file writes them, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from cases.rules.schema_hours import WEEKDAYS
from cases.rules.text import Text

_CHINESE_DAYS = "一二三四五六日"


def opening_words(hours: str | Mapping[str, Sequence[str]]) -> Text:
    """Opening hours in words: days that open alike are told together."""
    if hours == "always":
        return Text("全天 24 小时", "24 hours a day")
    if isinstance(hours, str):
        return Text("不清楚", "Not known")
    daily = list(hours.get("daily", ()))
    week = [list(hours.get(day, daily)) for day in WEEKDAYS]
    told = [
        _days_words([number for number, _frames in days], frames)
        for frames, days in groupby(enumerate(week), key=lambda item: item[1])
    ]
    if "days_off" in hours:
        told.append(_told(Text("法定节假日", "public holidays"), hours["days_off"]))
    joined = Text.joined(told, between=Text("；", "; "))
    return Text(joined.zh_hans, joined.en[:1].upper() + joined.en[1:])


def _days_words(days: Sequence[int], frames: Sequence[str]) -> Text:
    first, last = days[0], days[-1]
    if len(days) == len(WEEKDAYS):
        return _told(Text("每天", "every day"), frames)
    if first == last:
        return _told(Text(f"周{_CHINESE_DAYS[first]}", WEEKDAYS[first].title()), frames)
    chinese = f"周{_CHINESE_DAYS[first]}至周{_CHINESE_DAYS[last]}"
    return _told(Text(chinese, f"{WEEKDAYS[first].title()} to {WEEKDAYS[last].title()}"), frames)


def _told(days: Text, frames: Sequence[str]) -> Text:
    if not frames:
        return Text(f"{days.zh_hans}休息", f"{days.en} closed")
    times = [frame.replace("-", "–") for frame in frames]
    return Text(f"{days.zh_hans} {'、'.join(times)}", f"{days.en} {' and '.join(times)}")
