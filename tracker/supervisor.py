"""Runs web, worker, ticker and beat on one machine, starts again what dies, and stops all of it as one.

Started by script/server. On many machines each process has its own supervisor instead (compose.yaml).
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from tracker.broker import prune
from tracker.prepare import CHECKOUT, CannotStart, bring_up_to_date, claim_port, has_users, set_up_django

STOP_SECONDS = 20
LONGEST_DELAY = 30.0
STEADY_SECONDS = 60
READY_SECONDS = 60
LOOK_SECONDS = 60
DEMO = ".venv/bin/python manage.py demo"


def say(sentence: str) -> None:
    print(sentence, flush=True)


@dataclass
class Child:
    """One process in its own session; it is started again when it dies, after a growing delay."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    delay: float = 1.0
    started_at: float = 0.0
    start_at: float = 0.0  # monotonic seconds; when a dead one may start again

    def look_after(self, now: float) -> None:
        """Start it when it is time to; bury it when it is dead. `now` in monotonic seconds."""
        if self.process is None:
            if now >= self.start_at:
                self._start(now)
            return
        code = self.process.poll()
        if code is not None:
            self._bury(code, now)

    def _start(self, now: float) -> None:
        self.process = subprocess.Popen(
            self.command,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        self.started_at = now

    def _bury(self, code: int, now: float) -> None:
        self.kill_group()  # a killed worker leaves its pool behind
        if now - self.started_at > STEADY_SECONDS:
            self.delay = 1.0
        say(f"The {self.name} stopped ({_how(code)}); starting it again in {self.delay:.0f} s.")
        self.start_at = now + self.delay
        self.delay = min(self.delay * 2, LONGEST_DELAY)
        self.process = None

    def kill_group(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the process, not its group: each ends its own children in order."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()


def _die_with_parent() -> None:
    """On Linux: a supervisor that is killed takes its children along instead of leaving the port taken."""
    with suppress(OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def commands(port: int) -> dict[str, list[str]]:
    """What runs, by name, as arguments for this Python."""
    python = [sys.executable, "-m"]
    worker = [
        *python, "celery", "--quiet", "--app", "tracker", "worker", "--loglevel", "WARNING",
        "--without-gossip", "--without-mingle", "--without-heartbeat", "--hostname",
    ]  # fmt: skip
    return {
        "web": [
            *python, "granian", "tracker.wsgi:application", "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(port), "--workers", "1", "--blocking-threads", "8", "--no-ws", "--http", "1",
            "--log-level", "error", "--workers-kill-timeout", "10",
        ],
        "worker": [*worker, f"worker-{port}@%h", "--queues", "celery"],
        "ticker": [*worker, f"ticker-{port}@%h", "--queues", "tick", "--concurrency", "1"],
        "beat": [*python, "celery", "--quiet", "--app", "tracker", "beat", "--loglevel", "WARNING"],
    }  # fmt: skip


class Supervisor:
    """The four children of one DATA_DIR and PORT, from first start to clean stop."""

    def __init__(self, *, port: int, site_url: str, processed_messages: Path | None) -> None:
        self.children = [Child(name, command) for name, command in commands(port).items()]
        self.ready_url = f"http://127.0.0.1:{port}/readyz"
        self.site_url = site_url
        self.processed_messages = processed_messages
        self.is_stopping = False
        self.is_announced = False
        self.is_asking = False
        self.began_at = time.monotonic()
        self.looked_at = self.began_at
        self.is_silent = False  # at the last look no tick had come through

    def run(self) -> None:
        """Returns after a signal, when all children have ended."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.stop)
        try:
            while not self.is_stopping:
                self.look_after_all()
                self._wait(0.2)
        finally:
            self._end_all()

    def stop(self, number: int, frame: FrameType | None) -> None:
        if self.is_stopping:  # asked twice: no more patience
            for child in self.children:
                child.kill_group()
        self.is_stopping = True

    def look_after_all(self) -> None:
        now = time.monotonic()
        for child in self.children:
            child.look_after(now)
        if not self.is_announced:
            self._announce(now)
        elif now - self.looked_at > LOOK_SECONDS:
            self.looked_at = now
            self._wake_what_hangs()
            if self.processed_messages:
                prune(self.processed_messages, now=time.time())

    def _wake_what_hangs(self) -> None:
        """Kill all but the web server when no tick came at two looks in a row, though all else works.

        A process that hangs is not dead, so nothing else would notice. The first look after the machine
        slept finds an old tick too; the second does not.
        """
        was_silent = self.is_silent
        self.is_silent = _ask(self.ready_url)[1] == "database ok\nbroker ok\nstorage ok\nbeat failed\n"
        if was_silent and self.is_silent:
            say("No tick came through for three minutes; worker, ticker and beat are started again.")
            for child in self.children:
                if child.name != "web":
                    child.kill_group()
            self.is_silent = False

    def _announce(self, now: float) -> None:
        status, text = _ask(self.ready_url)
        if status == 200:
            say(f"The site is ready at {self.site_url}  (Ctrl-C stops it)")
            self._offer_demo()
        elif now - self.began_at > READY_SECONDS:
            failed = ", ".join(line.removesuffix(" failed") for line in text.splitlines() if "failed" in line)
            say(f"The site at {self.site_url} is not ready after {READY_SECONDS} s: {failed or 'no answer'}.")
        else:
            return
        self.is_announced = True

    def _offer_demo(self) -> None:
        if has_users():
            return
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            say(f"There is no account yet. Sign up there, or make a demo account with six cases: {DEMO}")
            return
        print("There is no account yet. Make a demo account with six cases? [y/N] ", end="", flush=True)
        self.is_asking = True

    def _wait(self, seconds: float) -> None:
        """Sleep, or take the answer to the offer as soon as it is typed."""
        if not self.is_asking:
            time.sleep(seconds)
        elif select.select([sys.stdin], [], [], seconds)[0]:
            self.is_asking = False
            if sys.stdin.readline().strip().lower() in {"y", "yes", "是"}:
                subprocess.run([sys.executable, "manage.py", "demo"], cwd=CHECKOUT, check=False)
            else:
                say(f"None was made. To make one later: {DEMO}")

    def _end_all(self) -> None:
        say("\nStopping ...")
        for child in self.children:
            child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process is not None:
                with suppress(subprocess.TimeoutExpired):
                    child.process.wait(timeout=max(deadline - time.monotonic(), 0.1))
                child.kill_group()
        say("Stopped.")


def _ask(url: str) -> tuple[int, str]:
    """Status and text of the answer; (0, "") when there is none. Never through a proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError:
        return 0, ""


@contextmanager
def only_one(data_dir: Path, port: int) -> Iterator[None]:
    """Hold DATA_DIR for this process. Raises CannotStart when another copy holds it."""
    with (data_dir / "server.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise CannotStart(
                f"Another copy runs on {data_dir} already ({lock.read().strip() or 'just started'}). "
                "Stop that one, or give this one a folder and a port: DATA_DIR=... PORT=... script/server"
            ) from error
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, port {port}")
        lock.flush()
        yield


def main() -> int:
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    try:
        set_up_django()
        from django.conf import settings

        with only_one(settings.DATA_DIR, settings.PORT):
            claim_port(settings.PORT)
            bring_up_to_date()
            processed = None if settings.REDIS_URL else settings.BROKER_DIR / "processed"
            Supervisor(port=settings.PORT, site_url=settings.SITE_URL, processed_messages=processed).run()
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
