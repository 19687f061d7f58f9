"""Measures how long the server takes for the pages, against minimal views that render the same rows.

Run as: python benchmarks/pages.py [--cases N] [--database sqlite|postgresql] [--rounds N] [--growth]
It makes N cases (10,000) of owners with 10 to 40 each, every one with five contacts, counted deadlines with
their reminders, an order and two exhibits, and looks at the pages of one owner with 40. Ours and floor answer
in turn, ROUNDS (40) times, by WSGI in this process with DEBUG off: ours behind the site's whole middleware,
the floor behind what `startproject` writes. It prints medians, 95th percentiles, ratios and queries (without
BEGIN, SAVEPOINT and their like), and ends with one JSON line per claim.

--database  SQLite in a folder of its own (default), or a PostgreSQL and a Redis of its own
--growth    instead: a second database with 1,000 cases beside that with N, asked in turn; compares the 95th
            percentiles of our pages (PostgreSQL; a million cases need about 30 GB and some minutes)
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _pages_list import Page
    from _pages_site import Site

ROOT = Path(__file__).resolve().parent.parent
SMALL = 1000
GROWTH = 1.5
_kept: dict[str, Any] = {}


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--growth", action="store_true")
    given = parser.parse_args()
    if given.growth and (given.database != "postgresql" or given.cases <= SMALL):
        parser.error(f"--growth needs --database postgresql and more than {SMALL} --cases.")
    if given.cases < 100 or given.rounds < 2:
        parser.error("--cases is at least 100 and --rounds at least 2.")
    return given


def start(given: argparse.Namespace, stack: ExitStack) -> None:
    """Servers, settings, tables, and what `script/server` prepares besides."""
    sys.path.insert(0, str(ROOT))
    from tests import programs

    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="tracker-pages-"))
    for name in ("STORAGE_URL", "SECRET_KEY", "DEBUG", "DATABASE_URL", "REDIS_URL", "SITE_URL", "EMAIL_URL"):
        os.environ.pop(name, None)
    os.environ.update(DATA_DIR=folder, STATIC_ROOT=f"{folder}/static", ALLOWED_HOSTS="testserver")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tracker.settings"
    if given.database == "postgresql":
        roomy = ("shared_buffers=1GB", "max_wal_size=16GB", "wal_level=minimal", "max_wal_senders=0")
        os.environ["DATABASE_URL"] = stack.enter_context(programs.postgresql(*roomy))
        os.environ["REDIS_URL"] = stack.enter_context(programs.redis())
    (Path(folder) / "floor").mkdir()
    import logging

    import django
    from django.conf import settings
    from django.core.management import call_command

    from tracker import prepare

    prepare.compile_messages()
    django.setup()
    logging.disable(logging.INFO)
    settings.ROOT_URLCONF = "_pages_floor"
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def ask(page: Page, who: str, site: Site, turn: int, *, counts: bool = True) -> None:
    """Once; what is asked to warm up is not counted."""
    answer = (page.floor if who == "floor" else page.ours)(site, turn)
    assert answer.status[:3] in {"200", "302"}, f"{page.name}: {who} answered {answer.status}"
    if counts:
        page.took.setdefault(who, []).append(answer)


def in_turn(page: Page, ours: Site, floor: Site, rounds: int) -> None:
    gc.collect()
    for turn in range(rounds + 3):
        # Who begins changes with every round, so that neither always finds what the other left behind.
        both = [("ours", ours), ("floor", floor)]
        for who, site in both if turn % 2 else reversed(both):
            ask(page, who, site, turn, counts=turn >= 3)


def against_floor(given: argparse.Namespace) -> list[dict[str, Any]]:
    import _pages_data as data
    from _pages_list import pages
    from _pages_site import Site
    from django.db import connection
    from django.utils import timezone

    begin = time.perf_counter()
    data.fill(-(-given.cases // data.BLOCK), now=timezone.now())
    data.hide_rare_word()
    told(f"{given.cases} cases made in {time.perf_counter() - begin:.0f} s")
    ours, floor = Site(data.owner()), Site(data.owner(), is_floor=True)
    print(f"{connection.vendor}, {given.cases} cases, {given.rounds} rounds in turn; medians and p95 in ms")
    heads = ("ours", "p95", "floor", "p95", "ratio", "goal", "queries", "most", "floor's", "kB")
    print(f"{'page':34}" + "".join(f"{head:>8}" for head in heads))
    claims = []
    for page in pages():
        in_turn(page, ours, floor, given.rounds)
        low, own = page.median("floor"), page.median("ours")
        figures = [own, page.p95("ours"), low, page.p95("floor"), own / low]
        size = statistics.median(answer.size for answer in page.took["ours"]) / 1000
        print(
            f"{page.name:34}{''.join(f'{figure:8.2f}' for figure in figures)}{page.goal or '-':>8}"
            f"{page.asked('ours'):8}{page.queries or '-':>8}{page.asked('floor'):8}{size:8.0f}",
            flush=True,
        )
        floor_said = f"minimal view with {page.asked('floor')} queries: {low:.1f} ms"
        claims.append(claim(f"{page.name}, {connection.vendor}", own, floor_said, own / low, page.goal))
    return claims


def growth(given: argparse.Namespace) -> list[dict[str, Any]]:
    """The same pages of the same owner in two databases of one server."""
    import _pages_data as data
    from django.db import connection
    from django.utils import timezone

    sizes = {"small": SMALL, "large": given.cases}
    data.make_block(now=timezone.now())
    data.hide_rare_word()
    for name in sizes:
        use("template1")  # a template that somebody uses is not copied
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE postgres')
    for name, cases in sizes.items():
        use(name)
        begin = time.perf_counter()
        data.copy_block(1, -(-cases // data.BLOCK))
        told(f"{cases} cases made in {time.perf_counter() - begin:.0f} s")
    return compared(asked_in_both(sizes, given.rounds), sizes)


def asked_in_both(sizes: dict[str, int], rounds: int) -> list[Page]:
    import _pages_data as data
    from _pages_list import pages
    from _pages_site import Site

    sites = {}
    for name in sizes:
        use(name)
        sites[name] = Site(data.owner())
    grown = [page for page in pages() if page.grows]
    gc.collect()
    for page in grown:
        # A 95th percentile takes more answers than a median.
        for turn in range(3 + rounds * 4):
            for name in sizes if turn % 2 else reversed(sizes):
                use(name)
                ask(page, name, sites[name], turn, counts=turn >= 3)
    return grown


def compared(grown: Sequence[Page], sizes: dict[str, int]) -> list[dict[str, Any]]:
    heads = [f"{what} {cases}" for cases in sizes.values() for what in ("median", "p95")]
    print(f"{'page, ms':34}" + "".join(f"{head:>16}" for head in heads) + f"{'p95 ratio':>11}{'goal':>6}")
    claims = []
    for page in grown:
        figures = [figure(name) for name in sizes for figure in (page.median, page.p95)]
        ratio = page.p95("large") / page.p95("small")
        print(f"{page.name:34}" + "".join(f"{one:16.2f}" for one in figures) + f"{ratio:11.2f}{GROWTH:>6}")
        against = f"with {SMALL} cases: {page.p95('small'):.1f} ms"
        what = f"{page.name}, p95 with {sizes['large']} cases, postgresql"
        claims.append(claim(what, page.p95("large"), against, ratio, GROWTH))
    return claims


def use(name: str) -> None:
    """Another database of the same server from now on; each keeps its connection."""
    from django.db import connections

    if name not in _kept:
        connections["default"].close()
        made = connections.create_connection("default")
        made.settings_dict = {**made.settings_dict, "NAME": name}
        _kept[name] = made
    connections["default"] = _kept[name]


def claim(what: str, value: float, against: str, ratio: float, goal: float | None) -> dict[str, Any]:
    said = {
        "claim": what,
        "value": round(value, 1),
        "unit": "ms",
        "against": against,
        "ratio": round(ratio, 2),
    }
    return {**said, "goal": goal} if goal else said


def told(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def main() -> None:
    given = options()
    with ExitStack() as stack:
        start(given, stack)
        from django.db import connections

        stack.callback(connections.close_all)
        for line in growth(given) if given.growth else against_floor(given):
            print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main()
