"""Places the items of the picture of the timeline on the paper: millimetres for the template. No Django."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from cases.casefile.axis import WIDTH, Strip, strips
from cases.casefile.room import width

# Millimetres: a row of marks and of bars, the round mark, a sign of the small print as wide as it is high.
LANE_ROW, BAR_ROW, ROUND, SIGN = 4.6, 8.4, 4.2, 2.3
# Rows of marks above each other, and bars in one panel; a panel must fit on a page.
ROWS_AT_MOST, BARS_AT_MOST = 8, 16
LANES = ("contacts", "answers", "events")
# Some twenty pages: a case that needs more is read in the list.
PANELS_AT_MOST = 40
# Between two labels of the axis.
LABEL_ROOM = 12.0

Item = dict[str, Any]


def placed(chart: Item) -> Item:
    """The same chart as panels, each a block that is not torn; every text as it came."""
    days = [date.fromisoformat(day) for day in chart["days"]]
    off, rows = frozenset(chart["days_off"]), strips(days)
    all_panels = (panel for strip in rows for panel in _panels(strip, chart, off))
    panels = list(islice(all_panels, PANELS_AT_MOST))
    drawn = {cell.day.isoformat() for strip in rows for cell in strip.cells if not cell.skipped}
    return {
        "words": chart["words"],
        "alt": chart["alt"],
        "panels": panels,
        "holidays": _holidays([one for one in chart["holidays"] if one["day"] in drawn]),
        "unplaced": sum(len(chart[name]) for name in LANES) + len(chart["bars"]) - _drawn(panels),
    }


def _drawn(panels: Sequence[Item]) -> int:
    """How many marks and bars are in the panels; a bar that goes on from one strip to the next is one."""
    marks = sum(len(lane["marks"]) for panel in panels for lane in panel["lanes"])
    return marks + len({bar["number"] for panel in panels for bar in panel["bars"]})


def _panels(strip: Strip, chart: Item, off: frozenset[str]) -> Iterator[Item]:
    bars = [
        {**_bar(bar, strip), "number": number}
        for number, bar in enumerate(chart["bars"])
        if _touches(bar, strip)
    ]
    lanes: list[Item] = []
    y = 0.0
    for name in LANES:
        marks, rows = _marks([one for one in chart[name] if strip.holds(one["at"])], strip)
        if marks:
            lanes.append({"name": name, "y": round(y, 2), "height": rows * LANE_ROW + 1.6, "marks": marks})
            y += rows * LANE_ROW + 1.6
    for first in range(0, max(len(bars), 1), BARS_AT_MOST):
        here = [{**bar, "y": round(y + n * BAR_ROW, 2)} for n, bar in enumerate(bars[first:][:BARS_AT_MOST])]
        yield {
            "width": round(strip.cells[-1].x + strip.cells[-1].width, 2),
            "height": round(y + len(here) * BAR_ROW, 2),
            "cells": _cells(strip, off),
            "lanes": lanes,
            "bars": here,
            "now": strip.x(chart["now"]) if strip.holds(chart["now"]) else None,
        }
        # The bars that follow have a panel with the same days, and no marks once more.
        lanes, y = [], 0.0


def _cells(strip: Strip, off: frozenset[str]) -> list[Item]:
    cells: list[Item] = []
    month, last = "", -LABEL_ROOM
    for cell in strip.cells:
        day, is_new = cell.day.isoformat(), cell.day.isoformat()[:7] != month
        label = day[:7] if not cell.skipped and is_new and cell.x - last >= LABEL_ROOM - 0.5 else ""
        if label:
            month, last = label, cell.x
        cells.append(
            {
                "x": cell.x,
                "width": cell.width,
                "skipped": cell.skipped,
                "day": day[8:],
                "month": label,
                "is_off": not cell.skipped and day in off,
            }
        )
    return cells


def _marks(items: Sequence[Item], strip: Strip) -> tuple[list[Item], int]:
    """The marks of one lane that there is room for, and how many rows they take."""
    ends: list[float] = []
    marks = []
    for item in items:
        x, is_round = strip.x(item["at"]), item["style"] in ("answered", "silent")
        wide = ROUND if is_round else _width(item["text"])
        flips = not is_round and x + wide > WIDTH and x >= wide
        start = x - wide / 2 if is_round else x - wide if flips else x
        row = next((n for n, end in enumerate(ends) if end + 0.6 <= start), len(ends))
        if row >= ROWS_AT_MOST:
            continue
        ends[row : row + 1] = [start + wide]
        mark = {"x": x, "y": round(row * LANE_ROW, 2), "width": round(wide, 2), "flips": flips}
        marks.append({**mark, "text": item["text"], "style": item["style"]})
    return marks, len(ends)


def _touches(bar: Item, strip: Strip) -> bool:
    first, last = (
        date.fromisoformat(bar["from"][:10]),
        date.fromisoformat(max(bar["to"][:10], bar["at"][:10])),
    )
    return first < strip.end and strip.first <= last


def _bar(bar: Item, strip: Strip) -> Item:
    """Cut where the strip ends; `begins` and `ends` tell whether its own ends are in it."""
    return {
        "title": bar["title"],
        "state": bar["state"],
        "state_x": round(max(0.0, min(strip.x(bar["from"]), WIDTH - _width(bar["state"]))), 2),
        "style": bar["style"],
        "x1": strip.x(bar["from"]),
        "x2": strip.x(bar["to"]),
        "begins": strip.holds(bar["from"]),
        "ends": strip.holds(bar["to"]) and not bar["is_open_ended"],
        "mark": bar["mark"] if bar["at"] and strip.holds(bar["at"]) else "",
        "at": strip.x(bar["at"]) if bar["at"] else 0.0,
    }


def _holidays(days: Sequence[Item]) -> list[Item]:
    """Each public holiday once, with its first and its last day."""
    found: list[Item] = []
    for one in days:
        if found and found[-1]["name"] == one["name"] and found[-1]["first"][:4] == one["day"][:4]:
            found[-1]["last"] = one["day"]
        else:
            found.append({"name": one["name"], "first": one["day"], "last": one["day"]})
    return found


def _width(text: str | dict[str, str]) -> float:
    """About how wide a label is drawn, its frame included; never less than it is."""
    shown = text if isinstance(text, str) else f"{text['zh']} {text['en']}"
    return width(shown) * SIGN * 1.08 + 2.0
