"""The part of the schema that reads opening hours."""

from __future__ import annotations

import re
from datetime import date, time
from functools import partial
from itertools import pairwise
from zoneinfo import ZoneInfo

from cases.rules.calendars import work_calendar
from cases.rules.hours import Frame, OpeningHours
from cases.rules.reading import Table

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FRAME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)")
# 24:00 is written for the end of the day, which no time of day can say.
END = time.max


def read_hours(channel: Table, zone: ZoneInfo, calendar: str) -> OpeningHours:
    """`hours = "always"`, `hours = "unknown"`, or a table of frames by weekday."""
    if isinstance(channel.data.get("hours"), str):
        word = channel.one_of("hours", ("always", "unknown"))
        return OpeningHours.always(zone) if word == "always" else OpeningHours.unknown(zone)
    return read_frames(channel, "hours", zone, calendar)


def read_frames(parent: Table, key: str, zone: ZoneInfo, calendar: str) -> OpeningHours:
    """A table of frames by weekday.

    In it `daily` stands for all seven days, a weekday's own list wins over it, and `days_off` holds
    for statutory days off of the calendar; an empty list is a day that is closed.
    """
    table = parent.table(key)
    before = len(parent.mistakes.found)
    daily = _frames(table, "daily") or ()
    week = tuple(daily if (own := _frames(table, day)) is None else own for day in WEEKDAYS)
    days_off = _frames(table, "days_off")
    # Frames that could not be read have been spoken of already.
    if parent.has(key) and not any(week) and len(parent.mistakes.found) == before:
        parent.wrong(key, "has no time at which it is open; give daily or weekdays, or write “unknown”.")
    table.done()
    return OpeningHours("frames", zone, week, days_off, partial(is_statutory_day_off, calendar))


def is_statutory_day_off(calendar: str, day: date) -> bool:
    return work_calendar(calendar).day_off_name(day) is not None


def _frames(table: Table, key: str) -> tuple[Frame, ...] | None:
    """The frames of one key in order; None when the key is not there."""
    if not table.has(key):
        return None
    value = table.data[key]
    if not isinstance(value, list):
        table.wrong(key, 'must be a list of times such as "09:00-21:00"; an empty list is closed.')
        return ()
    frames = [frame for item in value if (frame := _frame(table, key, item))]
    for earlier, later in pairwise(frames):
        if (earlier.closes or END) > later.opens:
            table.wrong(
                key, f"{later.opens:%H:%M} begins before the time in front of it ends; put them in order."
            )
    return tuple(frames)


def _frame(table: Table, key: str, value: object) -> Frame | None:
    match = FRAME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        table.wrong(key, f"“{value}” is no time of opening; write it as 09:00-21:00, in 24 hours.")
        return None
    opens = time(int(match[1]), int(match[2]))
    closes = time(int(match[3]), int(match[4])) if match[3] else None
    if closes is not None and closes <= opens:
        table.wrong(
            key, f"“{value}” ends before it begins; through midnight, write …-24:00 and 00:00-… the next day."
        )
        return None
    return Frame(opens, closes)
