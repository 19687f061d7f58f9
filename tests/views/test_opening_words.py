"""Opening hours in words, as the reader of a page sees them."""

from __future__ import annotations

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from cases.rules.channels import DraftStyle
from cases.rules.hours import Frame, OpeningHours
from cases.templatetags.openings import opening
from tests.rules.ladders import both, channel
from tests.rules.moments import SHANGHAI, shanghai

CALL = DraftStyle("call")
# Every day 9:00 to 21:00; of the office, Monday to Friday with a lunch break, closed at the weekend.
EVERY_DAY = OpeningHours("frames", SHANGHAI, week=((Frame(time(9), time(21)),),) * 7)
OFFICE = OpeningHours(
    "frames",
    SHANGHAI,
    week=(*((Frame(time(9), time(12)), Frame(time(13, 30), time(17))),) * 5, (), ()),
)
SHUT_FOR_A_FORTNIGHT = OpeningHours(
    "frames",
    SHANGHAI,
    week=((Frame(time(9), time(21)),),) * 7,
    days_off=(),
    is_day_off=lambda day: (2026, 9, 25) <= (day.year, day.month, day.day) <= (2026, 10, 8),
)


def words(hours, at, *, margin=0, style=CALL, zone=SHANGHAI):
    """What the badge says and the colour it has; 24 September 2026 is a Thursday."""
    reached = channel("line", hours=hours, margin=timedelta(minutes=margin), draft=style)
    with timezone.override(zone):
        found = opening(reached, shanghai(at))
    return found.words, found.tone, found.last_call


@pytest.mark.parametrize(
    ("hours", "at", "said"),
    [
        pytest.param(OpeningHours.always(SHANGHAI), "2026-09-24 03:00", "open now", id="always"),
        pytest.param(EVERY_DAY, "2026-09-24 12:00", "open now, until 21:00", id="open"),
        pytest.param(EVERY_DAY, "2026-09-24 20:20", "open now, closes in 40 min", id="soon closed"),
        pytest.param(
            EVERY_DAY, "2026-09-24 20:59:30", "open now, closes in less than a minute", id="almost closed"
        ),
    ],
)
def test_what_is_open_says_for_how_long(hours, at, said):
    assert words(hours, at) == (said, "met", "")


@pytest.mark.parametrize(
    ("hours", "at", "said"),
    [
        pytest.param(EVERY_DAY, "2026-09-24 07:00", "closed, opens today 9:00", id="in the morning"),
        pytest.param(EVERY_DAY, "2026-09-24 21:00", "closed, opens tomorrow 9:00", id="at night"),
        pytest.param(OFFICE, "2026-09-24 12:15", "closed, opens today 13:30", id="at lunch"),
        pytest.param(OFFICE, "2026-09-25 18:00", "closed, opens Monday 9:00", id="at the weekend"),
        pytest.param(
            SHUT_FOR_A_FORTNIGHT, "2026-09-24 22:00", "closed, opens Fri 9 Oct 9:00", id="in two weeks"
        ),
        pytest.param(OpeningHours("frames", SHANGHAI), "2026-09-24 12:00", "closed", id="never"),
    ],
)
def test_what_is_closed_says_when_it_opens(hours, at, said):
    assert words(hours, at) == (said, "soon", "")


def test_a_line_with_a_queue_says_until_when_to_dial():
    assert words(EVERY_DAY, "2026-09-24 20:20", margin=13)[2] == "dial by 20:47"
    assert words(EVERY_DAY, "2026-09-24 20:50", margin=13) == (
        "open, but too late to get through; opens tomorrow 9:00",
        "soon",
        "dial by 20:47",
    )
    assert words(EVERY_DAY, "2026-09-24 12:00", margin=13, style=DraftStyle())[2] == "get in touch by 20:47"


def test_what_nobody_knows_is_said_as_the_playbook_says_it():
    reached = channel("shop", hours=OpeningHours.unknown(SHANGHAI), opening=both("as the shop's"))

    assert opening(reached, shanghai("2026-09-24 12:00")).words == "as the shop's"


def test_the_times_are_those_of_the_readers_clock():
    assert words(EVERY_DAY, "2026-09-24 12:00", zone=ZoneInfo("Europe/London"))[0] == "open now, until 14:00"


def test_the_piece_of_a_page_is_a_badge():
    html = render_to_string(
        "cases/_open_now.html",
        {"channel": channel("line", hours=EVERY_DAY), "now": shanghai("2026-09-24 22:00")},
    )

    assert '<span class="badge badge-wrap badge-soon">closed, opens tomorrow ' in html
