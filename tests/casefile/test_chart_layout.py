from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cases.casefile.axis import WIDTH, strips
from cases.casefile.chart_layout import placed

DAYS = st.lists(st.dates(date(2020, 1, 1), date(2032, 12, 31)), min_size=1, max_size=60, unique=True).map(
    sorted
)


def bar(number: int, begins: date, ends: date) -> dict[str, Any]:
    return {
        "title": f"Deadline {number}", "state": "Open", "from": f"{begins}T09:00:00+08:00",
        "to": f"{ends}T21:00:00+08:00", "is_open_ended": False, "at": "", "mark": "", "style": "mine",
    }  # fmt: skip


def chart(days: list[date], *, contacts: list[date] = [], bars: list[dict[str, Any]] = []) -> dict[str, Any]:  # noqa: B006
    marks = [
        {"at": f"{day}T10:00:00+08:00", "text": str(number), "style": "silent"}
        for number, day in enumerate(contacts, start=1)
    ]
    return {
        "words": {}, "alt": "", "days": [day.isoformat() for day in days], "days_off": [], "holidays": [],
        "now": f"{days[-1]}T12:00:00+08:00", "contacts": marks, "answers": [], "events": [], "bars": bars,
    }  # fmt: skip


@given(days=DAYS)
def test_every_day_that_matters_is_in_a_strip_and_none_is_wider_than_the_paper(days: list[date]):
    rows = strips(days)

    drawn = {cell.day for row in rows for cell in row.cells if not cell.skipped}
    assert set(days) <= drawn
    assert all(row.cells[-1].x + row.cells[-1].width <= WIDTH + 0.1 for row in rows)
    for row in rows:
        assert [cell.day for cell in row.cells] == sorted(cell.day for cell in row.cells)
        assert all(one.end == other.day for one, other in zip(row.cells, row.cells[1:], strict=False))


@given(days=DAYS)
def test_later_moments_lie_further_to_the_right(days: list[date]):
    for row in strips(days):
        moments = [f"{day}T{hour:02}:00:00+08:00" for day in days for hour in (0, 12, 23)]
        held = [row.x(moment) for moment in moments if row.holds(moment)]
        assert held == sorted(held)


def test_three_days_are_as_wide_as_days_may_be():
    [row] = strips([date(2026, 9, 1), date(2026, 9, 3)])

    told = [(cell.day.day, cell.x, cell.width) for cell in row.cells]
    assert told == [
        (1, 0, 18),
        (2, 18, 18),
        (3, 36, 18),
    ]
    assert row.x("2026-09-02T12:00:00+08:00") == 27.0


def test_a_year_without_anything_is_left_out_and_says_how_long_it_is():
    [row] = strips([date(2026, 1, 1), date(2027, 1, 1)])

    assert [(cell.day, cell.skipped) for cell in row.cells] == [
        (date(2026, 1, 1), 0),
        (date(2026, 1, 2), 364),
        (date(2027, 1, 1), 0),
    ]


@given(
    days=DAYS,
    spans=st.lists(st.tuples(st.integers(0, 59), st.integers(0, 59)), max_size=40),
    contacts=st.lists(st.integers(0, 59), max_size=40),
)
def test_what_is_drawn_and_what_found_no_room_is_all_there_is(
    days: list[date], spans: list[tuple[int, int]], contacts: list[int]
):
    last = len(days) - 1
    bars = [
        bar(number, *sorted((days[min(one, last)], days[min(other, last)])))
        for number, (one, other) in enumerate(spans)
    ]
    told = placed(chart(days, contacts=[days[min(one, last)] for one in contacts], bars=bars))

    marks = [mark for panel in told["panels"] for lane in panel["lanes"] for mark in lane["marks"]]
    titles = {drawn["title"] for panel in told["panels"] for drawn in panel["bars"]}
    assert len(marks) + len(titles) + told["unplaced"] == len(contacts) + len(bars)
    assert all(panel["height"] <= 3 * (8 * 4.6 + 1.6) + 16 * 8.4 for panel in told["panels"])


def test_marks_of_one_row_do_not_touch():
    noon = [date(2026, 9, 1)] * 5
    [panel] = placed(chart([date(2026, 9, 1), date(2026, 9, 2)], contacts=noon))["panels"]

    assert [mark["y"] for mark in panel["lanes"][0]["marks"]] == [0.0, 4.6, 9.2, 13.8, 18.4]


def test_the_ninth_mark_of_one_moment_finds_no_room_and_is_counted():
    told = placed(chart([date(2026, 9, 1)], contacts=[date(2026, 9, 1)] * 9))

    assert told["unplaced"] == 1


def test_thousands_of_deadlines_are_drawn_on_forty_panels_and_the_rest_is_counted():
    first = date(2026, 1, 1)
    ends = [first + timedelta(days=7 * number) for number in range(3000)]
    told = placed(
        chart([first, *ends[1:]], bars=[bar(number, first, end) for number, end in enumerate(ends)])
    )

    assert len(told["panels"]) == 40
    assert told["unplaced"] == 3000 - len({one["title"] for panel in told["panels"] for one in panel["bars"]})
