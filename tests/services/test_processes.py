"""Several real processes, and threads with commits of their own, at work on one database."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.models import Min
from django.utils import timezone

from cases.models import Case, CustodyEntry, Reminder, ReminderPreferences
from cases.services import contacts, custody, reminder_claims, reminder_settings, reminders, summary_plans
from tests import factories
from tests.mail_server import MailServer
from tests.programs import wait_until
from tests.running import CHECKOUT, clean_environment
from tests.services.when import shanghai


@pytest.fixture
def overdue(committed_db: str) -> list[str]:
    """The Message-IDs of thirty mails, two reminders or more in each, that fell due an hour ago."""
    for number in range(30):
        user = factories.make_user(f"user{number}@example.org", language="en")
        ReminderPreferences.objects.create(user=user, quiet_from=None, quiet_until=None)
        contacts.log_contact(
            case=factories.make_case(owner=user),
            by=user,
            at=shanghai("2026-09-01 20:45"),
            channel="shop_message",
            outcome="no_answer",
        )
    Reminder.objects.update(due_at=timezone.now() - timedelta(hours=1))
    firsts = Reminder.objects.order_by().values_list("user").annotate(Min("pk")).values_list("pk__min")
    return list(Reminder.objects.filter(pk__in=firsts).values_list("message_id", flat=True))


@pytest.fixture
def start(committed_db: str, smtp_server: MailServer, tmp_path: Path) -> Any:
    """Starts `manage.py send_due_reminders` in a process of its own."""
    environment = clean_environment(
        DATABASE_URL=committed_db, DATA_DIR=str(tmp_path), EMAIL_URL=smtp_server.url
    )

    def start_sender(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", "send_due_reminders", "--skip-checks", *arguments],
            cwd=CHECKOUT,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
        )

    return start_sender


def contents(server: MailServer) -> dict[str, set[str]]:
    """The texts of the mails by their Message-ID, without the time of each link."""
    texts: dict[str, set[str]] = {}
    for message in server.messages:
        text = message.get_body(("plain",)).get_content()
        texts.setdefault(message["Message-ID"], set()).add(re.sub(r"http\S+", "", text))
    return texts


def ids(server: MailServer) -> Counter[str]:
    return Counter(message["Message-ID"] for message in server.messages)


def test_three_senders_at_once_send_each_mail_once(overdue: list[str], start: Any, smtp_server: MailServer):
    senders = [start() for _number in range(3)]
    reports = [sender.communicate(timeout=120)[0] for sender in senders]

    assert [sender.returncode for sender in senders] == [0, 0, 0], reports
    assert ids(smtp_server) == Counter(overdue)
    assert not Reminder.objects.pending().exists()
    assert all(custody.verify(case) == [] for case in Case.objects.all())


def test_a_sender_killed_in_the_middle_loses_nothing_and_repeats_at_most_what_it_had_not_recorded(
    overdue: list[str], start: Any, smtp_server: MailServer
):
    sender = start()
    wait_until(lambda: len(smtp_server.messages) >= 5, seconds=60, what="five mails are out")
    os.kill(sender.pid, signal.SIGKILL)
    sender.communicate()

    later = timezone.now() + reminder_claims.LEASE + timedelta(seconds=1)  # of the dead
    survivor = start("--at", later.isoformat())
    survivor.communicate(timeout=120)

    counted = ids(smtp_server)
    assert set(counted) == set(overdue)
    assert sum(counted.values()) <= len(overdue) + reminders.RECORD_EVERY
    assert all(len(told) == 1 for told in contents(smtp_server).values()), "a repeat tells the same"
    assert not Reminder.objects.pending().exists()


def in_threads(count: int, work: Callable[[int], None]) -> None:
    """Run work(0), work(1), ... at once, each with a connection of its own."""
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_eight_writers_make_one_chain_without_a_gap_or_a_fork(committed_db: str, platform_alone: None):
    alice = factories.make_user("alice@example.org")
    case = factories.make_case(owner=alice)

    def write(number: int) -> None:
        for turn in range(10):
            with transaction.atomic():
                custody.record(
                    case=case,
                    action="noted",
                    at=shanghai("2026-09-01 20:45"),
                    details={"writer": number, "turn": turn},
                )

    in_threads(8, write)

    assert list(CustodyEntry.objects.values_list("sequence", flat=True)) == list(range(1, 82))
    assert custody.verify(case) == []


def test_sweeps_and_a_user_who_saves_at_once_leave_one_row_of_each_summary(committed_db: str):
    users = [factories.make_user(f"user{number}@example.org") for number in range(20)]
    for user in users:
        ReminderPreferences.objects.create(user=user, morning_summary=True, weekly_summary=True)
    at = shanghai("2026-09-01 10:00")

    def work(number: int) -> None:
        if number % 2:
            reminder_settings.replan(users[number], at=at)
        # Each sweep a moment later than the last: on both sides of the time of the first summary.
        summary_plans.plan_missing(shanghai("2026-09-02 07:59:57") + timedelta(seconds=number))

    in_threads(6, work)

    rows = Counter(Reminder.objects.pending().values_list("user_id", "step"))
    assert rows == Counter(
        (user.pk, step) for user in users for step in ("morning_summary", "weekly_summary")
    )


def test_two_people_who_log_at_once_start_each_deadline_once(committed_db: str):
    alice = factories.make_user("alice@example.org")
    case = factories.make_case(owner=alice, urgency="normal")

    def log(number: int) -> None:
        contacts.log_contact(
            case=Case.objects.get(pk=case.pk),
            by=alice,
            at=shanghai("2026-09-01 10:00"),
            channel="official_service",
            outcome="bot_only",
        )

    in_threads(4, log)

    open_calls = case.deadlines.open().filter(rule="douyin.hotline.closing").count()
    assert open_calls <= 1
    assert case.deadlines.filter(rule="douyin.official_service.handover").count() == 4
    assert custody.verify(case) == []
