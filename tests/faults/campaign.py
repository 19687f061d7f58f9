"""One campaign: so many reminders, so many faults at random moments, and what came of it."""

from __future__ import annotations

import heapq
import itertools
import random
import time
from collections import Counter
from collections.abc import Iterator
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
INVARIANTS = ("lost", "early", "differing", "said_too_late")
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
    backlog_seconds: float | None  # None: not within GIVE_UP_SECONDS
    seconds: float

    def broken(self) -> Iterator[str]:
        """Each invariant that does not hold, as a sentence."""
        counted = self.counted
        for name in INVARIANTS:
            if found := getattr(counted, name):
                yield f"{name}: {len(found)}, such as reminder {found[0]}"
        if counted.repeats > max(self.plan.reminders * REPEATS_OF_1000 / 1000, kills(self.faults)):
            yield f"repeats: {counted.repeats}"
        if self.backlog_seconds is None or self.backlog_seconds > BACKLOG_SECONDS:
            yield f"backlog: {self.backlog_seconds} s after the last fault"

    def as_json(self) -> dict[str, Any]:
        lists = {name: len(value) for name, value in asdict(self.counted).items() if isinstance(value, list)}
        return {
            **asdict(self.plan),
            "counted": {**asdict(self.counted), **lists},
            "faults_by_kind": dict(self.faults),
            "backlog_seconds": self.backlog_seconds,
            "took_seconds": round(self.seconds, 1),
            "broken": list(self.broken()),
        }


def kills(faults: Counter[str]) -> int:
    """Each may repeat what one group of mails holds; in a short run that says more than a share."""
    from cases.services.reminders import RECORD_EVERY

    deadly = ("kill_ticker", "kill_pool_child", "wrong_clock", "freeze_ticker", "restart_postgresql")
    return RECORD_EVERY * sum(faults[name] for name in deadly)


def run(plan: Plan, world: World) -> Result:
    """Needs servers that run, a migrated database, and Django set up for it."""
    from django.utils import timezone

    chance = random.Random(plan.seed)  # noqa: S311  (a seed is what repeats a campaign)
    began = time.monotonic()
    world.start_workers()
    lead = 8 + plan.reminders / PLANNED_PER_SECOND
    start = timezone.now() + timedelta(seconds=lead)
    ledger.plan(plan.reminders, start=start, seconds=plan.seconds, chance=chance)
    done, met = _rain(plan, world, chance, begins=began + lead)
    backlog_seconds = _wait_for_the_rest(world)
    counted = ledger.patiently(lambda: ledger.count(world.mails, met))
    return Result(plan, counted, done, backlog_seconds, time.monotonic() - began)


def _rain(
    plan: Plan, world: World, chance: random.Random, *, begins: float
) -> tuple[Counter[str], dict[int, float]]:
    """The faults, spread over the time in which the reminders fall due: which there were, what was met."""
    known = [*kinds.EVERYWHERE, *(() if plan.is_sqlite else kinds.WITH_SERVERS)]
    wanted = [kind for kind in known if plan.only in {"", kind.__name__}]
    # Every kind as often as any other, in an order of its own.
    chosen = list(itertools.islice(itertools.cycle(chance.sample(wanted, len(wanted))), plan.faults))
    chance.shuffle(chosen)
    moments = sorted(begins + chance.uniform(0, plan.seconds) for _fault in chosen)
    done: Counter[str] = Counter()
    met: dict[int, float] = {}
    endings: list[tuple[float, int, kinds.Later]] = []
    for number, (moment, kind) in enumerate(zip(moments, chosen, strict=True)):
        _wait(moment, endings, world)
        if number % 2:
            ledger.patiently(lambda: ledger.meet_some(1, chance, met))
        after = ledger.patiently(lambda kind=kind: kind(world, chance))  # type: ignore[misc]
        done[kind.__name__] += 1
        if after is not None:
            heapq.heappush(endings, (time.monotonic() + after[0], number, after[1]))
    while endings:
        _wait(endings[0][0], endings, world)
    return done, met


def _wait(until: float, endings: list[tuple[float, int, kinds.Later]], world: World) -> None:
    """Until that moment end the faults that are over, and start again what died."""
    while True:
        now = time.monotonic()
        while endings and endings[0][0] <= now:
            heapq.heappop(endings)[2]()
        world.look_after()
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

    return Reminder.objects.pending().exists()


@contextmanager
def world_of(*, is_sqlite: bool) -> Iterator[World]:
    world = World(is_sqlite=is_sqlite)
    try:
        world.start_servers()
        yield world
    finally:
        world.end()
