"""What the user's own cases measured, beside what is usual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from cases.models import Outcome
from cases.rules.spread import Spread, usual_answer_time
from cases.services import insights as insight_service
from cases.services import playbooks
from cases.services.insights import Asked, ChannelMeasure, Ends, Insights
from cases.templatetags.display import text
from cases.views.list_filters import Choice, Group
from cases.views.playbook_words import BODIES
from cases.views.shown import span

OPENED = (
    ("", gettext_lazy("Ever")),
    ("month", gettext_lazy("In the last 30 days")),
    ("quarter", gettext_lazy("In the last 90 days")),
    ("year", gettext_lazy("In the last year")),
)


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


@dataclass(frozen=True, slots=True)
class LastChannel:
    """Where the last contact of `count` closed cases was, and who stands behind that channel; `recovered` of
    them got something.
    """

    name: str
    body: str
    count: int
    recovered: int


@require_safe
def insights(request: HttpRequest) -> HttpResponse:
    found = insight_service.insights_of(request.user, query=request.GET.dict(), at=timezone.now())
    context = {
        "found": found,
        "groups": _groups(found),
        "channels": [_shown(measure) for measure in found.channels],
        "promises": found.promises,
        "money": found.money,
        "ends": found.ends,
        "outcomes": _outcomes(found.ends),
        "last_channels": _last_channels(found.ends),
        "took": found.ends.spread and [span(time) for time in _parts(found.ends.spread)],
        "enough": insight_service.ENOUGH,
    }
    return render(request, "cases/insights.html", context)


def _parts(spread: Spread) -> tuple[timedelta, timedelta, timedelta]:
    return spread.middle, spread.low, spread.high


def _groups(found: Insights) -> list[Group]:
    """What may be chosen; platforms only where the cases have several."""
    asked = found.asked
    named = [(key, playbooks.playbook_named(key)) for key in found.playbooks]
    platforms = sorted(((key, text(one.name)) for key, one in named if one), key=lambda one: one[1])
    times = [Choice(name, _address(asked, span=key), key == asked.span) for key, name in OPENED]
    groups = [Group(_("Cases opened"), times, is_first=True)]
    if len(platforms) > 1 or asked.playbook:
        every = Choice(pgettext("platforms", "All"), _address(asked, playbook=""), not asked.playbook)
        ones = [Choice(name, _address(asked, playbook=key), key == asked.playbook) for key, name in platforms]
        groups.append(Group(_("Platform"), [every, *ones]))
    return groups


def _address(asked: Asked, **changed: str) -> str:
    query = {"span": asked.span, "playbook": asked.playbook, **changed}
    return "?" + urlencode({name: value for name, value in query.items() if value})


def _last_channels(ends: Ends) -> list[LastChannel]:
    return [
        LastChannel(
            text(ends.names[place].name) if place in ends.names else _("No contact was logged"),
            text(BODIES[ends.names[place].body]) if place in ends.names else "",
            count,
            ends.recovered[place],
        )
        for place, count in ends.channels.most_common()
    ]


def _outcomes(ends: Ends) -> list[tuple[str, int]]:
    """In the order of the outcomes, those that never came too: nought is an answer as well."""
    names = dict(Outcome.choices)
    return [(str(names[key]), ends.outcomes[key]) for key in Outcome.values if key]


def _shown(measure: ChannelMeasure) -> ShownChannel:
    spread = measure.spread if measure.is_enough else None
    usual = usual_answer_time(measure.channel)
    words = [span(time) for time in _parts(spread)] if spread else ["", "", ""]
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
    low, high = map(span, usual)
    # Two times may read the same, as seconds do.
    return high if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}
