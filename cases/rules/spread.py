"""How answer times lie: their middle, and the half of them around it; beside what a source calls usual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median, quantiles

from cases.rules.channels import Channel

UNITS = {
    "seconds": timedelta(seconds=1),
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
}


@dataclass(frozen=True, slots=True)
class Spread:
    """Of `count` times, one half lies between `low` and `high`, and as many below `middle` as above."""

    count: int
    low: timedelta
    middle: timedelta
    high: timedelta


def spread_of(times: Sequence[timedelta]) -> Spread | None:
    """None of nothing; one time is its own middle. Quartiles are inclusive: none lies outside the times."""
    if not times:
        return None
    seconds = sorted(time.total_seconds() for time in times)
    quarters = quantiles(seconds, n=4, method="inclusive") if len(seconds) > 1 else seconds * 3
    low, high = (timedelta(seconds=round(one)) for one in (quarters[0], quarters[2]))
    return Spread(len(seconds), low, timedelta(seconds=round(median(seconds))), high)


def usual_answer_time(channel: Channel) -> tuple[timedelta, timedelta] | None:
    """From and to, of a channel whose source names it in hours or less; equal for a single number.

    Waits for several subjects make one range. What holds for all merchants goes before what holds for some.
    Workdays are no length of time: None.
    """
    if channel.waits:
        waits = [one.wait for one in channel.waits]
        return min(waits), max(waits)
    times = [figure for figure in channel.figures if figure.key.startswith("answer_time")]
    known = sorted((one for one in times if one.unit in UNITS), key=lambda one: bool(one.merchants))
    if not known:
        return None
    unit = UNITS[known[0].unit]
    return known[0].low * unit, known[0].high * unit
