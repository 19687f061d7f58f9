"""How far a case file is and how long it still takes, from how fast it went so far. No database here.

What a stage costs is measured once (STAGES) and is right in its proportions only; how fast this machine
is today, the build itself shows. So nothing is said before there is something to judge by.
"""

from __future__ import annotations

from dataclasses import dataclass

# Of a hundred parts of the whole work, those of each stage, in the order in which they come.
STAGES = {
    "gathering": 1,
    "copying": 2,
    "drawing": 76,
    "setting": 15,
    "signing": 2,
    "packing": 2,
    "storing": 2,
}
# These are done exhibit by exhibit; the others in one go.
BY_EXHIBIT = frozenset({"copying", "drawing", "packing"})
# How fast the originals come depends on where they lie, and says nothing of how fast they are drawn.
NO_MEASURE = frozenset({"gathering", "copying"})
# Before a tenth is done, or in the first ten seconds, the pace is chance.
LEAST_GAINED, LEAST_SECONDS = 0.1, 10.0
# A new estimate replaces the old one over this time, not at once.
STEADYING_SECONDS = 20.0


def share_of(stage: str, done: int, total: int) -> float:
    """The share of all work (0 to 1) that is done when `done` of `total` exhibits of the stage are.

    A stage that is not known, as one of a newer version, is 0.
    """
    before = 0
    for name, parts in STAGES.items():
        if name == stage:
            inside = min(done / total, 1.0) if stage in BY_EXHIBIT and total else 0.0
            return (before + parts * inside) / 100
        before += parts
    return 0.0


def share_after_this_step(stage: str, done: int, total: int) -> float:
    """The share that will be done when one more exhibit is; in one go, the whole stage."""
    if stage in BY_EXHIBIT and done < total:
        return share_of(stage, done + 1, total)
    stages = list(STAGES)
    if stage not in STAGES or stage == stages[-1]:
        return 1.0
    return share_of(stages[stages.index(stage) + 1], 0, total)


def seconds_left(
    *, gained: float, took: float, since: float, rest: float, after_this_step: float
) -> float | None:
    """What is left when a share `gained` of the work took `took` seconds, and `since` have passed since then.

    `rest` is the share that is still to do, `after_this_step` what of it comes after the present step: while
    that lasts the time runs down so far and no further. None while there is nothing to judge by.
    """
    if gained < LEAST_GAINED or took + since < LEAST_SECONDS:
        return None
    pace = took / gained
    return max(pace * rest - since, pace * after_this_step, 0.0)


def steadied(*, told: float | None, estimate: float | None, passed: float) -> float | None:
    """The estimate to tell now: nearer to the new one the longer ago the last was told.

    `told` was said `passed` seconds ago, and has run down since.
    """
    if told is None or estimate is None:
        return estimate
    expected = max(told - passed, 0.0)
    return expected + (estimate - expected) * min(passed / STEADYING_SECONDS, 1.0)


def minutes_of(seconds: float) -> int:
    """As people say it: 0 is less than a minute; up to ten each minute, then in steps of five."""
    minutes = int(max(seconds, 0.0) / 60 + 0.5)
    if seconds < 60:
        return 0
    return minutes if minutes <= 10 else 5 * int(minutes / 5 + 0.5)


@dataclass(slots=True)
class Pace:
    """What one build has shown so far; times are seconds of any one clock that never goes back.

    It is measured from `began` on, when the share `before` was done, to `reached`, when `share` was.
    """

    began: float | None = None
    before: float = 0.0
    share: float = 0.0
    reached: float = 0.0
    told: float | None = None
    told_at: float = 0.0

    def left(self, *, stage: str, done: int, total: int, now: float) -> float | None:
        """The seconds that are left, None while there is nothing to judge by."""
        share = share_of(stage, done, total)
        if self.began is None:
            if stage in NO_MEASURE:
                return None
            self.before = self.share = share
            self.began = self.reached = now
        if share > self.share:
            self.share, self.reached = share, now
        estimate = seconds_left(
            gained=self.share - self.before,
            took=self.reached - self.began,
            since=now - self.reached,
            rest=1 - self.share,
            after_this_step=1 - share_after_this_step(stage, done, total),
        )
        self.told = steadied(told=self.told, estimate=estimate, passed=now - self.told_at)
        self.told_at = now
        return self.told
