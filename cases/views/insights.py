"""What the user's own cases measured, beside what is usual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.models import Outcome
from cases.rules.spread import Spread, usual_answer_time
from cases.services import insights as insight_service
from cases.services.insights import ChannelMeasure, Ends
from cases.views.shown import span


@dataclass(frozen=True, slots=True)
class DrawnTimes:
    """Places on a line from nothing to `end`, in per cent of it; `usual_…` where a source says it."""

    low: int
    middle: int
    high: int
    end: str
    usual_from: int | None = None
    usual_to: int | None = None


@dataclass(frozen=True, slots=True)
class ShownChannel:
    """A measured channel in words; `drawn` only where there are enough answers."""

    measure: ChannelMeasure
    middle: str
    low: str
    high: str
    usual: str
    drawn: DrawnTimes | None


@require_safe
def insights(request: HttpRequest) -> HttpResponse:
    found = insight_service.insights_of(request.user)
    context = {
        "channels": [_shown(measure) for measure in found.channels],
        "promises": found.promises,
        "money": found.money,
        "ends": found.ends,
        "outcomes": _outcomes(found.ends),
        "last_channels": [
            (found.ends.names[key].name, count) for key, count in found.ends.channels.most_common()
        ],
        "took": span(found.ends.spread.middle) if found.ends.spread else "",
        "enough": insight_service.ENOUGH,
    }
    return render(request, "cases/insights.html", context)


def _outcomes(ends: Ends) -> list[tuple[str, int]]:
    """In the order of the outcomes, those that never came too: nought is an answer as well."""
    names = dict(Outcome.choices)
    return [(str(names[key]), ends.outcomes[key]) for key in Outcome.values if key]


def _shown(measure: ChannelMeasure) -> ShownChannel:
    spread = measure.spread if measure.is_enough else None
    usual = usual_answer_time(measure.channel)
    words = [span(time) for time in (spread.middle, spread.low, spread.high)] if spread else ["", "", ""]
    return ShownChannel(measure, *words, usual=_range(usual), drawn=_drawn(spread, usual) if spread else None)


def _drawn(spread: Spread, usual: tuple[timedelta, timedelta] | None) -> DrawnTimes:
    """To the longest time on it and a tenth more."""
    longest = max(spread.high, usual[1] if usual else timedelta(0), timedelta(minutes=1)) * 1.1

    def place(time: timedelta) -> int:
        return round(100 * (time / longest))

    return DrawnTimes(
        low=place(spread.low),
        middle=place(spread.middle),
        high=place(spread.high),
        end=span(longest),
        usual_from=place(usual[0]) if usual else None,
        usual_to=place(usual[1]) if usual else None,
    )


def _range(usual: tuple[timedelta, timedelta] | None) -> str:
    if usual is None:
        return ""
    low, high = usual
    return span(high) if low == high else _("%(low)s to %(high)s") % {"low": span(low), "high": span(high)}
