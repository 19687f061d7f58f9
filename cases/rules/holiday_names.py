"""Days off and make-up workdays as the `holidays` library knows them, named in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version

from cases.rules.text import Text

ONE_DAY = timedelta(days=1)
# What the library appends to the name of a day off that makes up for a weekend.
SUFFIXES = ("（补假）", " (observed)")
# What the library calls a day off that was swapped for a working weekend; it has no name of its own.
SWAPPED = "休息日"
# For a country whose holidays differ by region: the region, and the language of the names.
REGIONS = {"US": (None, "en_US"), "GB": ("ENG", "en_GB")}
IN_CHINESE = {
    "Boxing Day": "节礼日",
    "Christmas Day": "圣诞节",
    "Columbus Day": "哥伦布日",
    "Coronation of Charles III": "查尔斯三世加冕",
    "Diamond Jubilee of Elizabeth II": "伊丽莎白二世登基六十周年",
    "Easter Monday": "复活节星期一",
    "Golden Jubilee of Elizabeth II": "伊丽莎白二世登基五十周年",
    "Good Friday": "耶稣受难日",
    "Independence Day": "美国独立日",
    "Juneteenth National Independence Day": "六月节",
    "Labor Day": "美国劳工节",
    "Late Summer Bank Holiday": "夏末银行假日",
    "Martin Luther King Jr. Day": "马丁·路德·金日",
    "May Day": "五月初银行假日",
    "Memorial Day": "阵亡将士纪念日",
    "New Year's Day": "元旦",
    "Platinum Jubilee of Elizabeth II": "伊丽莎白二世登基七十周年",
    "Spring Bank Holiday": "春季银行假日",
    "State Funeral of Queen Elizabeth II": "伊丽莎白二世国葬",
    "Thanksgiving Day": "感恩节",
    "Veterans Day": "退伍军人节",
    "Washington's Birthday": "华盛顿诞辰日",
    "Wedding of William and Catherine": "威廉王子大婚",
}


@dataclass(frozen=True, slots=True)
class Announced:
    """The days off of some years; `published` None stands for every year."""

    edition: str
    days_off: Mapping[date, Text]
    make_up_workdays: frozenset[date]
    published: frozenset[int] | None


def announced_in_china(years: range) -> Announced:
    """The State Council's days off, weekends within a holiday block included, and make-up workdays."""
    import holidays  # takes a quarter of a second: only when a calendar is asked for

    chinese = holidays.country_holidays("CN", years=years, language="zh_CN")
    english = holidays.country_holidays("CN", years=years, language="en_US")
    make_up = frozenset(day for day in chinese.weekend_workdays if day.year in years)
    named = {
        day: Text(_bare(name).replace("; ", "、"), _bare(english[day]).replace("; ", ", "))
        for day, name in chinese.items()
    }
    published = frozenset(day.year for day in make_up)
    return Announced(
        edition=f"CN {years[0]}-{max(published)} (holidays {version('holidays')})",
        days_off=_named_by_block(named, make_up),
        make_up_workdays=make_up,
        published=published,
    )


def by_law(code: str, years: range) -> Announced:
    """The holidays of a country of REGIONS: its laws tell them for every year."""
    import holidays

    region, language = REGIONS[code]
    found = holidays.country_holidays(code, subdiv=region, years=years, language=language)
    named = {day: _in_both(name) for day, name in found.items()}
    edition = f"{code} {years[0]}-{years[-1]} (holidays {version('holidays')})"
    return Announced(edition, named, frozenset(), None)


def nothing_announced() -> Announced:
    """Monday to Friday, whatever the day is called."""
    return Announced("weekdays", {}, frozenset(), None)


def _in_both(name: str) -> Text:
    parts = [_bare(part) for part in name.split("; ")]
    return Text("、".join(IN_CHINESE.get(part, part) for part in parts), ", ".join(parts))


def _named_by_block(named: Mapping[date, Text], make_up: frozenset[date]) -> dict[date, Text]:
    """Give the nameless days of a holiday block (swapped days, weekends in it) the name of the block."""
    own = {day: name for day, name in named.items() if not name.zh_hans.startswith(SWAPPED)}
    found = dict(own)
    for step in (ONE_DAY, -ONE_DAY):
        for day in sorted(own, reverse=step < timedelta(0)):
            name, neighbour = own[day], day + step
            while neighbour not in own and (
                neighbour in named or (neighbour.weekday() >= 5 and neighbour not in make_up)
            ):
                found.setdefault(neighbour, name)
                neighbour += step
    return found


def _bare(name: str) -> str:
    for suffix in SUFFIXES:
        name = name.replace(suffix, "")
    return name
