"""The reminders of a campaign: planned by the thousand, and counted against what the mail server kept.

Needs Django to be set up with the database of the campaign.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from django.core.signing import b62_decode
from django.db import InterfaceError, OperationalError, connection

Result = TypeVar("Result")
CHUNK = 500
# Of a hundred users so many have an address that the mail server does not know.
REFUSED_OF_100 = 1
# What a sender had in hand when a deadline was met is asked about once a second, and a mail takes a moment.
ALREADY_UNDER_WAY = 3.0


def patiently(ask: Callable[[], Result]) -> Result:
    """What `ask` returns, asked again while the database restarts."""
    for _attempt in range(200):
        try:
            return ask()
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(0.2)
    return ask()


def plan(count: int, *, start: datetime, seconds: float, chance: random.Random) -> None:
    """`count` reminders of deadlines that fall due within `seconds` after `start`, one to three a user."""
    from django.db import transaction

    because, fields = _deadline(start)
    planned = number = 0
    while planned < count:
        with transaction.atomic():
            shares: list[int] = []
            while len(shares) < CHUNK and planned + sum(shares) < count:
                shares.append(min(chance.choice((1, 1, 2, 3)), count - planned - sum(shares)))
            _plan_chunk(number, shares, because, fields, start, seconds, chance)
        planned += sum(shares)
        number += len(shares)


def _deadline(start: datetime) -> tuple[Any, dict[str, Any]]:
    from cases.rules.calendars import china_calendar
    from cases.rules.deadlines import compute
    from cases.services import playbooks

    playbook = playbooks.all_playbooks()["douyin"]
    at = start - timedelta(minutes=30)
    rule = playbook.rules["shop_message.no_reply"]
    due = compute(rule, playbook=playbook, at=at, facts={}, calendar=china_calendar())
    return due.because(), {"whose": due.whose, "triggered_at": at, "computed_at": at}


def _plan_chunk(
    first: int,
    shares: list[int],
    because: Any,
    fields: dict[str, Any],
    start: datetime,
    seconds: float,
    chance: random.Random,
) -> None:
    from allauth.account.models import EmailAddress

    from cases.models import Case, Deadline, Membership, ProblemKind, Reminder, ReminderPreferences, Role
    from cases.services import custody
    from cases.services.reminder_plans import message_id_of
    from tracker.accounts.models import User

    users = [_user(first + place, chance) for place in range(len(shares))]
    users = User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in users
    )
    ReminderPreferences.objects.bulk_create(
        ReminderPreferences(user=user, quiet_from=None, quiet_until=None) for user in users
    )
    lost = {"playbook": "douyin", "problem_kind": ProblemKind.PARCEL_LOST, "created_at": start}
    cases = Case.objects.bulk_create(Case(title=f"快递丢失 {user.pk}", **lost) for user in users)
    Membership.objects.bulk_create(
        Membership(case=case, user=user, role=Role.OWNER, since=start)
        for case, user in zip(cases, users, strict=True)
    )
    custody.record_all([custody.Act(case, "case_opened") for case in cases], at=start)
    told = [
        (user, case)
        for user, case, share in zip(users, cases, shares, strict=True)
        for _number in range(share)
    ]
    times = [start + timedelta(seconds=chance.uniform(0, seconds)) for _about in told]
    deadlines = Deadline.objects.bulk_create(
        Deadline(case=case, rule=f"faults.{first}.{number}", because=because, due_at=at, **fields)
        for number, ((_user_of, case), at) in enumerate(zip(told, times, strict=True))
    )
    Reminder.objects.bulk_create(
        Reminder(
            user=user,
            deadline=deadline,
            step="due",
            due_at=at,
            message_id=message_id_of(deadline.pk, "due", 1),
        )
        for (user, _case), deadline, at in zip(told, deadlines, times, strict=True)
    )


def _user(number: int, chance: random.Random) -> Any:
    from tracker.accounts.models import User

    kind = "refused-" if chance.randrange(100) < REFUSED_OF_100 else "user"
    email = f"{kind}{number}@example.org"
    return User(email=email, language=chance.choice(("zh-hans", "en")), password="!")


@dataclass(slots=True)
class Counted:
    """What became of the reminders of a campaign; all but `repeats` must be as the invariants say."""

    reminders: int = 0
    mails: int = 0
    lost: list[int] = field(default_factory=list)
    early: list[int] = field(default_factory=list)
    differing: list[int] = field(default_factory=list)
    said_too_late: list[int] = field(default_factory=list)  # after what they were about was met
    repeats: int = 0  # of mails whose yes had been given
    unanswered: int = 0  # of mails whose yes got lost on the way
    refused: int = 0
    cancelled: int = 0
    merged: int = 0  # told in a mail with others


def due_and_unsaid() -> int:
    from cases.models import Reminder

    return Reminder.objects.due().count()


def meet_some(count: int, chance: random.Random, met: dict[int, float]) -> None:
    """Meet deadlines that fall due later; `met` gets the time at which each was."""
    from django.utils import timezone

    from cases.models import Deadline
    from cases.services import deadlines

    soon = timezone.now() + timedelta(seconds=5)
    ahead = Deadline.objects.filter(due_at__gt=soon, met_at=None).select_related("case").order_by("pk")
    keys = list(ahead.values_list("pk", flat=True)[:2000])
    for key in chance.sample(keys, min(count, len(keys))):
        deadline = ahead.get(pk=key)
        deadlines.mark_met(deadline=deadline, by=deadline.case.owner, at=timezone.now())
        met[key] = time.time()


def count(log: Path, met: dict[int, float]) -> Counted:
    """Hold the ledger against the mails: which reminder each one told is read from its links."""
    from cases.models import Reminder

    mails = [json.loads(line) for line in log.read_text().splitlines()]
    told: dict[int, list[dict[str, Any]]] = {}
    for mail in mails:
        for key in mail["told"]:
            told.setdefault(b62_decode(key), []).append(mail)
    counted = Counted(mails=len(mails), merged=sum(len(mail["told"]) > 1 for mail in mails))
    for row in Reminder.objects.order_by("pk").iterator():
        counted.reminders += 1
        copies = told.get(row.pk, [])
        counted.refused += row.failed_at is not None
        counted.cancelled += row.cancelled_at is not None
        is_over = row.failed_at is not None or row.cancelled_at is not None
        if not copies and not is_over:
            counted.lost.append(row.pk)
        if any(mail["at"] < row.due_at.timestamp() for mail in copies):
            counted.early.append(row.pk)
        if {mail["id"] for mail in copies} - {row.message_id}:
            counted.differing.append(row.pk)
        met_at = met.get(row.deadline_id or 0)
        if met_at is not None and any(mail["at"] > met_at + ALREADY_UNDER_WAY for mail in copies):
            counted.said_too_late.append(row.pk)
    by_id: dict[str, list[bool]] = {}
    for mail in mails:
        by_id.setdefault(mail["id"], []).append(mail["yes"])
    for answers in by_id.values():
        again = len(answers) - 1
        lost_answers = min(answers.count(False), again)
        counted.unanswered += lost_answers
        counted.repeats += again - lost_answers
    return counted
