"""The users, cases and reminders that the benchmark of reminders sends; each round adds its own."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CHUNK = 1000
# Deadlines that fall due at once, of ten users: most have one; those of one user go out in one mail.
SHARES = (1, 1, 1, 1, 1, 1, 1, 2, 1, 3)
LANGUAGES = ("zh-hans", "zh-hans", "zh-hans", "en")


def environment(data_dir: str, sink_port: int, **more: str) -> dict[str, str]:
    """What every process of ours is started with; nothing of another installation."""
    given = {
        "DATA_DIR": data_dir,
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{sink_port}",
        "SITE_URL": "https://cases.example.org",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "benchmarks")]),
        **more,
    }
    foreign = {"STORAGE_URL", "REDIS_URL", "DATABASE_URL", "SECRET_KEY", "DEBUG", "STATIC_ROOT"}
    return {**{name: value for name, value in os.environ.items() if name not in foreign}, **given}


def start_django() -> None:
    """In this process, by the names of `environment`."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    import logging

    import django

    django.setup()
    logging.disable(logging.INFO)


def migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def plan(mails: int) -> int:
    """One to three open deadlines, due in this minute, for each of `mails` users, with their reminders.

    None is due yet: `release` says when. Users of an earlier round are used again. How many rows.
    """
    from django.db import transaction
    from django.utils import timezone

    now = timezone.now().replace(second=0, microsecond=0)
    because, fields = _deadline(now)
    planned = 0
    for start in range(0, mails, CHUNK):
        with transaction.atomic():
            cases = _cases(start, min(start + CHUNK, mails), now)
            planned += _reminders(cases, because, fields, now)
    return planned


def release(due_at: datetime) -> None:
    """Everything that waits is due at `due_at`; the tables are as tidy as autovacuum leaves them."""
    from django.db import connection

    from cases.models import Reminder

    Reminder.objects.pending().update(due_at=due_at)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _deadline(now: datetime) -> tuple[Any, dict[str, Any]]:
    """A real one, with its reason in full: what a mail tells."""
    from cases.rules.calendars import china_calendar
    from cases.rules.deadlines import compute
    from cases.services import playbooks

    playbook = playbooks.all_playbooks()["douyin"]
    at = now - timedelta(minutes=30)
    due = compute(
        playbook.rules["shop_message.no_reply"], playbook=playbook, at=at, facts={}, calendar=china_calendar()
    )
    return due.because(), {"whose": due.whose, "triggered_at": at, "due_at": now, "computed_at": at}


def _cases(start: int, end: int, now: datetime) -> list[tuple[int, int]]:
    """(user, case) of the users numbered from `start` to `end`; those that lack are made."""
    from cases.models import Membership

    emails = [f"user{number}@example.org" for number in range(start, end)]
    owned = Membership.objects.filter(user__email__in=emails).values_list("user__email", "user", "case")
    known = {email: (user, case) for email, user, case in owned}
    lacking = [email for email in emails if email not in known]
    return [*known.values(), *(_made(lacking, now - timedelta(days=1)) if lacking else [])]


def _made(emails: Sequence[str], at: datetime) -> list[tuple[int, int]]:
    from allauth.account.models import EmailAddress

    from cases.models import Case, Membership, ProblemKind, ReminderPreferences, Role
    from cases.services import custody
    from tracker.accounts.models import User

    spoken = zip(emails, cycle(LANGUAGES), strict=False)
    users = User.objects.bulk_create([
        User(email=email, language=language, password="!never-logs-in") for email, language in spoken  # noqa: S106
    ])  # fmt: skip
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in users]
    )
    ReminderPreferences.objects.bulk_create(
        [ReminderPreferences(user=user, quiet_from=None, quiet_until=None) for user in users]
    )
    lost = {"playbook": "douyin", "problem_kind": ProblemKind.PARCEL_LOST, "created_at": at}
    cases = Case.objects.bulk_create([Case(title=f"快递丢失 {user.pk}", **lost) for user in users])
    Membership.objects.bulk_create(
        [
            Membership(case=case, user=user, role=Role.OWNER, since=at)
            for case, user in zip(cases, users, strict=True)
        ]
    )
    custody.record_all([custody.Act(case, "case_opened") for case in cases], at=at)
    return [(user.pk, case.pk) for user, case in zip(users, cases, strict=True)]


def _reminders(cases: Sequence[tuple[int, int]], because: Any, fields: dict[str, Any], now: datetime) -> int:
    from cases.models import Deadline, Reminder
    from cases.services.reminder_plans import message_id_of

    told = list(_one_or_a_few(cases))
    stamp = time.time_ns()
    deadlines = Deadline.objects.bulk_create(
        [
            Deadline(
                case_id=case, rule=f"douyin.shop_message.no_reply.{stamp}.{number}", because=because, **fields
            )
            for number, (_user, case) in enumerate(told)
        ]
    )
    Reminder.objects.bulk_create(
        [
            Reminder(
                user_id=user,
                deadline=deadline,
                step="due",
                version=1,
                due_at=now + timedelta(days=1),
                message_id=message_id_of(deadline.pk, "due", 1),
            )
            for (user, _case), deadline in zip(told, deadlines, strict=True)
        ]
    )
    return len(told)


def _one_or_a_few(cases: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for about, share in zip(cases, islice(cycle(SHARES), len(cases)), strict=True):
        for _number in range(share):
            yield about
