"""What is held back a little: for the night, for whoever just acted, and so that one mail tells both."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from cases.rules.manners import Word, quarter_of, summary_at, waits_until
from cases.rules.quiet_hours import QuietHours
from tests.rules.moments import SHANGHAI, shanghai

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(time(22, 0), time(8, 0), SHANGHAI)
BERLIN_NIGHT = QuietHours(time(22, 0), time(8, 0), BERLIN)


def berlin(shown: str) -> datetime:
    return datetime.fromisoformat(shown).replace(tzinfo=BERLIN)


class TestTheNight:
    def test_what_an_outage_left_for_the_night_waits_for_the_morning(self):
        word = Word("due", shanghai("2026-09-01 21:15"))

        assert waits_until(word, now=shanghai("2026-09-02 03:00"), quiet=NIGHT) == shanghai(
            "2026-09-02 08:00"
        )

    def test_what_was_planned_into_a_night_before_waits_for_the_morning_too(self):
        word = Word("due", shanghai("2026-08-29 23:30"))

        assert waits_until(word, now=shanghai("2026-09-02 03:00"), quiet=NIGHT) == shanghai(
            "2026-09-02 08:00"
        )

    def test_by_day_it_goes_out_at_once(self):
        word = Word("due", shanghai("2026-09-01 21:15"))

        assert waits_until(word, now=shanghai("2026-09-02 08:00"), quiet=NIGHT) is None

    def test_what_was_planned_into_the_night_is_said_in_it(self):
        word = Word("due", shanghai("2026-09-01 23:50"), ends_at=shanghai("2026-09-01 23:50"))

        assert waits_until(word, now=shanghai("2026-09-01 23:51"), quiet=NIGHT) is None

    def test_a_right_that_would_be_lost_by_the_morning_is_told_at_night(self):
        word = Word("hours_before", shanghai("2026-09-01 21:30"), ends_at=shanghai("2026-09-02 08:30"))

        assert waits_until(word, now=shanghai("2026-09-02 03:00"), quiet=NIGHT) is None

    def test_a_right_that_ends_well_after_the_night_waits(self):
        word = Word("day_before", shanghai("2026-09-01 21:30"), ends_at=shanghai("2026-09-02 09:00"))

        assert waits_until(word, now=shanghai("2026-09-02 03:00"), quiet=NIGHT) == shanghai(
            "2026-09-02 08:00"
        )

    def test_without_quiet_hours_nothing_waits_for_the_morning(self):
        assert (
            waits_until(Word("due", shanghai("2026-09-01 21:15")), now=shanghai("2026-09-02 03:00")) is None
        )

    @pytest.mark.parametrize(
        ("now", "morning"),
        [
            ("2026-03-29 01:30", "2026-03-29 08:00"),  # 8:00 is +02:00 by then, an hour sooner
            ("2026-10-25 01:30", "2026-10-25 08:00"),  # 8:00 is +01:00 by then, an hour later
        ],
    )
    def test_the_morning_is_what_the_clock_shows_when_it_was_changed_in_the_night(
        self, now: str, morning: str
    ):
        word = Word("due", berlin("2026-03-28 12:00"))

        assert waits_until(word, now=berlin(now), quiet=BERLIN_NIGHT) == berlin(morning)


class TestWhoJustActed:
    @pytest.mark.parametrize("step", ["day_before", "hours_before", "overdue_1", "overdue_3"])
    def test_warnings_and_repetitions_wait_a_quarter_of_an_hour(self, step: str):
        word = Word(step, shanghai("2026-09-03 10:00"), ends_at=shanghai("2026-09-03 12:00"))

        waits = waits_until(word, now=shanghai("2026-09-03 10:00"), acted_at=shanghai("2026-09-03 09:50"))

        assert waits == shanghai("2026-09-03 10:05")

    @pytest.mark.parametrize("step", ["due", "on_the_day", "window_opens", "own", "snoozed_1"])
    def test_what_is_due_is_said_all_the_same(self, step: str):
        word = Word(step, shanghai("2026-09-03 10:00"))

        assert (
            waits_until(word, now=shanghai("2026-09-03 10:00"), acted_at=shanghai("2026-09-03 09:59")) is None
        )

    def test_a_quarter_of_an_hour_later_it_is_said(self):
        word = Word("overdue_1", shanghai("2026-09-03 10:00"))

        assert (
            waits_until(word, now=shanghai("2026-09-03 10:05"), acted_at=shanghai("2026-09-03 09:50")) is None
        )

    def test_ones_own_deadline_within_the_hour_waits_for_nothing(self):
        word = Word("hours_before", shanghai("2026-09-03 10:00"), ends_at=shanghai("2026-09-03 10:59"))

        assert (
            waits_until(
                word,
                now=shanghai("2026-09-03 10:00"),
                acted_at=shanghai("2026-09-03 10:00"),
                last_in_quarter_at=shanghai("2026-09-03 10:10"),
            )
            is None
        )


class TestOneMailForBoth:
    def test_the_first_waits_for_the_last_of_its_quarter_of_an_hour(self):
        word = Word("due", shanghai("2026-09-03 18:07"))

        waits = waits_until(
            word, now=shanghai("2026-09-03 18:07"), last_in_quarter_at=shanghai("2026-09-03 18:10")
        )

        assert waits == shanghai("2026-09-03 18:10")

    def test_one_of_the_next_quarter_is_not_waited_for(self):
        word = Word("due", shanghai("2026-09-03 18:14"))

        assert (
            waits_until(
                word, now=shanghai("2026-09-03 18:14"), last_in_quarter_at=shanghai("2026-09-03 18:15")
            )
            is None
        )

    def test_what_is_late_waits_for_nobody(self):
        word = Word("due", shanghai("2026-09-03 12:00"))

        assert (
            waits_until(
                word, now=shanghai("2026-09-03 18:07"), last_in_quarter_at=shanghai("2026-09-03 18:10")
            )
            is None
        )

    @pytest.mark.parametrize(
        ("at", "start"),
        [("18:00", "18:00"), ("18:14:59", "18:00"), ("18:15", "18:15"), ("23:59", "23:45")],
    )
    def test_the_quarters_are_those_of_the_clock(self, at: str, start: str):
        assert quarter_of(shanghai(f"2026-09-03 {at}")) == shanghai(f"2026-09-03 {start}")


class TestSummaries:
    def test_the_next_morning_at_eight(self):
        at = summary_at(after=shanghai("2026-09-01 08:00"), zone=SHANGHAI, quiet=NIGHT)

        assert at == shanghai("2026-09-02 08:00")

    def test_this_morning_while_it_is_still_ahead(self):
        at = summary_at(after=shanghai("2026-09-01 07:59"), zone=SHANGHAI, quiet=NIGHT)

        assert at == shanghai("2026-09-01 08:00")

    def test_after_quiet_hours_that_last_longer(self):
        late = QuietHours(time(23, 0), time(9, 30), SHANGHAI)

        at = summary_at(after=shanghai("2026-09-01 10:00"), zone=SHANGHAI, quiet=late)

        assert at == shanghai("2026-09-02 09:30")

    def test_every_monday(self):
        # 2026-09-01 is a Tuesday.
        at = summary_at(after=shanghai("2026-09-01 10:00"), zone=SHANGHAI, quiet=None, weekly=True)

        assert at == shanghai("2026-09-07 08:00")

    def test_every_morning_but_monday(self):
        at = summary_at(after=shanghai("2026-09-06 10:00"), zone=SHANGHAI, quiet=None, not_on=0)

        assert at == shanghai("2026-09-08 08:00")

    @pytest.mark.parametrize(
        ("after", "next_one"),
        [
            ("2026-03-28T08:00+01:00", "2026-03-29T08:00+02:00"),
            ("2026-10-24T08:00+02:00", "2026-10-25T08:00+01:00"),
        ],
    )
    def test_it_stays_at_eight_when_the_clock_is_changed(self, after: str, next_one: str):
        at = summary_at(after=datetime.fromisoformat(after), zone=BERLIN, quiet=BERLIN_NIGHT)

        assert at == datetime.fromisoformat(next_one)
