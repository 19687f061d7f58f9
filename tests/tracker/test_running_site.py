"""The four real processes: they become ready, tick, survive what is thrown at them, and stop in order."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
from collections.abc import Iterator

import psutil
import pytest

from tests.programs import wait_until
from tests.running import Site, run_site


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Not the shared one: its processes are killed here."""
    with run_site() as site:
        yield site


def processes(site: Site, word: str) -> list[psutil.Process]:
    """The supervisor's own children with a part of the command line that begins with `word`."""
    children = psutil.Process(site.process.pid).children()
    return [child for child in children if any(part.startswith(word) for part in child.cmdline())]


def last_tick(site: Site) -> str:
    with sqlite3.connect(f"file:{site.data_dir}/db.sqlite3?mode=ro", uri=True) as database:
        return str(database.execute("SELECT at FROM health_heartbeat WHERE name = 'tick'").fetchone()[0])


def wait_for_ticks(site: Site) -> None:
    before = last_tick(site)
    wait_until(lambda: last_tick(site) > before, seconds=30, what="another tick has run")


def test_the_site_is_ready_and_ticks(site: Site) -> None:
    assert site.get("/readyz") == (200, "database ok\nbroker ok\nstorage ok\nbeat ok\n")
    assert [len(processes(site, word)) for word in ("granian", "worker-", "ticker-", "beat")] == [1] * 4
    wait_for_ticks(site)


def test_an_empty_site_tells_how_to_get_a_demo_account(site: Site) -> None:
    said = "There is no account yet. Sign up there, or make a demo account with six cases: "

    wait_until(lambda: said in site.log.read_text(), seconds=10, what="the offer")
    assert f"{said}.venv/bin/python manage.py demo\n" in site.log.read_text()


def test_what_is_written_can_be_read_by_its_owner_alone(site: Site) -> None:
    for path in (site.data_dir, site.data_dir / "db.sqlite3", site.data_dir / "secret-key"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_worker_that_is_killed_is_started_again_and_its_pool_goes_with_it(site: Site) -> None:
    worker = processes(site, "worker-")[0]
    wait_until(worker.children, seconds=20, what="the worker has a pool")
    pool = worker.children(recursive=True)

    os.kill(worker.pid, signal.SIGKILL)

    wait_until(lambda: not any(child.is_running() for child in pool), seconds=20, what="the pool is gone")
    wait_until(lambda: processes(site, "worker-"), seconds=20, what="a new worker runs")
    wait_for_ticks(site)
    assert "The worker stopped (signal SIGKILL); starting it again" in site.log.read_text()


def test_a_worker_that_is_busy_keeps_no_reminder_waiting(site: Site) -> None:
    worker = processes(site, "worker-")[0]
    wait_until(worker.children, seconds=20, what="the worker has a pool")
    busy = [worker, *worker.children(recursive=True)]
    for process in busy:
        process.suspend()
    try:
        wait_for_ticks(site)
        wait_for_ticks(site)
    finally:
        for process in busy:
            process.resume()


def test_a_truncated_message_ends_nothing(site: Site) -> None:
    worker = processes(site, "worker-")[0].pid

    (site.data_dir / "broker" / "queue" / "0_half.celery.msg").write_text('{"body": "W10')

    set_aside = site.data_dir / "broker" / "processed" / "0_half.celery.msg"
    wait_until(set_aside.exists, seconds=20, what="the message was set aside")
    wait_for_ticks(site)
    assert processes(site, "worker-")[0].pid == worker


def test_a_message_for_a_task_that_does_not_exist_ends_nothing(site: Site) -> None:
    site.manage("shell", "-c", "from tracker.queue import _send; _send('cases.tasks.no_such_task', (7,))")

    wait_until(lambda: "no_such_task" in site.log.read_text(), seconds=20, what="the log names it")
    wait_for_ticks(site)


def test_two_copies_run_side_by_side(site: Site) -> None:
    with run_site() as other:
        assert other.is_ready()
        assert site.is_ready()


def test_an_interrupted_site_stops_in_order_and_leaves_nothing_behind() -> None:
    with run_site() as site:
        # Web and its worker process, worker and its pool, ticker and its one, beat; ready may be sooner.
        supervisor = psutil.Process(site.process.pid)
        wait_until(lambda: len(supervisor.children(recursive=True)) >= 8, seconds=60, what="all have started")
        family = supervisor.children(recursive=True)

        assert site.stop() == 0

        assert not [child for child in family if child.is_running()]
        assert site.log.read_text().endswith("Stopped.\n")


def test_a_supervisor_that_is_killed_takes_its_children_along() -> None:
    with run_site() as site:
        family = psutil.Process(site.process.pid).children(recursive=True)

        site.process.kill()
        site.process.wait()

        wait_until(lambda: not any(c.is_running() for c in family), seconds=30, what="all have ended")
