"""The runs that the benchmark of reminders compares: ourselves, the floor, ETA tasks, the whole path."""

from __future__ import annotations

import os
import resource
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.policy import compat32, default
from email.utils import formatdate
from pathlib import Path
from typing import Any

import psutil
from _reminder_data import ROOT, plan, release, start_django
from _smtp_sink import SPAWN, Sink

SMTP_LINES = compat32.clone(linesep="\r\n")
FROM = "reminders@cases.example.org"
MEGABYTE = 1024 * 1024
LONGEST_SECONDS = 1200
IDLE_SECONDS = 60
SETTLING_SECONDS = 10  # the first tick of each ticker loads what later ones have


@dataclass
class Run:
    """Mails; when each was accepted, in seconds after the start; CPU seconds and the largest memory, in
    bytes, of the processes that send."""

    mails: int
    times: list[float]
    cpu: float
    memory: float

    @property
    def seconds(self) -> float:
        return self.times[-1]

    @property
    def rate(self) -> float:
        return self.mails / self.seconds

    def lateness(self, share: float) -> float:
        return sorted(self.times)[min(int(share * self.mails), self.mails - 1)]


class Failed(SystemExit):
    """A run that did not send what it was to send: its time would mean nothing."""


def ours(sink: Sink, mails: int, senders: int) -> Run:
    """`send_due` in so many processes at once, from the database."""
    plan(mails)
    release(datetime.now(UTC))
    return _together(_send_due, [()] * senders, sink, mails)


def floor(sink: Sink, mails: int, samples: Sequence[bytes], senders: int = 1) -> Run:
    """Mails as large as ours, built by Python and handed over on one connection a process; no database."""
    bodies = [_bodies(sample) for sample in samples]
    share = mails // senders
    return _together(_send_bare, [(sink.port, share, bodies)] * senders, sink, share * senders)


def _together(work: Any, arguments: Sequence[tuple[Any, ...]], sink: Sink, mails: int) -> Run:
    """Run work(*arguments) in a process for each, begun at once when all are ready."""
    sink.forget()
    barrier, results = SPAWN.Barrier(len(arguments) + 1), SPAWN.Queue()
    processes = [SPAWN.Process(target=_measured, args=(work, each, barrier, results)) for each in arguments]
    for process in processes:
        process.start()
    barrier.wait(120)
    began = time.time()
    used = [results.get(timeout=LONGEST_SECONDS) for _process in processes]
    for process in processes:
        process.join()
    return _run(sink, mails, began, sum(cpu for cpu, _memory in used), max(memory for _cpu, memory in used))


def _run(sink: Sink, mails: int, began: float, cpu: float, memory: float) -> Run:
    times = [at - began for at in sink.times()]
    if len(times) != mails:
        raise Failed(f"The sink took {len(times)} mails, not {mails}.")
    return Run(mails, times, cpu, memory)


def _measured(work: Any, arguments: tuple[Any, ...], barrier: Any, results: Any) -> None:
    start_django()
    barrier.wait(120)
    cpu = time.process_time()
    work(*arguments)
    results.put((time.process_time() - cpu, _largest()))


def _largest() -> float:
    """Of this process, in bytes; what getrusage tells on Linux counts in the process that started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return float(line.split()[1]) * 1024


def _send_due() -> None:
    from django.db import connections

    from cases.services import reminders

    reminders.send_due()
    connections.close_all()


def _bodies(sample: bytes) -> tuple[str, str]:
    """Text and HTML of a mail of ours."""
    message: Any = message_from_bytes(sample, policy=default)
    plain, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return plain, html


def _send_bare(port: int, mails: int, bodies: Sequence[tuple[str, str]]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for number in range(mails):
            message = MIMEMultipart("alternative")
            message["Subject"] = f"9月1日周二 21:15 前：记录「未回复」 {number}"
            message["From"], message["To"] = FROM, f"user{number}@example.org"
            message["Date"], message["Message-ID"] = formatdate(), f"<floor.{number}@cases.example.org>"
            for body, kind in zip(bodies[number % len(bodies)], ("plain", "html"), strict=True):
                part = Message()
                part["Content-Type"] = f"text/{kind}; charset=utf-8"
                part["Content-Transfer-Encoding"] = "8bit"
                part.set_payload(body.encode().decode("ascii", "surrogateescape"))
                message.attach(part)
            connection.sendmail(FROM, [f"user{number}@example.org"], message.as_bytes(policy=SMTP_LINES))


def eta(sink: Sink, tasks: int) -> Run:
    """One Celery task with an ETA for each reminder, in a worker of two processes, on Redis."""
    from cases.models import Reminder

    sys.path.insert(0, str(ROOT / "benchmarks"))
    from _reminder_eta import app, remind

    plan(tasks)
    keys = list(Reminder.objects.pending().order_by("pk").values_list("pk", flat=True)[:tasks])
    Reminder.objects.pending().exclude(pk__in=keys).delete()
    sink.forget()
    command = [
        sys.executable,
        "-m",
        "celery",
        "--quiet",
        "--app",
        "_reminder_eta",
        "worker",
        "--queues",
        "eta",
    ]
    command += ["--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    with _processes([command]) as workers:
        due_at = datetime.now(UTC) + timedelta(seconds=10 + tasks / 200)
        for key in keys:
            remind.apply_async((key,), eta=due_at)
        time.sleep(max(due_at.timestamp() - time.time() - 1, 0))
        before = _cpu(workers)
        memory = _until(lambda: sink.accepted >= tasks, workers, f"{tasks} ETA tasks are done")
        used = _cpu(workers) - before
    app.close()
    return _run(sink, tasks, due_at.timestamp(), used, memory)


@contextmanager
def path(senders: int) -> Iterator[list[psutil.Process]]:
    """The site's own beat and `senders` tickers, with the broker there is; ready when a tick came through."""
    from tracker.health.models import Heartbeat
    from tracker.supervisor import commands

    Heartbeat.objects.all().delete()
    tickers = [commands(10_000 + number)["ticker"] for number in range(senders)]
    with _processes([*tickers, commands(10_000)["beat"]]) as processes:
        _until(Heartbeat.objects.exists, processes, "beat and ticker tick")
        yield processes


def through(processes: list[psutil.Process], sink: Sink, mails: int) -> Run:
    """Ourselves by way of beat, broker and tickers; the start is the tick that finds the mails due."""
    plan(mails)
    sink.forget()
    release(datetime.now(UTC))
    last, before = _last_tick(), _cpu(processes)
    _until(lambda: _last_tick() != last or sink.accepted, processes, "a tick comes")
    began = min(_last_tick(), *(sink.times()[:1] or [time.time()]))
    memory = _until(lambda: sink.accepted >= mails, processes, f"{mails} mails are out")
    time.sleep(1)  # what was sent last is written down
    return _run(sink, mails, began, _cpu(processes) - before, memory)


def idle(processes: list[psutil.Process]) -> float:
    """The share of a core that beat and tickers take while nothing is due."""
    from django.conf import settings

    time.sleep(SETTLING_SECONDS + settings.TICK_SECONDS * (len(processes) - 2))
    before = _cpu(processes)
    time.sleep(IDLE_SECONDS)
    return (_cpu(processes) - before) / IDLE_SECONDS


def _last_tick() -> float:
    from tracker.health.models import Heartbeat

    at: datetime = Heartbeat.objects.get(name="tick").at
    return at.timestamp()


@contextmanager
def _processes(commands: Sequence[list[str]]) -> Iterator[list[psutil.Process]]:
    """Our own programs, stopped at the end; the environment is this process's."""
    with ExitStack() as stack:
        log = stack.enter_context(tempfile.TemporaryFile())
        started = []
        for command in commands:
            process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=os.environ
            )
            stack.callback(_stop, process)
            started.append(psutil.Process(process.pid))
        try:
            yield started
        except Failed:
            log.seek(0)
            print(log.read().decode(errors="replace")[-3000:], file=sys.stderr)
            raise


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _family(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    return [*processes, *(child for process in processes for child in process.children(recursive=True))]


def _cpu(processes: Sequence[psutil.Process]) -> float:
    return sum(sum(each.cpu_times()[:2]) for each in _family(processes))


def _until(is_so: Any, processes: Sequence[psutil.Process], what: str) -> float:
    """Wait, and return the largest memory that one of the processes took meanwhile, in bytes."""
    ends, largest = time.monotonic() + LONGEST_SECONDS, 0.0
    while not is_so():
        if time.monotonic() > ends:
            raise Failed(f"Not within {LONGEST_SECONDS} s: {what}.")
        largest = max([largest, *(each.memory_info().rss for each in _family(processes))])
        time.sleep(0.05)
    return largest
