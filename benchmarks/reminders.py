"""Measures how fast due reminders go out, against bare smtplib on one connection.

Run as: python benchmarks/reminders.py [COUNT] [ROUNDS]. It makes its own data folder and SQLite database
(or works in the empty database that DATABASE_URL names), its own SMTP sink in a process of its own, sends
COUNT reminders (10,000) with ourselves and the floor in turn, ROUNDS (3) times, prints medians as a table,
and ends with one JSON line per claim. Ourselves: the full mail, ledger and custody entry, from the database.
The floor: a mail of the same size, built by Python and handed over on one connection, no database.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import resource
import smtplib
import socket
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.policy import compat32
from email.utils import formatdate
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CASES = 100
SMTP_LINES = compat32.clone(linesep="\r\n")
DUE = datetime(2026, 9, 1, 13, 15, tzinfo=UTC)
PLANNED = DUE - timedelta(minutes=30)


@dataclass
class Run:
    """Messages, seconds on the clock, CPU seconds of the sending process."""

    count: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, accepted: Any) -> None:
    """One SMTP conversation, with as little work as the protocol allows."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"EHLO":
            writer.write(b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
        elif verb == b"DATA":
            writer.write(b"354 go on\r\n")
            await reader.readuntil(b"\r\n.\r\n")
            accepted.value += 1
            writer.write(b"250 kept\r\n")
        elif verb == b"QUIT":
            writer.write(b"221 bye\r\n")
            break
        else:
            writer.write(b"250 ok\r\n")
        await writer.drain()
    writer.close()


def _sink(listener: socket.socket, accepted: Synchronized[int]) -> None:
    async def serve() -> None:
        server = await asyncio.start_server(
            lambda reader, writer: _talk(reader, writer, accepted), sock=listener, limit=1 << 20
        )
        await server.serve_forever()

    asyncio.run(serve())


def start_django(data_dir: str, port: int) -> None:
    os.environ.update(
        DATA_DIR=data_dir,
        DJANGO_SETTINGS_MODULE="tracker.settings",
        EMAIL_URL=f"smtp://127.0.0.1:{port}",
        SITE_URL="https://cases.example.org",
    )
    for name in ("STORAGE_URL", "REDIS_URL", "SECRET_KEY"):
        os.environ.pop(name, None)
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    import logging

    from django.core.management import call_command

    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)


def plan(count: int) -> None:
    """`count` open deadlines, each with its one reminder, spread over a hundred cases of one user."""
    from cases.models import Case, Deadline, Reminder
    from cases.rules.calendars import china_calendar
    from cases.rules.deadlines import compute
    from cases.services import cases, playbooks
    from cases.services.reminders import message_id_of
    from tracker.accounts.models import User

    playbook = playbooks.all_playbooks()["douyin"]
    rule = playbook.rules["shop_message.no_reply"]
    due = compute(rule, playbook=playbook, at=PLANNED, facts={}, calendar=china_calendar())
    user = User.objects.filter(email="bench@example.org").first()
    user = user or User.objects.create_user("bench@example.org", "x" * 20)
    if not Case.objects.exists():
        for number in range(CASES):
            title = f"快递丢失 {number}"
            cases.open_case(by=user, at=PLANNED, title=title, playbook="douyin", problem_kind="parcel_lost")
    case_ids = list(Case.objects.values_list("pk", flat=True))
    deadlines = Deadline.objects.bulk_create(
        [
            Deadline(
                case_id=case_ids[number % CASES],
                rule=f"{due.rule}.{time.time_ns()}.{number}",
                whose=due.whose,
                triggered_at=PLANNED,
                due_at=due.due_at,
                because=due.because(),
                computed_at=PLANNED,
            )
            for number in range(count)
        ],
        batch_size=500,
    )
    Reminder.objects.bulk_create(
        [
            Reminder(
                deadline=deadline,
                step="due",
                version=1,
                due_at=DUE,
                message_id=message_id_of(deadline.pk, "due", 1),
            )
            for deadline in deadlines
        ],
        batch_size=500,
    )


def measure(work: Any, count: int) -> Run:
    cpu, clock = time.process_time(), time.perf_counter()
    work()
    return Run(count, time.perf_counter() - clock, time.process_time() - cpu)


def send_ours(count: int) -> None:
    from cases.services import reminders

    report = reminders.send_due()
    if report.sent != count:
        raise SystemExit(f"Only {report.sent} of {count} were sent: {report}.")


def send_floor(count: int, port: int, text: str, html: str) -> None:
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for number in range(count):
            message = MIMEMultipart("alternative")
            message["Subject"] = f"9月1日周二 21:15 前：记录「未回复」 {number}"
            message["From"], message["To"] = "reminders@example.org", "bench@example.org"
            message["Date"], message["Message-ID"] = formatdate(), f"<floor.{number}@example.org>"
            for body, kind in ((text, "plain"), (html, "html")):
                part = Message()
                part["Content-Type"], part["Content-Transfer-Encoding"] = (
                    f"text/{kind}; charset=utf-8",
                    "8bit",
                )
                part.set_payload(body.encode().decode("ascii", "surrogateescape"))
                message.attach(part)
            connection.sendmail(
                "reminders@example.org", ["bench@example.org"], message.as_bytes(policy=SMTP_LINES)
            )


def sample() -> tuple[str, str]:
    """Text and HTML of one real reminder: the floor sends mails of the same size."""
    from cases.models import Reminder
    from cases.services import mail

    row = Reminder.objects.select_related("deadline__case").latest("pk")
    recipient = mail.Recipient(row.deadline.case.owner, is_confirmed=True)
    written = mail.write([row], recipient, at=DUE)
    return str(written.body), str(written.alternatives[0][0])


def report(ours: list[Run], floors: list[Run], vendor: str) -> None:
    def middle(values: list[float]) -> float:
        return statistics.median(values)

    rows = [("ourselves", ours), ("bare smtplib", floors)]
    print(f"{'what':14} {'messages/s':>11} {'CPU ms/message':>15}   (medians of {len(ours)}, {vendor})")
    for name, runs in rows:
        cpu = middle([run.cpu / run.count * 1000 for run in runs])
        print(f"{name:14} {middle([run.rate for run in runs]):11.0f} {cpu:15.2f}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"largest memory of the sending process: {memory:.0f} MB")
    rate, floor = middle([run.rate for run in ours]), middle([run.rate for run in floors])
    claim = {
        "claim": f"{ours[0].count} due reminders sent by one process, {vendor}",
        "value": round(rate, 1),
        "unit": "messages/s",
        "against": "bare smtplib, one connection, mails of the same size",
        "ratio": round(rate / floor, 3),
    }
    print(json.dumps(claim))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    accepted: Any = multiprocessing.Value("q", 0)
    sink = multiprocessing.Process(target=_sink, args=(listener, accepted), daemon=True)
    sink.start()
    ours, floors = [], []
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        start_django(folder, port)
        from django.db import connection

        for _round in range(rounds):
            plan(count)
            text, html = sample()
            ours.append(measure(lambda: send_ours(count), count))
            floors.append(measure(lambda text=text, html=html: send_floor(count, port, text, html), count))
        if accepted.value != 2 * rounds * count:
            raise SystemExit(f"The sink took {accepted.value} mails, not {2 * rounds * count}.")
        report(ours, floors, connection.vendor)
        connection.close()
    sink.terminate()


if __name__ == "__main__":
    main()
