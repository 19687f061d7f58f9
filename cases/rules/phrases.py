"""Days, moments and lengths of time as words, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from cases.rules.calendars import SkippedDay, WorkCalendar
from cases.rules.hours import Frame, OpeningHours
from cases.rules.text import Text

WEEKDAYS = tuple(zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
END_OF_DAY = time(23, 59, 59)
LIST_COMMA = Text("、", ", ")
ONE_DAY = timedelta(days=1)
# Up to so many workdays are told one by one, more of them in runs.
TOLD_ONE_BY_ONE = 10
# As many days of a calendar as are spoken of again and again.
REMEMBERED_DAYS = 4096
UNITS = {
    "seconds": ("秒", "second"),
    "minutes": ("分钟", "minute"),
    "hours": ("小时", "hour"),
    "desk_hours": ("个受理小时", "desk hour"),
    "days": ("天", "day"),
    "workdays": ("个工作日", "workday"),
    "weeks": ("周", "week"),
    "months": ("个月", "month"),
    "years": ("年", "year"),
}
MAKE_UP = Text("{day}，调休上班", "{day}, a make-up workday")


@lru_cache(REMEMBERED_DAYS)
def day_text(day: date) -> Text:
    chinese, english = WEEKDAYS[day.weekday()]
    return Text(f"{day.isoformat()}（周{chinese}）", f"{english} {day.isoformat()}")


def clock_text(moment: time) -> str:
    shown = f"{moment.hour:02}:{moment.minute:02}"
    return f"{shown}:{moment.second:02}" if moment.second else shown


def moment_text(at: datetime) -> Text:
    """A moment by the clock of its own zone; the last second of a day is called the day's end."""
    day, time_of_day = day_text(at.date()), at.time()
    if time_of_day.replace(microsecond=0) == END_OF_DAY:
        return Text(f"{day.zh_hans}结束时", f"the end of {day.en}")
    clock = clock_text(time_of_day)
    return Text(f"{day.zh_hans}{clock}", f"{day.en} {clock}")


def minutes_text(length: timedelta) -> Text:
    minutes = int(length / timedelta(minutes=1))
    return Text(f"{minutes} 分钟", f"{minutes} minute" if minutes == 1 else f"{minutes} minutes")


def units_text(count: int, unit: str) -> Text:
    """So many of a unit, as in “7 workdays”."""
    chinese, english = UNITS[unit]
    return Text(f"{count} {chinese}", f"{count} {english}" if count == 1 else f"{count} {english}s")


def length_text(length: timedelta) -> Text:
    """A length of time in days, hours, minutes and seconds, without those that are nothing."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    found = ((days, "days"), (hours, "hours"), (minutes, "minutes"), (seconds, "seconds"))
    parts = [units_text(count, unit) for count, unit in found if count]
    return Text.joined(parts, between=Text(" ", " ")) if parts else units_text(0, "minutes")


def counted_text(days: Sequence[date], calendar: WorkCalendar) -> Text:
    """Workdays with their numbers, make-up workdays named as such; many of them in runs of days."""
    runs = _runs(days, calendar) if len(days) > TOLD_ONE_BY_ONE else [(day, day) for day in days]
    told, number = [], 1
    for first, last in runs:
        length = (last - first).days + 1
        if length == 1:
            named = (
                MAKE_UP.fill(day=day_text(first)) if calendar.is_make_up_workday(first) else day_text(first)
            )
            told.append(Text("第 {n} 天 {day}", "{n}: {day}").fill(n=str(number), day=named))
        else:
            run = Text("第 {n} 天 {first}至 {last}", "{n}: {first} to {last}")
            numbers = f"{number}–{number + length - 1}"
            told.append(run.fill(n=numbers, first=day_text(first), last=day_text(last)))
        number += length
    return Text.joined(told, between=Text("；", "; "))


def _runs(days: Sequence[date], calendar: WorkCalendar) -> list[tuple[date, date]]:
    """Stretches of days without a gap; a make-up workday stands alone."""
    runs = [(days[0], days[0])]
    for before, day in pairwise(days):
        alone = calendar.is_make_up_workday(day) or calendar.is_make_up_workday(before)
        if day - before == ONE_DAY and not alone:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def desk_text(desk: OpeningHours) -> Text:
    """When a desk is open: once for all days alike, else day by day."""
    if len(set(desk.week)) == 1:
        return Text("每天 {frames}", "every day {frames}").fill(frames=_frames_text(desk.week[0]))
    told = [
        Text(f"周{chinese} {{frames}}", f"{english} {{frames}}").fill(frames=_frames_text(frames))
        for (chinese, english), frames in zip(WEEKDAYS, desk.week, strict=True)
        if frames
    ]
    return Text.joined(told, between=LIST_COMMA)


def _frames_text(frames: Sequence[Frame]) -> Text:
    told = [f"{one.opens:%H:%M}–{one.closes.strftime('%H:%M') if one.closes else '24:00'}" for one in frames]
    return Text("、".join(told), ", ".join(told))


def skipped_text(days: Iterable[SkippedDay]) -> Text:
    """Days that do not count, one by one, each with its name."""
    return Text.joined(
        (
            Text("{day}{name}", "{day} {name}").fill(day=day_text(skipped.on), name=skipped.name)
            for skipped in days
        ),
        between=LIST_COMMA,
    )
