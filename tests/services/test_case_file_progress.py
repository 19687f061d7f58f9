"""The arithmetic of a build: how far it is, and how long it still takes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cases.models import BuildStage
from cases.services.case_file_progress import (
    STAGES,
    Pace,
    minutes_of,
    seconds_left,
    share_after_this_step,
    share_of,
    steadied,
)


def test_every_stage_has_its_part_of_the_hundred():
    assert list(STAGES) == BuildStage.values
    assert sum(STAGES.values()) == 100


@pytest.mark.parametrize(
    ("stage", "done", "total", "share"),
    [
        ("gathering", 0, 0, 0.00),
        ("copying", 0, 40, 0.01),
        ("drawing", 0, 40, 0.03),
        ("drawing", 20, 40, 0.41),
        ("drawing", 41, 40, 0.79),  # never more than the whole stage
        ("setting", 0, 40, 0.79),
        ("packing", 40, 40, 0.98),
        ("storing", 0, 40, 0.98),
        ("drawing", 0, 0, 0.03),
        ("of a newer version", 3, 40, 0.00),
    ],
)
def test_the_share_of_the_work_that_is_done(stage: str, done: int, total: int, share: float):
    assert share_of(stage, done, total) == pytest.approx(share)


@pytest.mark.parametrize(
    ("stage", "done", "share"),
    [
        ("gathering", 0, 0.01),
        ("drawing", 0, 0.049),
        ("drawing", 40, 0.79),
        ("setting", 0, 0.94),
        ("storing", 0, 1.0),
    ],
)
def test_the_share_after_the_step_that_is_being_done(stage: str, done: int, share: float):
    assert share_after_this_step(stage, done, 40) == pytest.approx(share)


def test_a_quarter_in_thirty_seconds_leaves_ninety():
    assert seconds_left(gained=0.25, took=30, since=0, rest=0.75, after_this_step=0.7) == 90


def test_while_a_step_lasts_the_time_runs_down_to_what_comes_after_it_and_no_further():
    # Half in 60 s: the other half takes 60 s, and the last 12 hundredths of it 14.4 s.
    left = [
        seconds_left(gained=0.5, took=60, since=since, rest=0.5, after_this_step=0.12)
        for since in (0, 20, 40, 400)
    ]

    assert left == [60, 40, 20, pytest.approx(14.4)]


@pytest.mark.parametrize(
    ("gained", "took", "since"),
    [(0.09, 60, 0), (0.5, 9, 0.9), (0.0, 0, 0), (0.05, 0, 3600)],
)
def test_nothing_is_said_while_there_is_nothing_to_judge_by(gained: float, took: float, since: float):
    assert seconds_left(gained=gained, took=took, since=since, rest=0.5, after_this_step=0.4) is None


def test_what_is_left_is_never_negative():
    assert seconds_left(gained=1.0, took=100, since=50, rest=0.0, after_this_step=0.0) == 0
    assert steadied(told=5, estimate=0, passed=60) == 0


def test_a_new_estimate_is_taken_over_bit_by_bit():
    # 100 s were told and have run down to 95; the new one says 195, and a quarter of the way is gone.
    assert steadied(told=100, estimate=195, passed=5) == 120
    assert steadied(told=100, estimate=195, passed=20) == 195
    assert steadied(told=None, estimate=195, passed=0) == 195
    assert steadied(told=100, estimate=None, passed=5) is None


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [
        (-5, 0),
        (0, 0),
        (59.9, 0),
        (60, 1),
        (89, 1),
        (90, 2),
        (149, 2),
        (600, 10),
        (660, 10),
        (800, 15),
        (3600, 60),
    ],
)
def test_minutes_are_told_as_people_do(seconds: float, minutes: int):
    assert minutes_of(seconds) == minutes


def told_by(pace: Pace, moments: list[tuple[str, int, float]]) -> list[float | None]:
    return [pace.left(stage=stage, done=done, total=40, now=now) for stage, done, now in moments]


def one_a_second(last: int) -> list[tuple[str, int, float]]:
    """Each exhibit is 1.9 hundredths of the work; the first is begun at 1000."""
    return [("drawing", done, 1000.0 + done) for done in range(last + 1)]


def test_an_even_build_is_told_evenly():
    told = told_by(Pace(), one_a_second(40))

    assert told[:10] == [None] * 10  # the first ten seconds
    # 97 hundredths at 1.9 a second are 51.05 s, from which ten have gone.
    assert told[10:] == [pytest.approx(41.05 - second, abs=0.01) for second in range(31)]


def test_copying_from_far_away_is_no_measure_of_drawing():
    copied = [("copying", done, 100.0 + 20 * done) for done in range(41)]

    told = told_by(Pace(), [*copied, *one_a_second(10)])

    assert told[:-1] == [None] * (len(told) - 1)
    assert told[-1] == pytest.approx(41.05, abs=0.01)


def test_one_exhibit_that_takes_a_minute_does_not_throw_the_estimate_about():
    pace = Pace()
    assert told_by(pace, one_a_second(20))[-1] == pytest.approx(31.05, abs=0.01)
    hanging = [("drawing", 20, 1020.0 + second) for second in range(1, 61)]

    told = [left for left in told_by(pace, [*hanging, ("drawing", 21, 1081.0)]) if left is not None]

    assert len(told) == 61
    # What comes after this exhibit (30 s) is not forgotten; what is told lags behind by twenty at most.
    assert min(told) > 10
    # The slow one makes 111 s of what was 31, of which one sign takes over a twentieth.
    assert max(abs(later - earlier) for earlier, later in pairwise(told)) < 6


def test_setting_the_document_runs_down_and_ends_near_what_comes_after_it():
    pace = Pace()
    told_by(pace, one_a_second(40))

    told = told_by(pace, [("setting", 0, 1040.0 + second) for second in range(0, 61)])

    assert told[0] == pytest.approx(11.05, abs=0.1)
    assert told[5] == pytest.approx(6.05, abs=0.1)
    assert all(left is not None and left >= 0 for left in told)
