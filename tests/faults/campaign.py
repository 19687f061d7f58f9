"""One campaign: so many reminders, so many faults at random moments, and what came of it."""

from __future__ import annotations

import heapq
import itertools
import random
import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from tests.faults import kinds, ledger
from tests.faults.world import World

# The last fault has to be made good for within so many seconds.
BACKLOG_SECONDS = 60.0
GIVE_UP_SECONDS = 240.0
# Repeats that a thousand reminders may have: a process that died between the server's yes and the commit.
REPEATS_OF_1000 = 3
# Lists of reminders that must be empty.
INVARIANTS = ("lost", "early", "differing", "misdirected", "said_too_late", "unexplained")
# So many reminders are planned in a second, at the least; before that none is due.
PLANNED_PER_SECOND = 400


@dataclass(frozen=True, slots=True)
class Plan:
    reminders: int
    faults: int
    seed: int
    seconds: float
    is_sqlite: bool
    only: str = ""  # this kind of fault alone


@dataclass(slots=True)
class Result:
    plan: Plan
    counted: ledger.Counted
    faults: Counter[str]
    meddling: ledger.Meddling
    backlog_seconds: float | None  # None: not within GIVE_UP_SECONDS
    seconds: float

    def broken(self) -> Iterator[str]:
        """Each invariant that does not hold, as a sentence."""
        counted = self.counted
        for name in INVARIANTS:
            if found := getattr(counted, name):
                yield f"{name}: {len(found)}, such as reminder {found[0]}"
        if counted.repeats > (most := most_repeats(self.plan.reminders, self.faults)):
            yield f"repeats: {counted.repeats}, more than {most:.0f}"
        if self.backlog_seconds is None or self.backlog_seconds > BACKLOG_SECONDS:
            yield f"backlog: {self.backlog_seconds} s after the last fault"

    def as_json(self) -> dict[str, Any]:
        lists = {name: len(value) for name, value in asdict(self.counted).items() if isinstance(value, list)}
        return {
            **asdict(self.plan),
            "counted": {**asdict(self.counted), **lists},
            "faults_by_kind": dict(self.faults),
            "met_moved_closed": [self.meddling.met, self.meddling.moved, self.meddling.closed],
            "backlog_seconds": self.backlog_seconds,
            "took_seconds": round(self.seconds, 1),
            "broken": list(self.broken()),
        }


def most_repeats(reminders: int, faults: Counter[str]) -> float:
    """A share of them; in a short run two groups of mails, where anything died at all."""
    from cases.services.reminders import RECORD_EVERY

    died = sum(faults[name] for name in kinds.DEADLY)
    return max(reminders * REPEATS_OF_1000 / 1000, 2 * RECORD_EVERY) if died else 0


def run(plan: Plan, world: World) -> Result:
    """Needs servers that run, a migrated database, and Django set up for it."""
    from django.utils import timezone

    chance = random.Random(plan.seed)  # noqa: S311  (a seed is what repeats a campaign)
    began = time.monotonic()
    world.start_workers()
    lead = 8 + plan.reminders / PLANNED_PER_SECOND
    start = timezone.now() + timedelta(seconds=lead)
    ledger.plan(plan.reminders, start=start, seconds=plan.seconds, chance=chance)
    rain = Rain(world, chance)
    rain.fall(plan, begins=began + lead)
    backlog_seconds = _wait_for_the_rest(world)
    deadly, slow = rain.spans_of(kinds.DEADLY), rain.spans_of(kinds.SLOW)
    counted = ledger.patiently(lambda: ledger.count(world.mails, rain.meddling, deadly, slow))
    return Result(plan, counted, rain.done, rain.meddling, backlog_seconds, time.monotonic() - began)


class Rain:
    """The faults, spread over the time in which the reminders fall due, and what else happens then."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world = world
        self.chance = chance
        self.done: Counter[str] = Counter()
        self.meddling = ledger.Meddling()
        self.spans: list[tuple[str, float, float]] = []
        self.endings: list[tuple[float, int, str, float, kinds.Later]] = []

    def fall(self, plan: Plan, *, begins: float) -> None:
        """Until the last fault is over; `begins` by the monotonic clock."""
        chosen = self._choose(plan)
        moments = sorted(begins + self.chance.uniform(0, plan.seconds) for _fault in chosen)
        for number, (moment, kind) in enumerate(zip(moments, chosen, strict=True)):
            self._wait(moment)
            if number % 2:
                ledger.patiently(lambda: self.meddling.do(self.chance))
            self._strike(number, kind)
        while self.endings:
            self._wait(self.endings[0][0])

    def spans_of(self, names: Collection[str]) -> ledger.Spans:
        return [(begun, ended) for name, begun, ended in self.spans if name in names]

    def _choose(self, plan: Plan) -> list[kinds.Kind]:
        known = [*kinds.EVERYWHERE, *(() if plan.is_sqlite else kinds.WITH_SERVERS)]
        wanted = [kind for kind in known if plan.only in {"", kind.__name__}]
        # Every kind as often as any other, in an order of its own.
        shuffled = self.chance.sample(wanted, len(wanted))
        chosen = list(itertools.islice(itertools.cycle(shuffled), plan.faults))
        self.chance.shuffle(chosen)
        return chosen

    def _strike(self, number: int, kind: kinds.Kind) -> None:
        begun = time.time()
        after = ledger.patiently(lambda: kind(self.world, self.chance))
        self.done[kind.__name__] += 1
        if after is None:
            self.spans.append((kind.__name__, begun, time.time()))
        else:
            end_at = time.monotonic() + after[0]
            heapq.heappush(self.endings, (end_at, number, kind.__name__, begun, after[1]))

    def _wait(self, until: float) -> None:
        """Until that moment end the faults that are over, and start again what died."""
        while True:
            now = time.monotonic()
            while self.endings and self.endings[0][0] <= now:
                _at, _number, name, begun, end = heapq.heappop(self.endings)
                end()
                self.spans.append((name, begun, time.time()))
            self.world.look_after()
            if now >= until:
                return
            time.sleep(min(0.2, until - now))


def _wait_for_the_rest(world: World) -> float | None:
    """Seconds from the last fault until nothing that is due is unsaid."""
    world.look_after()
    last_fault = time.monotonic()
    while time.monotonic() - last_fault < GIVE_UP_SECONDS:
        world.look_after()
        if not ledger.patiently(_is_something_left):
            return round(time.monotonic() - last_fault, 1)
        time.sleep(0.3)
    return None


def _is_something_left() -> bool:
    from cases.models import Reminder

    return Reminder.objects.pending().filter(step="due").exists()


@contextmanager
def world_of(*, is_sqlite: bool) -> Iterator[World]:
    world = World(is_sqlite=is_sqlite)
    try:
        world.start_servers()
        yield world
    finally:
        world.end()
