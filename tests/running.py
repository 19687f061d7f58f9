"""The running site: all processes under the real supervisor, with their own data folder and port."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.programs import free_port, wait_until

CHECKOUT = Path(__file__).resolve().parent.parent
# What the environment may hold of another installation; a test's site starts from the defaults.
SETTINGS = (
    "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "STORAGE_URL", "SECRET_KEY", "DEBUG", "ALLOWED_HOSTS",
    "SITE_URL", "TSA_URL", "STATIC_ROOT", "BEHIND_PROXY", "PROXY_COUNT", "DJANGO_SETTINGS_MODULE",
)  # fmt: skip


@dataclass(frozen=True)
class Site:
    """Where a running site is and what it writes."""

    url: str
    data_dir: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def outbox(self) -> Path:
        return self.data_dir / "outbox"

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of the answer; (0, "") when there is none."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(self.url + path, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def is_ready(self) -> bool:
        return self.get("/readyz")[0] == 200

    def manage(self, *arguments: str) -> str:
        """What `manage.py ARGUMENTS` prints, run beside the site on its data; it must succeed."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT, env=self.environment, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    def stop(self) -> int:
        """As Ctrl-C does; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=40)


@cache
def _static_root() -> str:
    """Collected once for all sites of a test run."""
    folder = tempfile.mkdtemp(prefix="tracker-static-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def clean_environment(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return {**kept, **changes}


@contextmanager
def run_site(data_dir: Path | None = None, **environment: str) -> Iterator[Site]:
    """Start the four processes, wait until /readyz answers 200, and stop them when the block ends.

    `environment` is as docs/operations.md names it (DATABASE_URL=..., EMAIL_URL=...); ticks come every 2 s.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="tracker-site-") as folder:
        home = data_dir or Path(folder) / "var"
        names = {"DATA_DIR": str(home), "PORT": str(port), "TICK_SECONDS": "2", "STATIC_ROOT": _static_root()}
        names |= environment
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "tracker.supervisor"],
                cwd=CHECKOUT, env=clean_environment(**names), stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        site = Site(f"http://localhost:{port}", home, clean_environment(**names), process, log)
        try:
            wait_until(
                lambda: process.poll() is not None or site.is_ready(), seconds=90, what="/readyz is 200"
            )
            if process.poll() is not None:
                raise AssertionError(f"The site ended at once:\n{log.read_text()}")
            yield site
        except AssertionError as error:
            error.add_note(f"The site said:\n{log.read_text()}")
            raise
        finally:
            if process.poll() is None:
                site.stop()
