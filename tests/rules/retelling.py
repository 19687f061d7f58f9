"""Works out a deadline from nothing but the English sentences that explain it.

It knows the words of the steps, the length of a month and how to walk over days one by one; nothing
here is taken from the code that counts.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{4}-\d\d-\d\d)"
MOMENT = DAY + r" (\d\d:\d\d(?::\d\d)?)"
LENGTH = re.compile(r"(\d+) (day|hour|minute|second)s?")
END = timedelta(hours=23, minutes=59, seconds=59)


class Telling:
    """The sentences of one deadline, and the dates that follow from them."""

    def __init__(self, sentences: Iterable[tuple[str, str]], zone: ZoneInfo) -> None:
        self.sentences = list(sentences)
        self.zone = zone

    def of(self, *keys: str) -> list[str]:
        return [sentence for key, sentence in self.sentences if key in keys]

    def start(self) -> datetime:
        """The last sentence that says from when it is counted."""
        return self._moment(self.of("start", "restarted", "origin")[-1])

    def _moment(self, sentence: str) -> datetime:
        told = re.search(MOMENT, sentence)
        if told:
            return datetime.fromisoformat(f"{told[1]} {told[2]}").replace(tzinfo=self.zone)
        day = re.search(f"the end of {DAY}", sentence)
        assert day, f"no moment in {sentence!r}"
        return datetime.fromisoformat(day[1]).replace(tzinfo=self.zone) + END

    def last_day(self, amount: int, unit: str) -> date:
        """Where so many units end, walking day by day and leaving out every day that is said not to count."""
        first_counts = bool(self.of("included"))
        start = self.start().date()
        if unit in {"month", "year"}:
            end = self._same_number(start, amount * (12 if unit == "year" else 1), first_counts)
        else:
            left_out = self._days_in("skipped")
            day = start - ONE_DAY if first_counts else start
            left = amount * 7 if unit == "week" else amount
            while left:
                day += ONE_DAY
                left -= day not in left_out
            end = day
        for sentence in self.of("rolled"):
            days, target = sentence.split(": it ends on ")
            if end.isoformat() in days:
                end = date.fromisoformat(re.findall(DAY, target)[0])
        return end

    def _same_number(self, start: date, months: int, first_counts: bool) -> date:
        year, month = start.year, start.month
        for _month in range(months):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        length = monthrange(year, month)[1]
        if start.day > length:
            return date(year, month, length)
        end = date(year, month, start.day)
        return end - ONE_DAY if first_counts else end

    def _days_in(self, key: str) -> set[date]:
        return {date.fromisoformat(day) for sentence in self.of(key) for day in re.findall(DAY, sentence)}

    def after(self, length: timedelta) -> datetime:
        return (self.start().astimezone(UTC) + length).astimezone(self.zone)

    def desk_time(self) -> datetime:
        """The end of the last stretch at the desk, when the stretches together are the length told."""
        sentence = self.of("plus")[-1]
        total = timedelta()
        for length in re.findall(r"\((.*?)\)", sentence):
            total += sum(
                (timedelta(**{f"{unit}s": int(n)}) for n, unit in LENGTH.findall(length)), timedelta()
            )
        wanted = re.match(r"Plus (\d+) desk hours?", sentence)
        assert wanted and total == timedelta(hours=int(wanted[1])), sentence
        moments = re.findall(MOMENT, sentence.replace("the end of ", ""))
        day, clock = moments[-1]
        return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=self.zone)


def recompute(sentences: Iterable[tuple[str, str]], zone: ZoneInfo) -> datetime:
    """When it is due, by the sentences alone; `sentences` are (key, English sentence) in order."""
    telling = Telling(sentences, zone)
    if telling.of("desk"):
        return telling.desk_time()
    usual = re.search(r"= (\d+) (\w+?)s?\.$", telling.of("length")[-1]) if telling.of("length") else None
    plain = (
        re.search(r"Plus (\d+) (\w+?)s?(?: =|\.)", telling.of("length")[-1]) if telling.of("length") else None
    )
    if amount := (plain or usual):
        day = telling.last_day(int(amount[1]), amount[2])
        return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=zone)
    if telling.of("plus"):
        number, unit = re.search(r"Plus (\d+) (hour|minute)", telling.of("plus")[-1]).groups()
        end = telling.after(timedelta(**{f"{unit}s": int(number)}))
        return end.replace(hour=23, minute=59, second=59, microsecond=0) if telling.of("until") else end
    return telling._moment(telling.of("due")[-1])
