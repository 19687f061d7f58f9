"""Sends files to a running site from several clients while its processes are killed, and counts them after.

Run as: python -m tests.faults.intake [--files N] [--clients N] [--kills N] [--seed N]. Starts a site of its
own under the real supervisor, on embedded defaults or, where DATABASE_URL and REDIS_URL are set, on those.
A client goes on until each of its files is acknowledged, whatever breaks in between. Prints a table and,
last, a line of JSON; exits with 1 where an acknowledged file is not there with its hash, where a file has no
row or a row no file, or where a web or worker process grew beyond its memory.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import psutil

from tests.faults.files import Named, pool
from tests.running import Site, run_site

MOST_MEMORY_MB = 300
PIECE = 512 * 1024
PATIENCE_SECONDS = 300
# The tick asks again for the copies that a killed worker owes after five minutes.
SETTLING_SECONDS, SECONDS_TO_DRAW = 400.0, 1.0
KILLED = {"web": 3, "worker": 2}
# Programs that a worker runs beside itself for a stranger's file, each with limits of its own.
BESIDE = "_child.py"

PREPARE = """
import json, sys
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from cases.models import ProblemKind
from cases.services import cases
from tracker.accounts.models import User
told = []
for number in range({clients}):
    user = User.objects.create_user(f"client{{number}}@example.org")
    case = cases.open_case(
        by=user, at=timezone.now(), title="C", playbook="douyin", problem_kind=ProblemKind.OTHER
    )
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    told.append([case.reference, session.session_key])
print(json.dumps(told))
"""
COUNT = """
import json
from cases.models import Exhibit, Upload, WorkingCopy
rows = [list(row) for row in Exhibit.objects.values_list("case__reference", "sha256", "size")]
drawn = WorkingCopy.objects.filter(kind="thumbnail").count()
pictured = Exhibit.objects.exclude(media_type__startswith="audio/").count()
under_way = Upload.objects.filter(ended_at=None).count()
print(json.dumps({"rows": rows, "drawn": drawn, "pictured": pictured, "under_way": under_way}))
"""


@dataclass
class Result:
    """What became of the files. `memory` is the largest RSS seen of each kind of process, in MB."""

    files: int
    acknowledged: int = 0
    bytes: int = 0
    seconds: float = 0.0
    kills: dict[str, int] = field(default_factory=dict)
    sent_again: int = 0
    missing: int = 0
    unasked: int = 0
    twice: int = 0
    under_way: int = 0
    drawn: int = 0
    pictured: int = 0  # all but sound
    findings: str = ""
    memory: dict[str, int] = field(default_factory=dict)

    def broken(self) -> Iterator[str]:
        if self.acknowledged != self.files:
            yield f"{self.files - self.acknowledged} files were never acknowledged."
        if self.drawn != self.pictured:
            yield f"{self.pictured - self.drawn} exhibits were never drawn."
        for name in ("missing", "unasked", "twice", "under_way"):
            if getattr(self, name):
                yield f"{name}: {getattr(self, name)}."
        if self.findings:
            yield f"scrub_evidence: {self.findings}"
        for name, most in self.memory.items():
            if most > MOST_MEMORY_MB:
                yield f"A {name} process grew to {most} MB."


class Client(threading.Thread):
    """One browser: announces a file, sends it in pieces, goes on after whatever broke."""

    def __init__(self, site: Site, reference: str, session: str, files: list[Named]) -> None:
        super().__init__(daemon=True)
        self.site, self.reference, self.files = site, reference, files
        self.acknowledged: list[tuple[str, int]] = []
        self.sent_again = 0
        self.failures: list[str] = []
        token = "a" * 32
        self._head = {
            "Cookie": f"sessionid={session}; csrftoken={token}",
            "X-CSRFToken": token,
            "Accept": "application/json",
        }

    def run(self) -> None:
        for file in self.files:
            try:
                self._send(file)
            except Exception as error:
                self.failures.append(f"{file.name}: {type(error).__name__}: {error}")

    def _send(self, file: Named) -> None:
        sha256 = hashlib.sha256(file.content).hexdigest()
        body = json.dumps({"name": file.name, "size": len(file.content), "sha256": sha256}).encode()
        ends, address = time.monotonic() + PATIENCE_SECONDS, ""
        while time.monotonic() < ends:
            try:
                answer = self._ask("POST", f"/cases/{self.reference}/uploads/", body, "application/json")
                address = str(answer["url"])
                if self._send_pieces(file, address, int(answer["offset"])):
                    self.acknowledged.append((sha256, len(file.content)))
                    return
            except (OSError, http.client.HTTPException, _NotNow):
                self.sent_again += 1
                time.sleep(0.3)
        raise TimeoutError(f"not acknowledged within {PATIENCE_SECONDS} s; {address}")

    def _send_pieces(self, file: Named, address: str, offset: int) -> bool:
        while True:
            piece = file.content[offset : offset + PIECE]
            answer = self._ask(
                "PATCH", address, piece, "application/offset+octet-stream", {"Upload-Offset": str(offset)}
            )
            if answer.get("label"):
                return True
            offset = int(answer["offset"])

    def _ask(
        self, method: str, address: str, body: bytes, kind: str, more: dict[str, str] | None = None
    ) -> dict[str, object]:
        host = self.site.url.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=60)
        try:
            path = address.removeprefix(self.site.url)
            head = {**self._head, "Content-Type": kind, "Referer": self.site.url + "/", **(more or {})}
            connection.request(method, path, body, head)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if response.status == 204:
            return {"offset": response.headers["Upload-Offset"]}
        if response.status in {200, 201}:
            return dict(json.loads(content))
        if response.status in {409, 429} or response.status >= 500:
            raise _NotNow(response.status)
        raise ValueError(f"{response.status}: {content[:300].decode(errors='replace')}")


class _NotNow(Exception):
    """The site could not do it just now; the browser tries again."""


def processes_of(site: Site) -> Iterator[tuple[str, psutil.Process]]:
    """The web and worker processes under the supervisor, with what each is for."""
    with suppress(psutil.NoSuchProcess):
        for process in psutil.Process(site.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                line = " ".join(process.cmdline())
                if BESIDE in line:
                    continue
                kind = "web" if "granian" in line else "worker" if "worker" in line else "other"
                yield kind, process


class Watch(threading.Thread):
    """Kills a process now and then, and remembers the largest memory of each kind.

    The kills are spread over the files, not over time: a site that is down anyway cannot lose anything.
    """

    def __init__(
        self,
        site: Site,
        senders: list[Client],
        result: Result,
        *,
        kills: int,
        chance: random.Random,
        shares: dict[str, int],
    ) -> None:
        super().__init__(daemon=True)
        self.site, self.senders, self.result, self.chance = site, senders, result, chance
        self.shares = shares
        self.strike_at = sorted(chance.sample(range(result.files), kills), reverse=True)
        self.is_over = threading.Event()

    def run(self) -> None:
        while not self.is_over.wait(0.1):
            self._measure()
            done = sum(len(sender.acknowledged) for sender in self.senders)
            if self.strike_at and done >= self.strike_at[-1] and self._strike():
                self.strike_at.pop()

    def _measure(self) -> None:
        for kind, process in processes_of(self.site):
            with suppress(psutil.NoSuchProcess):
                memory = process.memory_info().rss // 1024 // 1024
                self.result.memory[kind] = max(self.result.memory.get(kind, 0), memory)

    def _strike(self) -> bool:
        """False where there was nothing to kill."""
        wanted = self.chance.choices(list(self.shares), list(self.shares.values()))[0]
        found = [process for kind, process in processes_of(self.site) if kind == wanted]
        if not found:
            return False
        with suppress(psutil.NoSuchProcess):
            self.chance.choice(found).send_signal(signal.SIGKILL)
            self.result.kills[wanted] = self.result.kills.get(wanted, 0) + 1
        return True


def run(*, files: int, clients: int, kills: int, seed: int, shares: dict[str, int] = KILLED) -> Result:
    """`shares`: how often a process of each kind is killed, against each other."""
    chance = random.Random(seed)  # noqa: S311 - to break things, not to keep them
    makers = pool(chance)
    made = [makers[number % len(makers)](number) for number in range(files)]
    chance.shuffle(made)
    result = Result(files, bytes=sum(len(file.content) for file in made))
    servers = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if name in os.environ}
    with run_site(**servers) as site:
        told = json.loads(site.manage("shell", "--verbosity", "0", "-c", PREPARE.format(clients=clients)))
        senders = [
            Client(site, reference, session, made[number::clients])
            for number, (reference, session) in enumerate(told)
        ]
        watch = Watch(site, senders, result, kills=kills, chance=chance, shares=shares)
        began = time.monotonic()
        for thread in (*senders, watch):
            thread.start()
        for sender in senders:
            sender.join()
        result.seconds = time.monotonic() - began
        watch.is_over.set()
        watch.join()
        _count(site, senders, result)
    return result


def _settled(site: Site, patience: float) -> dict[str, Any]:
    """What is stored once every exhibit but sound has its thumbnail; a killed worker's come late."""
    ends = time.monotonic() + patience
    while True:
        counted: dict[str, Any] = json.loads(site.manage("shell", "--verbosity", "0", "-c", COUNT))
        if counted["drawn"] == counted["pictured"] or time.monotonic() > ends:
            return counted
        time.sleep(2)


def _count(site: Site, senders: list[Client], result: Result) -> None:
    counted = _settled(site, patience=SETTLING_SECONDS + result.files * SECONDS_TO_DRAW)
    stored = Counter((reference, sha256, size) for reference, sha256, size in counted["rows"])
    wanted = {(sender.reference, sha256, size) for sender in senders for sha256, size in sender.acknowledged}
    result.acknowledged = len(wanted)
    result.drawn, result.pictured = int(counted["drawn"]), int(counted["pictured"])
    result.sent_again = sum(sender.sent_again for sender in senders)
    result.missing = len(wanted - stored.keys())
    result.unasked = len(stored.keys() - wanted)
    result.twice = sum(stored.values()) - len(stored)
    result.under_way = int(counted["under_way"])
    for sender in senders:
        result.findings += " ".join(sender.failures)
    try:
        site.manage("scrub_evidence")
    except Exception as error:
        result.findings += str(getattr(error, "stdout", error))[:2_000]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults.intake", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    result = run(**vars(parser.parse_args()))
    megabytes = result.bytes / 1024 / 1024
    print(f"{result.files} files, {megabytes:.0f} MB, in {result.seconds:.0f} s; killed: {result.kills}")
    print(f"acknowledged {result.acknowledged}, tried again {result.sent_again}")
    print(f"drawn {result.drawn} of {result.pictured}")
    print(f"largest memory, MB: {result.memory}")
    broken = list(result.broken())
    for sentence in broken:
        print(f"BROKEN: {sentence}")
    print(json.dumps({**asdict(result), "broken": broken}))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
