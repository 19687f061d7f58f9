"""Runs a campaign of faults against the reminders, and says what was lost and repeated.

Run as: python -m tests.faults [--reminders N] [--faults N] [--seed N] [--seconds N] [--sqlite] [--only KIND].
Starts a PostgreSQL, a Redis, a mail server, two tickers and beat of its own (with --sqlite one ticker on
SQLite and the embedded broker), lets the reminders fall due within --seconds, and breaks things meanwhile.
Tries are spaced in seconds instead of minutes (REMINDER_RETRIES). Prints a table and, last, a line of JSON;
exits with 1 where an invariant does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys

from tests.faults import kinds
from tests.faults.campaign import INVARIANTS, Plan, Result, run, world_of
from tests.faults.world import RETRIES_MINUTES, TICK_SECONDS
from tests.programs import NotInstalled


def arguments() -> Plan:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__.splitlines()[0])
    parser.add_argument("--reminders", type=int, default=2_000)
    parser.add_argument("--faults", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--sqlite", action="store_true", dest="is_sqlite")
    names = sorted({kind.__name__ for kind in (*kinds.EVERYWHERE, *kinds.WITH_SERVERS)})
    parser.add_argument("--only", choices=names, default="", help="this kind of fault alone")
    plan = Plan(**vars(parser.parse_args()))
    if plan.is_sqlite and plan.only in {kind.__name__ for kind in kinds.WITH_SERVERS}:
        parser.error(f"{plan.only} needs PostgreSQL and Redis; leave --sqlite out.")
    return plan


def set_up_django(environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    import logging

    import django
    from django.core.management import call_command

    django.setup()
    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)


def tell(result: Result) -> None:
    counted, plan = result.counted, result.plan
    where = "SQLite, one ticker" if plan.is_sqlite else "PostgreSQL and Redis, two tickers"
    print(
        f"{plan.reminders} reminders due within {plan.seconds:.0f} s; {plan.faults} faults; seed {plan.seed}"
    )
    print(f"{where}; a tick every {TICK_SECONDS} s; tries again after {RETRIES_MINUTES} minutes\n")
    for name, times in sorted(result.faults.items()):
        print(f"  {name:22} {times:5}")
    figures = {name: len(getattr(counted, name)) for name in INVARIANTS}
    figures |= {"repeats": counted.repeats, "after a lost answer": counted.unanswered}
    figures |= {"refused for good": counted.refused, "cancelled": counted.cancelled}
    figures |= {"mails": counted.mails, "of several reminders": counted.merged}
    figures |= {"met meanwhile": result.meddling.met, "moved meanwhile": result.meddling.moved}
    figures |= {"cases closed meanwhile": result.meddling.closed}
    print()
    for name, figure in figures.items():
        print(f"  {name:22} {figure:5}")
    print(
        f"\n  nothing left {result.backlog_seconds} s after the last fault; {result.seconds:.0f} s in all\n"
    )
    for sentence in result.broken():
        print(f"BROKEN: {sentence}")
    print(json.dumps(result.as_json()))


def main() -> int:
    plan = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started ends, the folder goes
    try:
        with world_of(is_sqlite=plan.is_sqlite) as world:
            set_up_django(world.environment)
            result = run(plan, world)
    except NotInstalled as error:
        print(error, file=sys.stderr)
        return 3
    tell(result)
    return 1 if list(result.broken()) else 0


if __name__ == "__main__":
    sys.exit(main())
