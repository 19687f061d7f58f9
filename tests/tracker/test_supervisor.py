"""tracker.supervisor: starts again what dies, takes orphans along, waits longer each time."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.programs import free_port, wait_until
from tracker import supervisor
from tracker.prepare import CannotStart, claim_port
from tracker.supervisor import Child, only_one

SLEEPER = [sys.executable, "-c", "import time; time.sleep(300)"]
QUITTER = [sys.executable, "-c", "raise SystemExit(3)"]
# A parent with a child of its own, as a worker has its pool.
FAMILY = [
    sys.executable,
    "-c",
    "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)']);"
    "time.sleep(300)",
]


@pytest.fixture
def children() -> Iterator[list[Child]]:
    started: list[Child] = []
    yield started
    for child in started:
        child.kill_group()


def died(child: Child) -> bool:
    return child.process is not None and child.process.poll() is not None


def test_a_child_that_dies_is_started_again_after_a_delay_that_doubles(
    children: list[Child], capsys: pytest.CaptureFixture[str]
) -> None:
    child = Child("worker", QUITTER)
    children.append(child)
    now = 0.0
    for delay in (1, 2, 4, 8, 16, 30, 30):
        child.look_after(now)
        wait_until(lambda: died(child), seconds=10, what="the child has ended")
        child.look_after(now)
        assert f"The worker stopped (exit code 3); starting it again in {delay} s." in capsys.readouterr().out

        child.look_after(now + delay - 0.1)
        assert child.process is None
        now += delay


def test_a_child_that_ran_for_a_while_is_started_again_at_once(children: list[Child]) -> None:
    child = Child("web", QUITTER, delay=16.0)
    children.append(child)
    child.look_after(0)
    wait_until(lambda: died(child), seconds=10, what="the child has ended")

    child.look_after(61)

    assert child.start_at == 62


def test_what_a_killed_child_leaves_behind_is_killed_too(
    children: list[Child], capsys: pytest.CaptureFixture[str]
) -> None:
    child = Child("worker", FAMILY)
    children.append(child)
    child.look_after(0)
    assert child.process is not None
    parent = psutil.Process(child.process.pid)
    wait_until(parent.children, seconds=10, what="the child has a child")
    orphan = parent.children()[0]

    os.kill(parent.pid, signal.SIGKILL)
    wait_until(lambda: died(child), seconds=10, what="the parent is dead")
    child.look_after(1)

    wait_until(lambda: not alive(orphan), seconds=10, what="the orphan is dead")
    assert "signal SIGKILL" in capsys.readouterr().out


def alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_each_child_has_a_session_of_its_own_so_that_ctrl_c_reaches_the_supervisor_alone(
    children: list[Child],
) -> None:
    child = Child("beat", SLEEPER)
    children.append(child)
    child.look_after(0)

    assert child.process is not None
    assert os.getsid(child.process.pid) == child.process.pid


def test_a_port_that_another_program_listens_at_is_refused_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(CannotStart, match=f"^Port {port} is in use .* choose another port"):
            claim_port(port)


def test_a_free_port_is_free_after_the_look() -> None:
    port = free_port()

    claim_port(port)
    claim_port(port)


def test_a_second_copy_on_the_same_data_is_refused_and_the_first_one_named(tmp_path: Path) -> None:
    with only_one(tmp_path, 8000):
        second = only_one(tmp_path, 8001)
        with pytest.raises(CannotStart, match=rf"Another copy runs on .*process {os.getpid()}, port 8000"):
            second.__enter__()

    with only_one(tmp_path, 8001):
        pass  # free again


def test_the_web_server_listens_at_this_machine_alone() -> None:
    web = supervisor.commands(8123)["web"]

    assert web[web.index("--host") + 1] == "127.0.0.1"
    assert web[web.index("--port") + 1] == "8123"


SILENT = "database ok\nbroker ok\nstorage ok\nbeat failed\n"
WELL = SILENT.replace("failed", "ok")
NO_DATABASE = SILENT.replace("database ok", "database failed")


@pytest.mark.parametrize(
    ("looks", "killed"),
    [
        ([SILENT, SILENT], ["worker", "ticker", "beat"]),
        ([SILENT, WELL, SILENT], []),  # the machine slept in between
        ([NO_DATABASE, NO_DATABASE], []),  # a restart would mend nothing
        (["", ""], []),
    ],
)
def test_worker_ticker_and_beat_that_hang_are_started_again(
    monkeypatch: pytest.MonkeyPatch, looks: list[str], killed: list[str]
) -> None:
    answers = iter(looks)
    seen: list[str] = []
    monkeypatch.setattr(supervisor, "_ask", lambda url: (503, next(answers)))
    monkeypatch.setattr(Child, "look_after", lambda child, now: None)
    monkeypatch.setattr(Child, "kill_group", lambda child: seen.append(child.name))
    site = supervisor.Supervisor(port=8000, site_url="http://localhost:8000", processed_messages=None)
    site.is_announced = True

    for _ in looks:
        site.looked_at = -supervisor.LOOK_SECONDS
        site.look_after_all()

    assert seen == killed
