"""The workday calendars with what an operator corrected."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext

from cases.models import CalendarDay, CalendarYear
from cases.rules.calendars import DayCorrection, work_calendar
from cases.rules.text import Text
from cases.services import calendars
from tests.running import CHECKOUT, clean_environment

# A Wednesday that is an ordinary workday, and a Sunday.
WEDNESDAY, SUNDAY = date(2026, 9, 30), date(2026, 9, 27)


def correct(day: date, works: bool, **fields: str) -> CalendarDay:
    fields = {"calendar": "CN", "source": "Notice 1", **fields}
    return CalendarDay.objects.create(day=day, works=works, **fields)


def test_without_corrections_it_is_the_shipped_calendar(db: None):
    for code in ("CN", "US", "GB", "weekdays"):
        assert calendars.calendar_of(code) is work_calendar(code)


def test_a_corrected_day_counts_as_the_operator_says(db: None):
    correct(WEDNESDAY, False, name_zh="特别假日", name_en="special holiday")
    correct(SUNDAY, True)

    calendar = calendars.calendar_of("CN")

    assert not calendar.is_workday(WEDNESDAY)
    assert calendar.day_off_name(WEDNESDAY) == Text("特别假日", "special holiday")
    assert calendar.is_make_up_workday(SUNDAY)
    # 28 and 29 September; the 30th is off now, National Day lasts until 7 October: the third is the 8th.
    assert calendar.add(SUNDAY, 3) == date(2026, 10, 8)


def test_a_name_in_one_language_stands_for_both(db: None):
    correct(WEDNESDAY, False, name_zh="特别假日")

    assert calendars.calendar_of("CN").day_off_name(WEDNESDAY) == Text("特别假日", "特别假日")


def test_each_country_has_its_own_corrections(db: None):
    correct(WEDNESDAY, False, calendar="US")

    assert calendars.calendar_of("CN") is work_calendar("CN")
    assert not calendars.calendar_of("US").is_workday(WEDNESDAY)


def test_a_published_year_is_no_longer_provisional(db: None):
    assert calendars.calendar_of("CN").add_workdays(date(2031, 6, 2), 1).provisional

    CalendarYear.objects.create(calendar="CN", year=2031, source="Notice 2")

    assert not calendars.calendar_of("CN").add_workdays(date(2031, 6, 2), 1).provisional


@pytest.mark.parametrize("code", ["CN", "US", "GB"])
def test_asking_again_takes_one_query_and_builds_nothing(db: None, code: str):
    correct(WEDNESDAY, False, calendar=code)
    calendar = calendars.calendar_of(code)

    with CaptureQueriesContext(connections["default"]) as queries:
        assert calendars.calendar_of(code) is calendar

    assert len(queries) == 1


def test_the_calendar_that_nobody_can_correct_takes_no_query(db: None):
    with CaptureQueriesContext(connections["default"]) as queries:
        calendars.calendar_of("weekdays")

    assert len(queries) == 0


def test_every_change_is_seen_at_once(db: None):
    row = correct(WEDNESDAY, False)
    assert not calendars.calendar_of("CN").is_workday(WEDNESDAY)

    row.works = True
    row.save()
    assert calendars.calendar_of("CN").is_workday(WEDNESDAY)

    row.works = False
    row.save()
    assert not calendars.calendar_of("CN").is_workday(WEDNESDAY)

    row.delete()
    assert calendars.calendar_of("CN") is work_calendar("CN")


def test_what_is_rolled_back_does_not_stay(db: None):
    with pytest.raises(RuntimeError), transaction.atomic():
        correct(WEDNESDAY, False)
        assert not calendars.calendar_of("CN").is_workday(WEDNESDAY)
        raise RuntimeError

    assert calendars.calendar_of("CN").is_workday(WEDNESDAY)


def test_another_process_sees_a_correction_right_after_its_commit(committed_db: str, tmp_path: Path):
    asks = (
        "import datetime, sys, django; django.setup(); from cases.services.calendars import calendar_of\n"
        "for _line in sys.stdin: print(calendar_of('CN').is_workday(datetime.date(2026, 9, 30)), flush=True)"
    )
    environment = clean_environment(DATABASE_URL=committed_db, DATA_DIR=str(tmp_path))
    environment["DJANGO_SETTINGS_MODULE"] = "tracker.settings"
    with subprocess.Popen(
        [sys.executable, "-c", asks],
        cwd=CHECKOUT,
        env={**os.environ, **environment},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        answers = []
        for works in (None, False, True):
            if works is not None:
                CalendarDay.objects.update_or_create(
                    calendar="CN", day=WEDNESDAY, defaults={"works": works, "source": "Notice 1"}
                )
            other.stdin.write("\n")
            other.stdin.flush()
            answers.append(other.stdout.readline().strip())
        other.stdin.close()

    assert answers == ["True", "False", "True"]


def test_many_threads_share_one_index(committed_db: str):
    correct(WEDNESDAY, False)
    found = []

    def ask() -> None:
        found.append(calendars.calendar_of("CN"))
        connections.close_all()

    threads = [threading.Thread(target=ask) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len({id(calendar) for calendar in found}) == 1


class TestAWholeYear:
    OFF = DayCorrection(False, Text("元旦", "New Year's Day"))

    def replace(self, days: dict[date, DayCorrection]) -> int:
        return calendars.replace_year(code="CN", year=2031, days=days, source="Notice 3", by=None)

    def test_its_days_are_stored_and_what_is_no_longer_named_goes(self, db: None):
        correct(date(2031, 5, 2), False)
        correct(WEDNESDAY, False)

        assert self.replace({date(2031, 1, 1): self.OFF, date(2031, 1, 4): DayCorrection(True)}) == 3

        stored = CalendarDay.objects.values_list("day", "works", "name_zh", "name_en", "source")
        assert list(stored) == [
            (WEDNESDAY, False, "", "", "Notice 1"),
            (date(2031, 1, 1), False, "元旦", "New Year's Day", "Notice 3"),
            (date(2031, 1, 4), True, "", "", "Notice 3"),
        ]

    def test_saying_the_same_again_changes_nothing(self, db: None):
        days = {date(2031, 1, 1): self.OFF, date(2031, 1, 4): DayCorrection(True)}
        self.replace(days)
        before = calendars.calendar_of("CN")

        assert self.replace(days) == 0
        assert calendars.calendar_of("CN") is before

    def test_days_off_that_were_only_estimated_are_pointed_out(self, db: None):
        missing = calendars.not_named_in("CN", 2031)
        assert date(2031, 1, 1) in missing
        assert date(2031, 10, 1) in missing

        self.replace(dict.fromkeys(missing, self.OFF))

        assert calendars.not_named_in("CN", 2031) == ()

    def test_a_year_that_is_shipped_as_announced_has_nothing_missing(self, db: None):
        assert calendars.not_named_in("CN", 2026) == ()
        assert calendars.not_named_in("GB", 2031) == ()
