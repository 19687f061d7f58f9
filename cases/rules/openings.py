"""Whether a channel can be reached now, else when: the facts behind “open now, closes in 40 min”."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from cases.rules.channels import Channel

# So near the end the minutes are said instead of the hour.
CLOSING_SOON = timedelta(hours=1)
# Within this many days the name of the weekday is enough.
A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Opening:
    """How a channel stands at a moment, for one reader.

    `state`: "unknown" (nobody knows); "always"; "open"; "closing" (within the hour); "too_late" (open,
    with no time left to get through); "closed"; "never" (closed, with no opening in sight).
    `minutes_left` is up to closing, rounded down. `opens_at` is set for too_late and closed, and
    `opens_on` says how to name its day for the reader. `last_call` is the last sensible moment of the
    opening that can still be used, where there is a wait to reckon with. Moments are in the reader's
    zone.
    """

    state: Literal["unknown", "always", "open", "closing", "too_late", "closed", "never"]
    minutes_left: int | None = None
    closes_at: datetime | None = None
    last_call: datetime | None = None
    opens_at: datetime | None = None
    opens_on: Literal["", "today", "tomorrow", "weekday", "date"] = ""


def opening_of(channel: Channel, at: datetime, *, zone: tzinfo) -> Opening:
    """How the channel stands at that aware moment, told in the reader's zone."""
    hours = channel.hours
    if not hours.is_known:
        return Opening("unknown")
    if hours.kind == "always":
        return Opening("always")
    if not can_be_reached(channel, at):
        opens_at, is_open = hours.opens_at(at), hours.is_open(at)
        if opens_at is None:
            return Opening("never") if not is_open else _open(channel, at, zone)
        local = opens_at.astimezone(zone)
        return Opening(
            "too_late" if is_open else "closed",
            opens_at=local,
            opens_on=_name_of_day(local, at.astimezone(zone)),
            last_call=_last_call(channel, opens_at, zone),
        )
    return _open(channel, at, zone)


def can_be_reached(channel: Channel, at: datetime) -> bool:
    """Open, and with time left to get through; what nobody knows counts as reachable."""
    if channel.hours.is_open(at) is False:
        return False
    last = channel.hours.last_call(at, wait=channel.usual_wait, margin=channel.margin)
    return last is None or at <= last


def _open(channel: Channel, at: datetime, zone: tzinfo) -> Opening:
    closes_at = channel.hours.closes_at(at)
    if closes_at is None:
        return Opening("always")
    left = closes_at.astimezone(UTC) - at.astimezone(UTC)  # in one zone Python would skip the hour of DST
    return Opening(
        "closing" if left <= CLOSING_SOON else "open",
        minutes_left=left // timedelta(minutes=1),
        closes_at=closes_at.astimezone(zone),
        last_call=_last_call(channel, at, zone),
    )


def _last_call(channel: Channel, at: datetime, zone: tzinfo) -> datetime | None:
    if not channel.usual_wait and not channel.margin:
        return None
    last = channel.hours.last_call(at, wait=channel.usual_wait, margin=channel.margin)
    return last.astimezone(zone) if last else None


def _name_of_day(day: datetime, today: datetime) -> Literal["today", "tomorrow", "weekday", "date"]:
    days = (day.date() - today.date()).days
    if days < A_WEEK:
        return "today" if days == 0 else "tomorrow" if days == 1 else "weekday"
    return "date"
