"""The beat that ticks by elapsed time, so that a wall clock set forth and back cannot stall it."""

from __future__ import annotations

import time
from typing import Any

from celery.beat import ScheduleEntry, Scheduler
from celery.schedules import schedule


class Metronome(Scheduler):
    """Sends each entry of CELERY_BEAT_SCHEDULE at once at the start, then every `schedule` seconds.

    Celery's own scheduler compares wall-clock times: after the clock jumped a day ahead and back, it
    waits that day out. Nothing is kept on disk for the same reason.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._next: dict[str, float] = {}
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; return the seconds until the next entry is."""
        for name, entry in list(self.schedule.items()):
            now = time.monotonic()
            if now >= self._next.get(name, now):
                self._next[name] = now + self.seconds_between(entry)
                self.reserve(entry)
                self.apply_entry(entry, producer=self.producer)
        return max(min(self._next.values(), default=0) - time.monotonic(), 0.0)

    @staticmethod
    def seconds_between(entry: ScheduleEntry) -> float:
        """Seconds from one sending to the next; an entry at times of day has none and is refused."""
        if not isinstance(entry.schedule, schedule):
            raise TypeError(f"{entry.name} is not scheduled by a number of seconds.")
        return float(entry.schedule.seconds)
