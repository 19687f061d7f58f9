"""Where a moment stands on the picture of what is due: five stretches of time, all of the same width.

A true scale would put a hotline that closes tonight and a claim that lapses in three years into one point
and an empty line. The nearer a stretch is, the more room each of its hours gets.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo
from itertools import pairwise

# What is over, the rest of today, the seven days after it, up to thirty days, and all that is further off.
STRETCHES = ("past", "today", "week", "month", "later")
WIDTH = 100 // len(STRETCHES)
# One week of lateness fills the first stretch; what is later still stands at its edge.
LONGEST_PAST = timedelta(days=7)
WEEK, MONTH, YEAR = timedelta(days=7), timedelta(days=30), timedelta(days=365)
# Now is the line between the first stretch and the second.
NOW = WIDTH


def place(moment: datetime, *, now: datetime, zone: tzinfo) -> int:
    """Per cent of the picture's width, 0 to 100; `moment` and `now` are aware, days end in `zone`.

    Within a stretch time runs evenly. The last one ends a year later; what is beyond stands at its edge.
    """
    if moment < now:
        return round(NOW - WIDTH * min((now - moment) / LONGEST_PAST, 1))
    tonight = midnight_after(now, zone)
    edges = (now, tonight, tonight + WEEK, tonight + MONTH, tonight + YEAR)
    for number, (start, end) in enumerate(pairwise(edges), start=1):
        if moment <= end:
            return round(WIDTH * (number + (moment - start) / (end - start)))
    return 100


def midnight_after(now: datetime, zone: tzinfo) -> datetime:
    """The end of the day that it is in `zone`, as an aware moment of that zone."""
    day = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time.min, tzinfo=zone)
