"""Deadlines as the screens show them: in words, with the time left, in the zone that counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Deadline, Whose
from cases.rules.events import MILESTONE_KINDS, EventPattern
from cases.services.playbooks import rule_of, zone_of_deadline

SOON = timedelta(hours=3)
NEAR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ShownDeadline:
    """A deadline with the words around it.

    `tone` is late, soon, near, calm, waiting (its window is not open yet), paused, met or dropped.
    """

    deadline: Deadline
    zone: tzinfo
    tone: str
    left: str

    @property
    def is_late(self) -> bool:
        return self.tone == "late"

    @property
    def can_wait(self) -> bool:
        """Whether nothing can be done about it yet."""
        return self.tone in {"waiting", "paused"}

    @property
    def answered_by(self) -> str:
        """What to offer as the way to meet it: a "promise" settled, an "exhibit", a "contact", another
        "milestone"; empty where nothing but the user's word does.
        """
        patterns = self._patterns()
        if any("promise_kept" in pattern.kinds for pattern in patterns):
            return "promise"
        ways = {pattern.kind for pattern in patterns}
        return next((way for way in ("exhibit", "contact", "milestone") if way in ways), "")

    @property
    def channel(self) -> str:
        """The channel to log, when only one can meet it; else empty."""
        names = {key for pattern in self._patterns() if pattern.kind == "contact" for key in pattern.channels}
        return names.pop() if len(names) == 1 else ""

    @property
    def milestone_asked(self) -> tuple[str, str]:
        """Kind and channel of the milestone that would meet it, a countdown before all; empty for what is
        not said.
        """
        first = next((pattern for pattern in self._patterns() if pattern.kind == "milestone"), None)
        if first is None:
            return "", ""
        kinds = [kind for kind in ("countdown_seen", *MILESTONE_KINDS) if kind in first.kinds]
        return next(iter(kinds), ""), next(iter(sorted(first.channels)), "")

    @property
    def snoozes(self) -> frozenset[str]:
        """What to offer for putting its reminders off: in three "hours", "tomorrow", in three "days".

        Not what would come when one's own deadline has ended.
        """
        if self.tone in {"paused", "met", "dropped"}:
            return frozenset()
        if self.deadline.whose == Whose.MINE and self.tone in {"soon", "near"}:
            within = {"soon": "", "near": "tomorrow" if self.deadline.in_days else "hours"}
            return frozenset({within[self.tone]} - {""})
        return frozenset({"tomorrow", "days"} if self.tone == "waiting" else {"hours", "tomorrow", "days"})

    def _patterns(self) -> tuple[EventPattern, ...]:
        found = rule_of(self.deadline)
        return tuple(met.pattern for met in found[1].met_by) if found else ()


def show(deadlines: Iterable[Deadline], *, at: datetime) -> list[ShownDeadline]:
    """The deadlines in the order given; each needs its case (select_related) for its zone."""
    return [_shown(deadline, at=at) for deadline in deadlines]


def _shown(deadline: Deadline, *, at: datetime) -> ShownDeadline:
    zone = zone_of_deadline(deadline)
    if deadline.dropped_at is not None:
        return ShownDeadline(deadline, zone, "dropped", _("no longer matters"))
    if deadline.met_at is not None:
        late = deadline.met_at > deadline.due_at
        return ShownDeadline(deadline, zone, "met", _("done, late") if late else _("done"))
    if deadline.is_paused:
        return ShownDeadline(deadline, zone, "paused", _("paused"))
    if deadline.window_from is not None and at < deadline.window_from:
        return ShownDeadline(deadline, zone, "waiting", _time_until(deadline.window_from, at, deadline, zone))
    return ShownDeadline(deadline, zone, _tone(deadline, at, zone), _left(deadline, at, zone))


def _tone(deadline: Deadline, at: datetime, zone: tzinfo) -> str:
    remaining = deadline.due_at - at
    if remaining < timedelta(0):
        return "late"
    if deadline.in_days:
        days = _days_between(at, deadline.due_at, zone)
        return "soon" if days == 0 else "near" if days == 1 else "calm"
    return "soon" if remaining <= SOON else "near" if remaining <= NEAR else "calm"


def _left(deadline: Deadline, at: datetime, zone: tzinfo) -> str:
    if deadline.due_at < at:
        if deadline.in_days:
            days = _days_between(deadline.due_at, at, zone)
            return ngettext("%(count)d day late", "%(count)d days late", days) % {"count": days}
        return _("%(time)s late") % {"time": span(at - deadline.due_at)}
    if deadline.in_days:
        days = _days_between(at, deadline.due_at, zone)
        if days == 0:
            return _("today")
        if days == 1:
            return _("tomorrow")
        return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}
    return _("%(time)s left") % {"time": span(deadline.due_at - at)}


def _time_until(opens_at: datetime, at: datetime, deadline: Deadline, zone: tzinfo) -> str:
    if deadline.in_days:
        days = _days_between(at, opens_at, zone)
        return ngettext("opens in %(count)d day", "opens in %(count)d days", days) % {"count": days}
    return _("opens in %(time)s") % {"time": span(opens_at - at)}


def span(length: timedelta) -> str:
    """A stretch of time in its two largest units, rounded down: 25 min, 3 h 10 min, 2 days."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return _("less than 1 min")
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        if minutes:
            return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
        return _("%(hours)d h") % {"hours": hours}
    days = hours // 24
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def _days_between(start: datetime, end: datetime, zone: tzinfo) -> int:
    """Calendar days from one to the other in the zone that counts, never by 24-hour steps."""
    return (timezone.localtime(end, zone).date() - timezone.localtime(start, zone).date()).days


def earliest_first(shown: Iterable[ShownDeadline]) -> list[ShownDeadline]:
    """Late ones first, then by the moment at which something can be done; what stands still comes last."""
    far = datetime.max.replace(tzinfo=UTC)
    return sorted(
        shown,
        key=lambda one: (
            not one.is_late,
            one.tone == "paused",
            (one.deadline.window_from if one.tone == "waiting" else one.deadline.due_at) or far,
        ),
    )
