"""Measures workday arithmetic, whole deadlines with their reasons, and counting all open deadlines anew.

Run as: python benchmarks/deadlines.py [COUNT] [ROUNDS]. It makes its own data folder and SQLite database
(or works in the empty database that DATABASE_URL names), stores COUNT open deadlines (100,000) and counts
them anew: nothing is different, the reason alone is, a tenth moves, all move. Workdays are added by the
index and by a plain loop over `holidays` in turn, ROUNDS (5) times. It prints medians as a table, and ends
with one JSON line per claim.
"""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ADDITIONS = 60_000
LOOPED = 6_000
WHOLE = 20_000
CASES_AT_ONCE = 500
PER_CASE = 5
ALSO = ["cn_12315", "cn_consumer_law"]
# Friday, 25 September 2026, 10:00 in Shanghai; what starts does so in the four weeks before.
NOW = datetime(2026, 9, 25, 2, 0, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
GOAL_SECONDS = {"sqlite": 30, "postgresql": 20}
# What one case holds: the rule, the channel and the kind of the milestone that started it, and its facts.
MILESTONES: tuple[tuple[str, str, str, dict[str, int]], ...] = (
    ("douyin.partner_platform.extra_time", "", "handed_to_partner", {"usual_workdays": 3}),
    ("cn_12315.acceptance", "cn_12315.complaint", "complaint_filed", {}),
    ("cn_12315.mediation", "cn_12315.complaint", "complaint_accepted", {}),
    ("cn_consumer_law.refund", "", "return_received", {}),
)
CONTACT_RULE = "douyin.shop_message.no_reply"


def start_django(data_dir: str) -> None:
    os.environ.update(DATA_DIR=data_dir, DJANGO_SETTINGS_MODULE="tracker.settings")
    for name in ("STORAGE_URL", "REDIS_URL", "SECRET_KEY"):
        os.environ.pop(name, None)
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    import logging

    from django.core.management import call_command

    from cases.models import Case

    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)
    if Case.objects.exists():
        raise SystemExit("DATABASE_URL names a database that holds cases; give an empty one.")


def rate(work: Callable[[], int]) -> float:
    """How much of it is done in a second."""
    begun = time.perf_counter()
    return work() / (time.perf_counter() - begun)


def additions(rounds: int) -> dict[str, Any]:
    """Dates reached by 1 to 60 workdays: index and loop, in turn, from the same starts."""
    import holidays

    from cases.rules.calendars import work_calendar

    calendar = work_calendar("CN")
    days_off = holidays.country_holidays("CN", years=range(2024, 2028))
    make_up = days_off.weekend_workdays
    draw = random.Random(1)  # noqa: S311
    asked = [
        (date(2025, 1, 1) + ONE_DAY * draw.randrange(600), draw.randint(1, 60)) for _ in range(ADDITIONS)
    ]

    def looped(day: date, count: int) -> date:
        while count:
            day += ONE_DAY
            if day in make_up or (day.weekday() < 5 and day not in days_off):
                count -= 1
        return day

    def by_index() -> int:
        for day, count in asked:
            calendar.add(day, count)
        return ADDITIONS

    def by_loop() -> int:
        for day, count in asked[:LOOPED]:
            looped(day, count)
        return LOOPED

    assert all(calendar.add(day, count) == looped(day, count) for day, count in asked[:LOOPED])
    rates: dict[Any, list[float]] = {by_index: [], by_loop: []}
    for turn in range(rounds):
        for work in rates if turn % 2 else reversed(rates):
            rates[work].append(rate(work))
    ours, loop = (statistics.median(rates[work]) for work in (by_index, by_loop))
    print(f"{'adding 1 to 60 workdays':44}{ours:14,.0f} a second{loop:12,.0f} by the loop")
    return claim("adding 1 to 60 workdays", ours, "additions/s", "a plain loop over holidays", ours / loop)


def whole(rounds: int) -> dict[str, Any]:
    """Deadlines with every step of their reason in both languages, as they are stored."""
    from cases.rules.calendars import work_calendar
    from cases.rules.deadlines import compute
    from cases.rules.playbooks import load_playbooks

    playbooks, calendar = load_playbooks(), work_calendar("CN")
    rules = [(CONTACT_RULE, {}), *((rule, facts) for rule, _channel, _kind, facts in MILESTONES)]
    draw = random.Random(2)  # noqa: S311
    asked = []
    for number in range(WHOLE):
        name, facts = rules[number % len(rules)]
        key, _dot, rule_key = name.partition(".")
        playbook = playbooks[key]
        started_at = NOW - timedelta(minutes=draw.randrange(500_000))
        asked.append((playbook.rules[rule_key], playbook, started_at, facts))

    def reasons() -> int:
        for rule, playbook, at, facts in asked:
            compute(rule, playbook=playbook, at=at, facts=facts, calendar=calendar).because()
        return WHOLE

    reasons()
    ours = statistics.median(rate(reasons) for _turn in range(rounds))
    print(f"{'whole deadlines with their reasons':44}{ours:14,.0f} a second")
    return claim(
        "whole deadlines with their reasons", ours, "deadlines/s", "the goal: 20,000/s", ours / 20_000
    )


def store(count: int) -> None:
    """`count` open deadlines, five to a case, with contacts, milestones, reminders and chains."""
    from django.db import transaction

    from cases.models import Case, Membership, Role
    from cases.services import custody
    from tracker.accounts.models import User

    user = User.objects.create_user("bench@example.org", "x" * 20)
    draw = random.Random(3)  # noqa: S311
    for first in range(0, count // PER_CASE, CASES_AT_ONCE):
        numbers = range(first, min(first + CASES_AT_ONCE, count // PER_CASE))
        starts = [NOW - timedelta(minutes=draw.randrange(60, 40_000)) for _number in numbers]
        with transaction.atomic():
            cases = Case.objects.bulk_create(
                Case(
                    title=f"快递丢失 {number}",
                    playbook="douyin",
                    also_playbooks=ALSO,
                    problem_kind="parcel_lost",
                    created_at=at,
                )
                for number, at in zip(numbers, starts, strict=True)
            )
            Membership.objects.bulk_create(
                Membership(case=case, user=user, role=Role.OWNER, since=NOW) for case in cases
            )
            custody.record_all([custody.Act(case, "case_opened") for case in cases], at=NOW, by=user)
            _store_deadlines(cases, starts)


def _store_deadlines(cases: list[Any], starts: list[datetime]) -> None:
    from cases.models import ContactAttempt, Deadline, Milestone
    from cases.services import reminders

    rows = []
    contacts = ContactAttempt.objects.bulk_create(
        ContactAttempt(case=case, channel="shop_message", started_at=at, outcome="no_answer", logged_at=NOW)
        for case, at in zip(cases, starts, strict=True)
    )
    rows += [
        Deadline(case=one.case, rule=CONTACT_RULE, contact=one, triggered_at=one.started_at)
        for one in contacts
    ]
    for rule, channel, kind, facts in MILESTONES:
        milestones = Milestone.objects.bulk_create(
            Milestone(case=case, kind=kind, channel=channel, happened_at=at, facts=facts, logged_at=NOW)
            for case, at in zip(cases, starts, strict=True)
        )
        rows += [
            Deadline(case=one.case, rule=rule, milestone=one, triggered_at=one.happened_at, facts=facts)
            for one in milestones
        ]
    for row in rows:
        row.whose, row.due_at, row.because, row.computed_at = "theirs", NOW + ONE_DAY, {}, NOW
    reminders.plan_all(Deadline.objects.bulk_create(rows, batch_size=500), at=NOW)


def recounts(count: int) -> list[dict[str, Any]]:
    """Seconds on the clock and of this process for each of the four runs; the first, untimed, settles all."""
    from django.db import connection
    from django.db.models import F

    from cases.models import Deadline
    from cases.services import recounts

    store(count)
    first = recounts.recount_all(at=NOW)
    if first.counted != count or first.moved < count * 9 // 10:
        raise SystemExit(
            f"The rules of this benchmark are not those of the playbooks: {first.moved} of {count}."
        )
    later = {"due_at": F("due_at") + ONE_DAY, "window_from": F("window_from") + ONE_DAY}
    everything = Deadline.objects.all()
    tenth = everything.annotate(digit=F("pk") % 10).filter(digit=0)
    runs = (
        ("nothing is different", lambda: 0),
        ("another reason, no other date", lambda: everything.update(is_provisional=True) and 0),
        ("a tenth moves", lambda: tenth.update(**later)),
        ("all move", lambda: everything.update(**later)),
    )
    goal = GOAL_SECONDS[connection.vendor]
    claims = []
    for name, spoil in runs:
        expected = spoil()
        clock, cpu = time.perf_counter(), time.process_time()
        recount = recounts.recount_all(at=NOW)
        took, own = time.perf_counter() - clock, time.process_time() - cpu
        if (recount.counted, recount.moved) != (count, expected):
            raise SystemExit(
                f"{name}: {recount.moved} of {recount.counted} moved, not {expected} of {count}."
            )
        print(f"{f'{count:,} counted anew: {name}':44}{took:14.1f} s{own:16.1f} s of one core here")
        what = f"{count} open deadlines counted anew, {name}, {connection.vendor}"
        claims.append(
            claim(what, took, "s", f"the goal: {goal} s for 100,000", goal / 100_000 * count / took)
        )
    return claims


def claim(what: str, value: float, unit: str, against: str, ratio: float) -> dict[str, Any]:
    return {
        "claim": what,
        "value": round(value, 1),
        "unit": unit,
        "against": against,
        "ratio": round(ratio, 2),
    }


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    count -= count % PER_CASE
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        start_django(folder)
        from django.db import connection

        claims = [additions(rounds), whole(rounds), *recounts(count)]
        connection.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'largest memory of this process':44}{memory:14.0f} MB")
    for line in claims:
        print(json.dumps(line))


if __name__ == "__main__":
    main()
