"""The hours of a night, or of any part of a day, in which nobody wants to be reminded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` up to, not including, `end`, every day on the clock of `zone`; they may span midnight.

    The same time twice is no quiet hour at all. Moments are aware; those given back are in UTC, since a
    moment of the hour that comes twice equals none in another zone.
    """

    start: time
    end: time
    zone: ZoneInfo

    def hold(self, at: datetime) -> bool:
        """Whether `at` lies in them, by what a clock on the wall shows."""
        shown = at.astimezone(self.zone).time()
        if self.start <= self.end:
            return self.start <= shown < self.end
        return shown >= self.start or shown < self.end

    def beginning(self, at: datetime) -> datetime:
        """When the quiet hours that hold at `at` began."""
        local = at.astimezone(self.zone)
        day = local.date() if local.time() >= self.start else local.date() - timedelta(days=1)
        # Of a time that comes twice the later one, unless it is still ahead.
        second = self._on(day, self.start.replace(fold=1))
        return second if second <= at else self._on(day, self.start)

    def ending(self, at: datetime) -> datetime:
        """When the quiet hours that hold at `at` end."""
        local = at.astimezone(self.zone)
        day = local.date() if local.time() < self.end else local.date() + timedelta(days=1)
        first = self._on(day, self.end)
        # In the hour that comes twice the clock may show the end once more.
        return first if first > at else self._on(day, self.end.replace(fold=1))

    def _on(self, day: date, shown: time) -> datetime:
        """The moment of that day at which the clock shows that time. One that the change to summer time
        leaves out lies before the jump or after it, by its `fold`; no clock ever shows it.
        """
        return datetime.combine(day, shown, self.zone).astimezone(UTC)
