"""Who may send what: due reminders are leased to one sender at a time, by the database's clock."""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from cases.models import Reminder

# So many due rows name the users of one batch; what else is due for these users comes along.
BATCH = 200
LARGEST_BATCH = 500
# Short, so that what a killed sender held is found again by the next tick; renewed while it is worked on.
# One mail takes no longer than delivery.MAIL_SECONDS, which is less than what a lease has left.
LEASE = timedelta(seconds=25)
RENEW_SECONDS = 4.0
# How the mark of rows begins that no sender has begun to send; what was begun never bears it again.
UNTRIED = "untried-"


def clock_of(at: datetime | None) -> Combinable:
    """The database's clock, or `at` where a moment to judge by is given."""
    return Now() if at is None else Value(at, output_field=DateTimeField())


@dataclass(slots=True)
class Claim:
    """The rows that one batch of one sender has leased, all that is due for their users.

    `now` is when it was made, by the database's clock or as given in `at`. Rows in `worn` were in the hands
    of a sender before: their mail may have gone out already.
    """

    token: str
    at: datetime | None
    now: datetime
    worn: frozenset[int]
    _marks: tuple[str, ...] = field(init=False)
    _held: QuerySet[Reminder] = field(init=False)
    _made: float = field(default_factory=time.monotonic)
    _renewed: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._marks = (self.token, UNTRIED + self.token)
        self._prepare()

    def begin(self) -> None:
        """Mark the rows: from now on their mails may be out, and whoever claims them later must not regroup
        them. In the transaction that puts them together.
        """
        self.held().update(claimed_by=self.token)
        self._marks = (self.token,)
        self._prepare()

    def _prepare(self) -> None:
        # To put this query together takes longer than to run it, and it is asked before every group.
        self._held = self.mine().filter(lease_until__gt=self.clock).order_by()

    @property
    def clock(self) -> Combinable:
        return clock_of(self.at)

    def moment(self) -> datetime:
        """What the database's clock shows by now; no worker's clock has a part in it."""
        return self.at or self.now + timedelta(seconds=time.monotonic() - self._made)

    def mine(self) -> QuerySet[Reminder]:
        """What nobody has taken, sent or cancelled meanwhile, be its lease over or not."""
        return Reminder.objects.pending().filter(claimed_by__in=self._marks)

    def held(self) -> QuerySet[Reminder]:
        """What is ours by a lease that lasts."""
        return self.mine().filter(lease_until__gt=self.clock)

    def still_held(self, keys: Collection[int]) -> set[int]:
        """Which of these rows may be sent now; renews the lease of the whole batch every few seconds.

        Also a lease that is over, as after a connection that took long to open, of rows that nobody has
        taken since: whoever takes a row makes its mark on it, and then it is not ours any more.
        """
        now = time.monotonic()
        if now - self._renewed >= RENEW_SECONDS:
            self.mine().update(lease_until=self.clock + LEASE)
            self._renewed = now
        return set(self._held.filter(pk__in=keys).values_list("pk", flat=True))


def claim(at: datetime | None = None) -> Claim | None:
    """Lease what is due, first due first; None when nothing is to be had."""
    if not _claimable(at).exists():
        return None  # The usual tick takes no lock.
    token = secrets.token_hex(16)
    with transaction.atomic():
        due = _claimable(at).annotate(clock=clock_of(at)).order_by("due_at", "pk")
        rows = list(due.filter(user__in=_free_users(at)).values_list(*_FIELDS, named=True)[:LARGEST_BATCH])
        if len(rows) == LARGEST_BATCH:
            # What was told in one mail is repeated in one.
            rest = due.filter(message_id__in={row.message_id for row in rows if _is_worn(row)})
            rows += rest.exclude(pk__in=[row.pk for row in rows]).values_list(*_FIELDS, named=True)
        # Not asked again by user: their rows change one by one, and SQLite sees the first when at the next.
        worn = frozenset(row.pk for row in rows if _is_worn(row))
        fresh = {row.pk for row in rows} - worn
        count = 0
        for mark, keys in ((UNTRIED + token, fresh), (token, worn)):
            if keys:
                chosen = _unleased(at).filter(pk__in=keys)
                count += chosen.update(claimed_by=mark, lease_until=clock_of(at) + LEASE)
    return Claim(token, at, rows[0].clock, worn) if count else None


_FIELDS = ("pk", "message_id", "claimed_by", "attempts", "clock")


def _is_worn(row: Any) -> bool:
    """Whether a sender had it in hand before, which may have died right after the server's yes."""
    return bool(row.attempts or (row.claimed_by and not row.claimed_by.startswith(UNTRIED)))


def _claimable(at: datetime | None) -> QuerySet[Reminder]:
    """Due, and neither leased nor of a user of whom another sender holds a row: that one merges them."""
    leased = Reminder.objects.pending().filter(user=OuterRef("user"), lease_until__gt=clock_of(at))
    return Reminder.objects.due(clock_of(at)).filter(~Exists(leased))


def _unleased(at: datetime | None) -> QuerySet[Reminder]:
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=clock_of(at))
    return Reminder.objects.due(clock_of(at)).filter(free)


def _free_users(at: datetime | None) -> list[int]:
    """Users for whom something is due, locked until the claim is made.

    PostgreSQL steps over users of whom another sender makes a claim; SQLite's transactions wait for each
    other from their start. The rows are asked for after that, so that either way a row has one holder.
    """
    # By the index, so that a claim takes no longer the more is due; among equals any order will do.
    due = _claimable(at).order_by("due_at")
    if not connection.features.has_select_for_update_skip_locked:
        return list(dict.fromkeys(due.values_list("user_id", flat=True)[:BATCH]))
    locked = due.select_related("user").only("user__id")
    locked = locked.select_for_update(of=("user",), no_key=True, skip_locked=True)
    return list(dict.fromkeys(row.user_id for row in locked[:BATCH]))
