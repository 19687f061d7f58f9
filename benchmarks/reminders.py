"""Measures how fast due reminders go out, against bare smtplib and against one ETA task for each.

Run as: python benchmarks/reminders.py [COUNT] [ROUNDS] [--postgresql] [--senders N] [--eta N] [--path]
It makes its own users, each with one to three deadlines due at the same moment and so with one mail: COUNT
mails (10,000). It sends them to a mail server of its own, on the loopback, in turn with ourselves (the full
mail, from ledger to custody entry) and with the floor (mails of the same size, built by Python and handed
over on one connection, no database), ROUNDS (3) times, prints medians as a table, and ends with one JSON line
per claim. Each run has processes of its own.

--postgresql  a PostgreSQL of its own that syncs every commit to disk, and a Redis; else SQLite, or the
              empty database that DATABASE_URL names
--senders N   so many processes send at once (1), ourselves and the floor alike
--eta N       also N reminders as one Celery ETA task each, in a worker of two processes
--path        also by way of beat, broker and N tickers; then a minute with 100 mails, and an idle one
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack

import _reminder_data as data
import _reminder_runs as runs
from _reminder_runs import MEGABYTE, Run
from _smtp_sink import Sink, sink

sys.path.insert(0, str(data.ROOT))

SMALL = 1000
NORMAL = 100
SYNCED = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("count", nargs="?", type=int, default=10_000)
    parser.add_argument("rounds", nargs="?", type=int, default=3)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--senders", type=int, default=1)
    parser.add_argument("--eta", type=int, default=0)
    parser.add_argument("--path", action="store_true")
    given = parser.parse_args()
    if min(given.count, given.rounds, given.senders) < 1:
        parser.error("COUNT, ROUNDS and --senders are at least 1.")
    return given


class Figures:
    """The runs by name, and what is said of them."""

    def __init__(self, given: argparse.Namespace, vendor: str) -> None:
        self.given = given
        self.vendor = vendor
        self.runs: dict[str, list[Run]] = {}

    def add(self, name: str, run: Run) -> None:
        self.runs.setdefault(name, []).append(run)
        print(f"  {name}: {run.mails} mails, {run.rate:.0f} a second", file=sys.stderr, flush=True)

    def middle(self, name: str, of: Callable[[Run], float]) -> float:
        return statistics.median(of(run) for run in self.runs[name])

    def late(self, name: str, share: float) -> float:
        return self.middle(name, lambda run: run.lateness(share))

    def table(self) -> None:
        given = self.given
        print(
            f"{self.vendor}, {given.senders} sending, medians of {given.rounds}; seconds late, memory in MB"
        )
        heads = [f"{head:>8}" for head in ("mails", "mails/s", "CPU ms", "p50", "p95", "max", "memory")]
        print(f"{'what':20}" + "".join(heads))
        for name, each in self.runs.items():
            late = [self.late(name, share) for share in (0.5, 0.95, 1)]
            cpu = self.middle(name, lambda run: run.cpu / run.mails * 1000)
            memory = max(run.memory for run in each) / MEGABYTE
            print(
                f"{name:20}{each[0].mails:8}{self.middle(name, lambda run: run.rate):8.0f}{cpu:8.2f}"
                + "".join(f"{seconds:8.2f}" for seconds in late)
                + f"{memory:8.0f}"
            )

    def claim(self, what: str, value: float, unit: str, against: str, base: float) -> None:
        said = {"claim": f"{what}, {self.vendor}", "value": round(value, 4), "unit": unit}
        print(json.dumps({**said, "against": against, "ratio": round(value / base, 3)}))

    def claims(self) -> None:
        given, rate = self.given, self.middle("ourselves", lambda run: run.rate)
        what = f"{given.count} mails due at once, sent by {given.senders} process(es)"
        bare = "bare smtplib, one connection a process, mails of the same size"
        self.claim(what, rate, "mails/s", bare, self.middle("bare smtplib", lambda run: run.rate))
        cpu = [
            self.middle(name, lambda run: run.cpu / run.mails * 1000)
            for name in ("ourselves", "bare smtplib")
        ]
        self.claim(f"{what}: CPU of the senders", cpu[0], "ms/mail", bare, cpu[1])
        late = [self.late(name, 0.95) for name in ("ourselves", "bare smtplib")]
        self.claim(f"{what}: lateness p95", late[0], "s", bare, late[1])
        small, large = (
            max(run.memory for run in self.runs[name]) for name in ("ourselves, 1,000", "ourselves")
        )
        small_mb, large_mb = small / MEGABYTE, large / MEGABYTE
        self.claim(f"{what}: largest memory of a sender", large_mb, "MB", f"the same with {SMALL}", small_mb)
        if given.eta:
            peer = "one Celery ETA task for each, Redis, a worker of 2 processes"
            self.claim(what, rate, "mails/s", peer, self.middle("ETA tasks", lambda run: run.rate))
        if given.path:
            way = f"{given.count} mails due at once, through beat, broker and {given.senders} ticker(s)"
            through = self.middle("beat to mail", lambda run: run.rate)
            self.claim(way, through, "mails/s", bare, self.middle("bare smtplib", lambda run: run.rate))
            seconds = self.middle("beat to mail", lambda run: run.seconds)
            self.claim(f"{way}: from the tick to the last", seconds, "s", "three minutes", 180)
            minute = self.late("a minute of 100", 0.95)
            self.claim(f"{NORMAL} mails due at once: p95 after the tick", minute, "s", "five seconds", 5)


def measure(given: argparse.Namespace, post: Sink) -> None:
    from django.db import connection

    figures = Figures(given, connection.vendor)
    figures.add("ourselves, 1,000", runs.ours(post, SMALL, given.senders))
    for _round in range(given.rounds):
        figures.add("ourselves", runs.ours(post, given.count, given.senders))
        figures.add("bare smtplib", runs.floor(post, given.count, post.samples(), given.senders))
        if given.eta:
            figures.add("ETA tasks", runs.eta(post, given.eta))
        if given.path:
            figures_of_path(figures, post)
    idle = idle_share(given) if given.path else None
    figures.table()
    figures.claims()
    if idle is not None:
        figures.claim(f"idle beat and {given.senders} ticker(s)", idle * 100, "% of a core", "one percent", 1)


def figures_of_path(figures: Figures, post: Sink) -> None:
    with runs.path(figures.given.senders) as processes:
        figures.add("beat to mail", runs.through(processes, post, figures.given.count))
        figures.add("a minute of 100", runs.through(processes, post, NORMAL))


def idle_share(given: argparse.Namespace) -> float:
    with runs.path(given.senders) as processes:
        return runs.idle(processes)


def servers(given: argparse.Namespace, stack: ExitStack) -> dict[str, str]:
    """DATABASE_URL and REDIS_URL of private servers, as far as they are asked for."""
    from tests.programs import NotInstalled, postgresql, redis

    names: dict[str, str] = {}
    try:
        if given.postgresql:
            names["DATABASE_URL"] = stack.enter_context(postgresql(*SYNCED))
        elif "DATABASE_URL" in os.environ:
            names["DATABASE_URL"] = os.environ["DATABASE_URL"]
        if given.postgresql or given.eta:
            names["REDIS_URL"] = stack.enter_context(redis())
    except NotInstalled as error:
        raise SystemExit(str(error)) from error
    return names


def main() -> None:
    given = options()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="tracker-bench-"))
        names = servers(given, stack)
        post = stack.enter_context(sink())
        environment = data.environment(folder, post.port, **names)
        os.environ.clear()
        os.environ.update(environment)
        data.start_django()
        data.migrate()
        from django.db import connections

        stack.callback(connections.close_all)
        measure(given, post)


if __name__ == "__main__":
    main()
