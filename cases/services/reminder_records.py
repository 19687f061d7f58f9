"""Writes down what became of mails: sent, refused for good, or to be tried again."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, QuerySet

from cases.models import CancelReason, Case, Reminder
from cases.services import custody
from cases.services.delivery import REASON_LENGTH
from cases.services.moments import as_text
from cases.services.reminder_batches import Letter
from cases.services.reminder_claims import Claim

log = logging.getLogger(__name__)

PATIENCE = timedelta(days=2)
# A reminder that starts late, after a long outage, still gets these many tries.
LEAST_TRIES = 10

# A mail that is out is written down even while the database restarts.
PAUSES_SECONDS = (0.1, 0.5, 1, 2, 5, 10, 20)


class Fate(Enum):
    """What became of a mail."""

    SENT = auto()
    REFUSED = auto()  # for good
    RETRIED = auto()  # later, by itself
    EMPTY = auto()  # there was nothing to tell


@dataclass(slots=True)
class SendReport:
    """What became of the reminders that were due; `retried` ones come again by themselves.

    `away` says why no mail could be handed over; what was not tried waits for the next tick as it was.
    """

    sent: int = 0
    failed: int = 0
    retried: int = 0
    cancelled: int = 0
    away: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One mail and what became of it."""

    letter: Letter
    fate: Fate
    reason: str = ""

    @property
    def attempts(self) -> int:
        return max(row.attempts for row in self.letter.rows) + 1


class _Changed(Exception):
    """Some of the rows were written by another meanwhile."""


def record(outcomes: Sequence[Outcome], claim: Claim, report: SendReport) -> None:
    """Write them down in one transaction; no mail must go out again for anything that fails here."""
    if not outcomes:
        return
    for pause in (*PAUSES_SECONDS, None):
        try:
            return _record(outcomes, claim, report)
        except (OperationalError, InterfaceError):
            if pause is None or connection.in_atomic_block:
                raise
            log.warning("Mails are out, but the database does not answer to write it down; trying again")
            connection.close()
            time.sleep(pause)


def _record(outcomes: Sequence[Outcome], claim: Claim, report: SendReport) -> None:
    try:
        with transaction.atomic():
            counted = _store(outcomes, claim)
        return _count(counted, report)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        # Rows written by another, or deleted with their case, must not keep the rest from being recorded.
        log.info("Mails are recorded one by one (%s)", type(error).__name__)
    for outcome in outcomes:
        try:
            with transaction.atomic():
                counted = _store_what_is_left(outcome, claim)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("A mail has no custody entry: %s", outcome.letter.rows[0].message_id)
            counted = [_without_entry(outcome, claim)]
        _count(counted, report)


Counted = list[tuple[Fate, int]]


def _count(counted: Counted, report: SendReport) -> None:
    names = {
        Fate.SENT: "sent",
        Fate.REFUSED: "failed",
        Fate.RETRIED: "retried",
        Fate.EMPTY: "cancelled",
    }
    for fate, count in counted:
        setattr(report, names[fate], getattr(report, names[fate]) + count)


def _store(outcomes: Sequence[Outcome], claim: Claim) -> Counted:
    """Raises _Changed where not every row is as it was when its mail went out."""
    at = claim.moment()
    outcomes = [_given_up(outcome, at) for outcome in outcomes]
    acts = [act for outcome in outcomes for act in _acts(outcome)]
    if acts:
        # This locks the cases. First they, then their reminders, as whoever changes a case does.
        custody.record_all(acts, at=at)
    counted = []
    sent = [outcome.letter for outcome in outcomes if outcome.fate is Fate.SENT]
    if sent:
        keys = [key for letter in sent for key in letter.keys]
        rows = Reminder.objects.filter(pk__in=keys, sent_at__isnull=True)
        counted.append((Fate.SENT, _changed(rows, keys, _marks_of_sent(claim))))
    for outcome in outcomes:
        if outcome.fate is not Fate.SENT:
            count = _changed(_open(outcome, claim), outcome.letter.keys, _marks(outcome, claim))
            counted.append((outcome.fate, count))
    return counted


def _changed(rows: QuerySet[Reminder], keys: Sequence[int], marks: dict[str, object]) -> int:
    count = rows.order_by().update(**marks)
    if count != len(keys):
        raise _Changed
    return count


def _store_what_is_left(outcome: Outcome, claim: Claim) -> Counted:
    """As `_store`, for those rows that are still there and were not written meanwhile."""
    cases = {row.case.pk for row in outcome.letter.rows if row.case is not None}
    list(Case.objects.select_for_update(no_key=True).filter(pk__in=cases).order_by("pk").only("pk"))
    rows = _open(outcome, claim).order_by("pk").select_for_update(no_key=True)
    left = set(rows.values_list("pk", flat=True))
    kept = [row for row in outcome.letter.rows if row.pk in left]
    if not kept:
        return []
    letter = Letter(kept, outcome.letter.recipient, outcome.letter.own_ids)
    return _store([Outcome(letter, outcome.fate, outcome.reason)], claim)


def _without_entry(outcome: Outcome, claim: Claim) -> tuple[Fate, int]:
    outcome = _given_up(outcome, claim.moment())
    marks = _marks(outcome, claim)
    if outcome.fate is Fate.SENT:
        marks["failure"] = "Sent, but the custody entry could not be written."
    return outcome.fate, _open(outcome, claim).update(**marks)


def _open(outcome: Outcome, claim: Claim) -> QuerySet[Reminder]:
    """Those of its rows that may be written still: what is out is out, whoever holds or cancelled it."""
    rows = Reminder.objects.filter(sent_at__isnull=True) if outcome.fate is Fate.SENT else claim.mine()
    return rows.filter(pk__in=outcome.letter.keys)


def set_aside(key: int, reason: str, claim: Claim, report: SendReport) -> None:
    """Put off a row of which nothing else can be read, until it is repaired or was tried for long enough."""
    rows = claim.mine().filter(pk=key)
    tried = {"attempts": F("attempts") + 1, "failure": reason[:REASON_LENGTH], "lease_until": None}
    is_over = {"attempts__gte": LEAST_TRIES - 1, "due_at__lt": claim.moment() - PATIENCE}
    report.failed += rows.filter(**is_over).update(**tried, failed_at=claim.clock)
    wait = settings.REMINDER_RETRIES[-1]
    report.retried += rows.update(**tried, claimed_by="", next_attempt_at=claim.clock + wait)


def _given_up(outcome: Outcome, at: datetime) -> Outcome:
    """The outcome itself, or for a mail that was tried for long enough, that it is given up."""
    rows = outcome.letter.rows
    dates = [row.deadline.due_at for row in rows if row.deadline is not None]
    ends_at = max([*dates, *(row.due_at for row in rows)]) + PATIENCE
    is_over = outcome.attempts >= LEAST_TRIES and at + _wait(outcome) > ends_at
    if outcome.fate is Fate.RETRIED and is_over:
        return Outcome(outcome.letter, Fate.REFUSED, outcome.reason)
    return outcome


def _wait(outcome: Outcome) -> timedelta:
    waits = settings.REMINDER_RETRIES
    return waits[min(outcome.attempts, len(waits)) - 1]


def _marks(outcome: Outcome, claim: Claim) -> dict[str, object]:
    tried = {"attempts": outcome.attempts, "failure": outcome.reason[:REASON_LENGTH], "lease_until": None}
    if outcome.fate is Fate.SENT:
        return _marks_of_sent(claim)
    if outcome.fate is Fate.REFUSED:
        return {"failed_at": claim.clock, **tried}
    if outcome.fate is Fate.RETRIED:
        return {"next_attempt_at": claim.clock + _wait(outcome), "claimed_by": "", **tried}
    return {
        "cancelled_at": claim.clock,
        "cancel_reason": CancelReason.NOTHING_TO_TELL,
        "lease_until": None,
    }


def _marks_of_sent(claim: Claim) -> dict[str, object]:
    return {"sent_at": claim.clock, "attempts": F("attempts") + 1, "failure": "", "lease_until": None}


def _acts(outcome: Outcome) -> Iterator[custody.Act]:
    """The custody entries, one for each row; a summary tells of no single case and has none."""
    actions = {Fate.SENT: "reminder_sent", Fate.REFUSED: "reminder_failed"}
    for row in outcome.letter.rows if outcome.fate in actions else ():
        if row.case is not None:
            yield custody.Act(row.case, actions[outcome.fate], details_of(row))


def details_of(row: Reminder) -> dict[str, object]:
    """How a custody entry names the reminder that it tells of."""
    if row.deadline is not None:
        about = {"deadline": row.deadline.pk, "rule": row.deadline.rule}
    else:
        about = {"own_reminder": row.own_reminder_id}
    return {**about, "step": row.step, "version": row.version, "due_at": as_text(row.due_at)}
