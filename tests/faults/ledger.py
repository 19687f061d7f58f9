"""The reminders of a campaign: planned by the thousand, and counted against what the mail server kept.

Needs Django to be set up with the database of the campaign.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from django.core.signing import b62_decode
from django.db import InterfaceError, OperationalError, connection

Result = TypeVar("Result")
CHUNK = 500
# Of a hundred users so many have an address that the mail server does not know.
REFUSED_OF_100 = 2
# What a sender had in hand when a deadline was met is asked about once a second, and a mail takes a moment.
ALREADY_UNDER_WAY = 3.0
# A mail whose yes came so many seconds before a fault, or so many after its end, may be repeated for it.
BEFORE_A_FAULT, AFTER_A_FAULT = 3.0, 2.0


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
    at = start - timedelta(minutes=30)
    due = _due(at)
    return due.because(), {"whose": due.whose, "triggered_at": at, "computed_at": at}


def _due(at: datetime) -> Any:
    from cases.rules.calendars import china_calendar
    from cases.rules.deadlines import compute
    from cases.services import playbooks

    playbook = playbooks.all_playbooks()["douyin"]
    rule = playbook.rules["shop_message.no_reply"]
    return compute(rule, playbook=playbook, at=at, facts={}, calendar=china_calendar())


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
    """What became of the reminders of a campaign, by the key of the row; each list must be empty."""

    reminders: int = 0
    mails: int = 0
    lost: list[int] = field(default_factory=list)  # neither told nor, for a good reason, not to be told
    early: list[int] = field(default_factory=list)
    differing: list[int] = field(default_factory=list)
    misdirected: list[int] = field(default_factory=list)
    said_too_late: list[int] = field(default_factory=list)  # after what they were about was met or moved
    unexplained: list[int] = field(default_factory=list)  # repeated though nothing had died or been frozen
    repeats: int = 0  # of mails whose yes had been given
    unanswered: int = 0  # of mails whose yes got lost on the way
    refused: int = 0
    cancelled: int = 0
    merged: int = 0  # told in a mail with others


@dataclass(slots=True)
class Meddling:
    """What is done to deadlines meanwhile: when, by key of the row, something was no more to be said."""

    over: dict[int, float] = field(default_factory=dict)
    met: int = 0
    moved: int = 0
    closed: int = 0

    def do(self, chance: random.Random) -> None:
        """Meet or move a deadline, or close its case; half of them are due already, or in a moment."""
        from django.utils import timezone

        from cases.models import Deadline, Reminder

        now = timezone.now()
        pending = Reminder.objects.pending().filter(step="due", deadline__isnull=False)
        if chance.random() < 0.5:
            pending = pending.filter(due_at__lte=now + timedelta(seconds=1))
        else:
            pending = pending.filter(due_at__gt=now + timedelta(seconds=5))
        keys = list(pending.order_by("pk").values_list("deadline", flat=True)[:2000])
        if not keys:
            return
        deadline = Deadline.objects.select_related("case").get(pk=chance.choice(keys))
        act = chance.choice((self._meet, self._move, self._close))
        rows = list(Reminder.objects.filter(deadline__in=act(deadline)).values_list("pk", "version"))
        deadline.refresh_from_db()
        for key, version in rows:
            if not (act == self._move and version == deadline.version):
                self.over.setdefault(key, time.time())

    def _meet(self, deadline: Any) -> list[int]:
        from django.utils import timezone

        from cases.services import deadlines

        deadlines.mark_met(deadline=deadline, by=deadline.case.owner, at=timezone.now())
        self.met += 1
        return [deadline.pk]

    def _move(self, deadline: Any) -> list[int]:
        from django.db import transaction
        from django.utils import timezone

        from cases.models import Deadline
        from cases.services import cases, deadline_states

        at = timezone.now()
        with transaction.atomic():
            cases.lock(deadline.case)
            deadline = Deadline.objects.select_related("case").get(pk=deadline.pk)
            if deadline.is_open and not deadline.case.is_closed:
                due = replace(_due(deadline.triggered_at), due_at=at + timedelta(seconds=15))
                due = replace(due, rule=deadline.rule)
                deadline_states.move(deadline, due, at=at, by=deadline.case.owner)
        self.moved += 1
        return [deadline.pk]

    def _close(self, deadline: Any) -> list[int]:
        from django.utils import timezone

        from cases.models import Outcome
        from cases.services import cases

        case = deadline.case
        if not case.is_closed:
            cases.close_case(case=case, by=case.owner, at=timezone.now(), outcome=Outcome.GIVEN_UP)
        self.closed += 1
        return list(case.deadlines.values_list("pk", flat=True))


Spans = list[tuple[float, float]]
"""When faults began and ended, by the clock of this machine."""


def count(log: Path, meddling: Meddling, deadly: Spans, slow: Spans) -> Counted:
    """Hold the ledger against the mails: which reminder each one told is read from its links.

    A fault of `deadly` may be why a mail whose yes had come is repeated; one of `slow`, why a mail that was
    under way came late.
    """
    from cases.models import Reminder

    mails = [json.loads(line) for line in log.read_text().splitlines()]
    told: dict[int, list[dict[str, Any]]] = {}
    for mail in mails:
        for key in mail["told"]:
            told.setdefault(b62_decode(key), []).append(mail)
    counted = Counted(mails=len(mails), merged=sum(len(mail["told"]) > 1 for mail in mails))
    rows = Reminder.objects.filter(step="due").select_related("deadline__case", "user")
    for row in rows.order_by("pk").iterator():
        _judge(row, told.get(row.pk, []), counted, meddling.over, slow)
    _count_repeats(told, counted, deadly)
    return counted


def _judge(
    row: Any, copies: list[dict[str, Any]], counted: Counted, over: dict[int, float], slow: Spans
) -> None:
    counted.reminders += 1
    counted.refused += row.failed_at is not None
    counted.cancelled += row.cancelled_at is not None
    if not copies and not _is_rightly_unsaid(row):
        counted.lost.append(row.pk)
    if any(mail["at"] < row.due_at.timestamp() for mail in copies):
        counted.early.append(row.pk)
    if {mail["id"] for mail in copies} - {row.message_id}:
        counted.differing.append(row.pk)
    if any(mail["to"] != [row.user.email] for mail in copies):
        counted.misdirected.append(row.pk)
    if row.pk in over:
        last = over[row.pk]
        last = max([last, *(ends for begins, ends in slow if begins - 1 <= last <= ends)])
        if any(mail["at"] > last + ALREADY_UNDER_WAY for mail in copies):
            counted.said_too_late.append(row.pk)


def _is_rightly_unsaid(row: Any) -> bool:
    """Refused for good by the mail server, or about something that is met, moved or closed by now."""
    if row.failed_at is not None:
        return row.user.email.startswith("refused-") and row.failure.startswith("5")
    deadline = row.deadline
    is_over = not deadline.is_open or deadline.case.is_closed or deadline.version != row.version
    return row.cancelled_at is not None and is_over


def _count_repeats(told: dict[int, list[dict[str, Any]]], counted: Counted, deadly: Spans) -> None:
    """Each mail once, though it tells several: what came after a yes is a repeat."""
    by_id: dict[str, tuple[int, list[dict[str, Any]]]] = {}
    for key, copies in told.items():
        for mail in copies:
            _first, same = by_id.setdefault(mail["id"], (key, []))
            if mail not in same:
                same.append(mail)
    for key, same in by_id.values():
        same.sort(key=lambda mail: float(mail["at"]))
        answered = next((place for place, mail in enumerate(same) if mail["yes"]), len(same) - 1)
        counted.unanswered += answered
        again = len(same) - 1 - answered
        counted.repeats += again
        yes_at = same[answered]["at"]
        if again and not any(
            begins - BEFORE_A_FAULT <= yes_at <= ends + AFTER_A_FAULT for begins, ends in deadly
        ):
            counted.unexplained.append(key)
