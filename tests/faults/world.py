"""The real programs around the reminders, each of which can be stopped, killed, frozen and started again."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from tests.programs import find, free_port, wait_until
from tests.running import CHECKOUT, clean_environment

TICK_SECONDS = 2
RETRIES_MINUTES = "0.05,0.1,0.2"


class Program:
    """One program and its children, a process group that ends with this process."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        environment: dict[str, str] | None = None,
        is_ready: Callable[[], object] | None = None,
    ) -> None:
        self.name = name
        leash = [] if command[0] == "setpriv" else ["setpriv", "--pdeathsig", "KILL"]
        self.command = [*leash, *command]
        self.log = log
        self.environment = environment
        self.is_ready = is_ready
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **more: str) -> None:
        """Nothing happens where it runs already."""
        if self.is_running:
            return
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=CHECKOUT if self.environment else self.log.parent,
                env={**(self.environment or os.environ), **more},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if self.is_ready is not None:
            wait_until(self.is_ready, seconds=60, what=f"{self.name} is ready")

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def send(self, number: int) -> None:
        """A signal to the whole group."""
        if self.is_running and self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def send_to_first(self, number: int) -> None:
        """A signal to the first process alone, as an operator would send it."""
        if self.is_running and self.process is not None:
            self.process.send_signal(number)

    def wait(self, seconds: float = 30) -> None:
        if self.process is not None:
            self.process.wait(timeout=seconds)

    def kill(self) -> None:
        self.send(signal.SIGCONT)
        self.send(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()


class World:
    """PostgreSQL and Redis (or SQLite and the embedded broker), the mail server, tickers and beat."""

    def __init__(self, *, is_sqlite: bool) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="faults-", dir="/tmp"))  # a socket's path is short
        self.is_sqlite = is_sqlite
        self.mails = self.folder / "mails"
        self.orders = self.folder / "orders"
        self.ordered: list[str] = []
        self.programs: list[Program] = []
        self.environment = self._environment()
        self.sink = self._mail_server()
        self.postgresql = None if is_sqlite else self._postgresql()
        self.redis = None if is_sqlite else self._redis()
        self.tickers = [self._ticker(number) for number in range(1 if is_sqlite else 2)]
        self.beat = self._beat("beat")
        self.second_beat = self._beat("second-beat")

    def start_servers(self) -> None:
        for program in (self.sink, self.postgresql, self.redis):
            if program is not None:
                program.start()

    def start_workers(self) -> None:
        for program in (*self.tickers, self.beat):
            program.start()

    def order(self, fault: str, count: int) -> None:
        """Let the mail server fail so at `count` mails, after what was ordered before."""
        self.ordered.append(f"{fault} {count} {len(self.ordered) + 1}\n")
        draft = self.orders.with_suffix(".new")
        draft.write_text("".join(self.ordered))
        draft.rename(self.orders)

    def look_after(self) -> None:
        """Start again what died, as script/server and every service manager do."""
        for program in (*self.tickers, self.beat):
            if not program.is_running:
                program.start()

    def end(self) -> None:
        for program in reversed(self.programs):
            program.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _add(self, program: Program) -> Program:
        self.programs.append(program)
        return program

    def _environment(self) -> dict[str, str]:
        self.mail_port, self.redis_port = free_port(), free_port()
        socket = quote(str(self.folder / "pg"), safe="")
        names = {
            "DATA_DIR": str(self.folder / "var"),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "TICK_SECONDS": str(TICK_SECONDS),
            "REMINDER_RETRIES": RETRIES_MINUTES,
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
        }
        if not self.is_sqlite:
            names["DATABASE_URL"] = f"postgres://postgres@{socket}/postgres"
            names["REDIS_URL"] = f"redis://127.0.0.1:{self.redis_port}/0"
        return clean_environment(**names)

    def _mail_server(self) -> Program:
        command = [sys.executable, "-m", "tests.faults.sink", str(self.mail_port)]
        command += [str(self.mails), str(self.orders)]
        log = self.folder / "sink.log"
        return self._add(Program("mail server", command, log=log, environment=dict(os.environ)))

    def _postgresql(self) -> Program:
        home = self.folder / "pg"
        home.mkdir()
        become: list[str] = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            self.folder.chmod(0o755)
            os.chown(home, user.pw_uid, user.pw_gid)
            become = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        server = find("postgres")
        initdb = [*become, str(server.with_name("initdb")), f"--pgdata={home}/data", "--username=postgres"]
        initdb += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(initdb, check=True, capture_output=True, cwd=home)
        leash = ["--pdeathsig", "KILL"] if become else []
        command = [*become, *leash, str(server), "-D", f"{home}/data", "-c", "listen_addresses="]
        command += ["-c", f"unix_socket_directories={home}", "-c", "fsync=off", "-c", "max_connections=60"]
        ask = [str(server.with_name("pg_isready")), "--quiet", f"--host={home}", "--username=postgres"]

        def answers() -> bool:
            return subprocess.run(ask, check=False).returncode == 0

        return self._add(Program("PostgreSQL", command, log=self.folder / "pg.log", is_ready=answers))

    def _redis(self) -> Program:
        command = [str(find("redis-server")), "--bind", "127.0.0.1", "--port", str(self.redis_port)]
        command += ["--save", "", "--appendonly", "no"]
        return self._add(Program("Redis", command, log=self.folder / "redis.log"))

    def _celery(self, name: str, *arguments: str) -> Program:
        command = [sys.executable, "-m", "celery", "--quiet", "--app", "tracker", *arguments]
        command += ["--loglevel", "WARNING"]
        log = self.folder / f"{name}.log"
        return self._add(Program(name, command, log=log, environment=self.environment))

    def _ticker(self, number: int) -> Program:
        name = f"ticker-{number}"
        options = ("--without-gossip", "--without-mingle", "--hostname", f"{name}@here", "--queues", "tick")
        return self._celery(name, "worker", *options, "--concurrency", "1")

    def _beat(self, name: str) -> Program:
        return self._celery(name, "beat")
