"""Opening hours: when a channel can be reached, and until when it makes sense to try."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

# A week and a day: every weekly pattern has shown itself once, whatever day it starts on.
HORIZON_IN_DAYS = 8
# Long enough to get past the longest row of days off.
HORIZON_WITH_DAYS_OFF = 40
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Frame:
    """From `opens` up to, but not at, `closes`; `closes` None is the end of the day."""

    opens: time
    closes: time | None


Week = tuple[tuple[Frame, ...], ...]


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When something is open, in one zone.

    `week` holds the frames of Monday to Sunday in ascending order; `days_off`, when given, are the
    frames of statutory days off, which `is_day_off` knows. Every moment handed in is aware; every
    moment handed out is in `zone`.
    """

    kind: Literal["frames", "always", "unknown"]
    zone: ZoneInfo
    week: Week = ((),) * 7
    days_off: tuple[Frame, ...] | None = None
    is_day_off: Callable[[date], bool] | None = None

    @classmethod
    def always(cls, zone: ZoneInfo) -> OpeningHours:
        return cls("always", zone)

    @classmethod
    def unknown(cls, zone: ZoneInfo) -> OpeningHours:
        return cls("unknown", zone)

    @property
    def is_known(self) -> bool:
        return self.kind != "unknown"

    def is_open(self, at: datetime) -> bool | None:
        """Whether it is open at that moment; None when nobody knows."""
        if self.kind != "frames":
            return True if self.kind == "always" else None
        return self._frame_of(at) is not None

    def closes_at(self, at: datetime) -> datetime | None:
        """When the present opening ends; None when closed, always open or unknown."""
        frame = self._frame_of(at) if self.kind == "frames" else None
        return frame[1] if frame else None

    def opens_at(self, after: datetime) -> datetime | None:
        """The start of the next opening later than `after`; None when always open, unknown or never."""
        if self.kind != "frames":
            return None
        return next((opens for opens, _closes in self._openings(after) if opens > after), None)

    def last_call(self, at: datetime, *, wait: timedelta, margin: timedelta) -> datetime | None:
        """The last moment that leaves time to wait: closing minus `wait` minus `margin`.

        Of the present opening, or of the next one when it is closed. May lie before `at` when
        closing is near; never before the opening itself. None when there is no closing.
        """
        if self.kind != "frames":
            return None
        opening = self._frame_of(at) or next(
            (opening for opening in self._openings(at) if opening[0] > at), None
        )
        return max(opening[0], opening[1] - wait - margin) if opening else None

    def _frame_of(self, at: datetime) -> tuple[datetime, datetime] | None:
        return next((opening for opening in self._openings(at) if opening[0] <= at < opening[1]), None)

    def _openings(self, near: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Openings from the day before `near` on; what runs through midnight is one opening."""
        horizon = HORIZON_IN_DAYS if self.days_off is None else HORIZON_WITH_DAYS_OFF
        first = near.astimezone(self.zone).date() - ONE_DAY
        current: tuple[datetime, datetime] | None = None
        for offset in range(horizon + 2):
            day = first + offset * ONE_DAY
            for frame in self._frames_on(day):
                opens = datetime.combine(day, frame.opens, self.zone)
                closes = (
                    datetime.combine(day + ONE_DAY, time.min, self.zone)
                    if frame.closes is None
                    else datetime.combine(day, frame.closes, self.zone)
                )
                if current and current[1] == opens:
                    current = (current[0], closes)
                    continue
                if current:
                    yield current
                current = (opens, closes)
        if current:
            yield current

    def _frames_on(self, day: date) -> tuple[Frame, ...]:
        if self.days_off is not None and self.is_day_off is not None and self.is_day_off(day):
            return self.days_off
        return self.week[day.weekday()]
