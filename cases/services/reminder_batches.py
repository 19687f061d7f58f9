"""Judges what a sender has claimed: what is still to be said, what waits, what goes into one mail."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Case, Value, When

from cases.models import CancelReason, Reminder
from cases.services.mail import Recipient
from cases.services.reminder_claims import Claim
from cases.services.reminder_facts import (
    Facts,
    confirmed_of,
    facts_of,
    memberships_of,
    rows_of,
    silenced,
)

log = logging.getLogger(__name__)

MOST_IN_ONE_MAIL = 20


@dataclass(slots=True)
class Letter:
    """Rows of one user that one mail tells. All bear the Message-ID of the first.

    `own_ids` are the Message-IDs that fresh rows had before they were put together, by row; None where
    the mail may have gone out before: its rows stay together.
    """

    rows: list[Reminder]
    recipient: Recipient
    own_ids: dict[int, str] | None

    def add(self, row: Reminder) -> None:
        self.rows.append(row)
        if self.own_ids is not None:
            self.own_ids[row.pk] = row.message_id

    @property
    def keys(self) -> list[int]:
        return [row.pk for row in self.rows]


@dataclass(slots=True)
class Judged:
    """What becomes of the rows of a batch; those that are `broken` could not even be judged."""

    letters: list[Letter] = field(default_factory=list)
    silent: dict[CancelReason, list[int]] = field(default_factory=dict)
    waiting: dict[datetime, list[int]] = field(default_factory=dict)
    broken: list[tuple[Reminder, Exception]] = field(default_factory=list)

    def wait(self, rows: Iterable[Reminder], until: datetime) -> None:
        self.waiting.setdefault(until, []).extend(row.pk for row in rows)


def judge(rows: Sequence[Reminder], claim: Claim) -> Judged:
    """Judge a new batch and put fresh rows together; nothing is stored yet."""
    facts = facts_of(rows, claim)
    judged = Judged()
    fresh: dict[int, list[Letter]] = {}
    worn: dict[str, Letter] = {}
    for row in rows:
        try:
            if (reason := silenced(row, facts.memberships)) is not None:
                judged.silent.setdefault(reason, []).append(row.pk)
            elif row.pk in claim.worn:
                letter = worn.setdefault(row.message_id, Letter([], facts.recipient(row.user), None))
                letter.add(row)
            elif (until := facts.waits_until(row)) is not None:
                judged.wait([row], until)
            else:
                _put_together(row, fresh.setdefault(row.user_id, []), facts)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            # One row that cannot be judged holds up no other.
            log.exception("Reminder %s cannot be judged; it is set aside", row.pk)
            judged.broken.append((row, error))
    for letter in (*itertools.chain.from_iterable(fresh.values()), *worn.values()):
        _admit(letter, facts, judged)
    return judged


def _put_together(row: Reminder, letters: list[Letter], facts: Facts) -> None:
    """Into the user's last letter that has room; a summary is a mail of its own."""
    has_room = (
        row.case is not None
        and letters
        and letters[-1].rows[0].case is not None
        and len(letters[-1].rows) < MOST_IN_ONE_MAIL
    )
    if not has_room:
        letters.append(Letter([], facts.recipient(row.user), {}))
    letters[-1].add(row)


def _admit(letter: Letter, facts: Facts, judged: Judged) -> None:
    """Let the letter go now, unless it waits as a whole."""
    until = None
    if letter.own_ids is None:
        waits = [facts.waits_until(row, is_fresh=False) for row in letter.rows]
        until = None if None in waits else min(filter(None, waits))
    if until is None:
        is_urgent = any(map(facts.is_urgent, letter.rows))
        until = facts.allowed_from(letter.recipient, is_urgent=is_urgent)
    if until is None:
        judged.letters.append(letter)
    else:
        judged.wait(letter.rows, until)


def judge_again(letters: Iterable[Letter], claim: Claim) -> Judged:
    """As `judge`, for letters that have waited behind a slow server: with their rows as they are now."""
    letters = list(letters)
    found = rows_of(claim, [key for letter in letters for key in letter.keys])
    memberships = memberships_of(found)
    confirmed = confirmed_of({row.user_id: row.user for row in found})
    rows = {row.pk: row for row in found}
    judged = Judged()
    for letter in letters:
        kept = []
        for row in (rows[key] for key in letter.keys if key in rows):
            if (reason := silenced(row, memberships)) is not None:
                judged.silent.setdefault(reason, []).append(row.pk)
            else:
                kept.append(row)
        if kept:
            recipient = Recipient(kept[0].user, kept[0].user_id in confirmed)
            judged.letters.append(Letter(kept, recipient, letter.own_ids))
    return judged


@transaction.atomic
def store(judged: Judged, claim: Claim) -> int:
    """Write down what is not said, what waits, and which rows one mail tells; how many were silenced."""
    cancelled = 0
    # Most batches change nothing here, and take no lock.
    for reason, keys in judged.silent.items():
        rows = claim.mine().filter(pk__in=keys)
        cancelled += rows.update(cancelled_at=claim.clock, cancel_reason=reason, lease_until=None)
    for until, keys in judged.waiting.items():
        waiting = claim.mine().filter(pk__in=keys)
        waiting.filter(pk__in=claim.worn).update(next_attempt_at=until, lease_until=None)
        waiting.exclude(pk__in=claim.worn).update(next_attempt_at=until, claimed_by="", lease_until=None)
    _give_one_id(judged.letters, claim)
    return cancelled


def _give_one_id(letters: Iterable[Letter], claim: Claim) -> None:
    """All rows of a letter bear the Message-ID of the first."""
    keys: list[int] = []
    changes: list[When] = []
    for letter in letters:
        first = letter.rows[0].message_id
        others = [row for row in letter.rows if row.message_id != first]
        if others:
            keys += (row.pk for row in others)
            changes.append(When(pk__in=[row.pk for row in others], then=Value(first)))
        for row in others:
            row.message_id = first
    if changes:
        claim.mine().filter(pk__in=keys).update(message_id=Case(*changes))


@transaction.atomic
def give_back(letters: Iterable[Letter], claim: Claim) -> None:
    """Leave rows that were not tried as they were before the claim, for the next tick."""
    fresh: list[int] = []
    worn: list[int] = []
    for letter in letters:
        (worn if letter.own_ids is None else fresh).extend(letter.keys)
        own_ids = letter.own_ids or {}
        for key in letter.keys if len(own_ids) > 1 else ():
            claim.mine().filter(pk=key).update(message_id=own_ids[key])
    claim.mine().filter(pk__in=fresh).update(claimed_by="", lease_until=None)
    # Who had these before may have sent them: their mark stays.
    claim.mine().filter(pk__in=worn).update(lease_until=None)
