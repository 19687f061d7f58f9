"""Days, moments and lengths of time as words, in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from cases.rules.calendars import SkippedDay, WorkCalendar
from cases.rules.text import Text

WEEKDAYS = tuple(zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
END_OF_DAY = time(23, 59, 59)
LIST_COMMA = Text("、", ", ")
MAKE_UP = Text("{day}，调休上班", "{day}, a make-up workday")


def day_text(day: date) -> Text:
    chinese, english = WEEKDAYS[day.weekday()]
    return Text(f"{day.isoformat()}（周{chinese}）", f"{english} {day.isoformat()}")


def clock_text(moment: time) -> str:
    return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")


def moment_text(at: datetime) -> Text:
    """A moment by the clock of its own zone; the last second of a day is called the day's end."""
    if at.time().replace(microsecond=0) == END_OF_DAY:
        return Text("{day}结束时", "the end of {day}").fill(day=day_text(at.date()))
    clock = clock_text(at.time())
    return Text(f"{{day}}{clock}", f"{{day}} {clock}").fill(day=day_text(at.date()))


def minutes_text(length: timedelta) -> Text:
    minutes = int(length / timedelta(minutes=1))
    return Text(f"{minutes} 分钟", f"{minutes} minute" if minutes == 1 else f"{minutes} minutes")


def workdays_text(count: int) -> Text:
    return Text(f"{count} 个工作日", f"{count} workday" if count == 1 else f"{count} workdays")


def counted_text(days: Iterable[date], calendar: WorkCalendar) -> Text:
    """Workdays with their numbers, make-up workdays named as such."""
    return Text.joined(
        (
            Text("第 {n} 天 {day}", "{n}: {day}").fill(
                n=str(number),
                day=MAKE_UP.fill(day=day_text(day)) if calendar.is_make_up_workday(day) else day_text(day),
            )
            for number, day in enumerate(days, start=1)
        ),
        between=Text("；", "; "),
    )


def skipped_text(days: Iterable[SkippedDay]) -> Text:
    """Days that do not count, one by one, each with its name."""
    return Text.joined(
        (
            Text("{day}{name}", "{day} {name}").fill(day=day_text(skipped.on), name=skipped.name)
            for skipped in days
        ),
        between=LIST_COMMA,
    )
