"""The ledger of reminders: planned with their deadline, sent from the database, never lost.

What is due is judged by the database's clock. A batch is claimed with a lease; a row is marked sent
after the mail server's yes, so a process that dies in between repeats that mail with the same
Message-ID, and nothing else does. The broker plays no part in this.
"""

from __future__ import annotations

import logging
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from cases.models import Case, Membership, Reminder, Role, Status
from cases.services import custody, mail
from cases.services.delivery import NeverDeliverable, NotDelivered, Postman, ServerAway
from cases.services.moments import as_text
from cases.services.reminder_plans import cancel_all, cancel_for, message_id_of, plan_all, plan_for
from tracker.accounts.models import User

__all__ = [
    "SendReport",
    "cancel_all",
    "cancel_for",
    "message_id_of",
    "plan_all",
    "plan_for",
    "send_due",
]

log = logging.getLogger(__name__)

BATCH = 50
LEASE = timedelta(minutes=5)
# A row whose lease ends sooner is left to the next claim: talking to a slow server takes a while.
MARGIN = timedelta(minutes=2)
# How long an answer to “is this still to be said?” is relied on.
FRESH_SECONDS = 1.0

# After the first, the second, and every further try that failed for now.
WAITS = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=1))
PATIENCE = timedelta(days=2)
# A reminder that starts late, after a long outage, still gets these many tries.
LEAST_TRIES = 10

# The mail is out: its row is written even while the database restarts.
PAUSES_SECONDS = (0.1, 0.5, 1, 2, 5, 10, 20)


@dataclass(slots=True)
class SendReport:
    """What became of the reminders that were due; `retried` ones come again by themselves."""

    sent: int = 0
    failed: int = 0
    retried: int = 0
    cancelled: int = 0


def send_due(at: datetime | None = None) -> SendReport:
    """Send every reminder that is due by the database's clock, or by `at`; any number may run at once."""
    report = SendReport()
    while token := _claim(at):
        if not _send_batch(token, at, report):
            break  # No mail server: what is still due waits for the next tick.
    return report


def _clock(at: datetime | None) -> Combinable:
    return Now() if at is None else Value(at, output_field=DateTimeField())


@dataclass(frozen=True, slots=True)
class _Batch:
    """What one claim leased. `now` is the time of the claim; `at`, where given, the moment to judge by."""

    rows: list[Reminder]
    now: datetime
    at: datetime | None
    report: SendReport

    @property
    def clock(self) -> Combinable:
        return _clock(self.at)


def _claimable(at: datetime | None) -> QuerySet[Reminder]:
    now = _clock(at)
    return Reminder.objects.due(now).filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now))


def _claim(at: datetime | None) -> str:
    """Lease up to BATCH due rows to a new token and return it; "" when there are none.

    PostgreSQL steps over rows that another sender is claiming; SQLite's transactions wait for each
    other from their start. The update asks again, so that either way a row has one holder.
    """
    if not _claimable(at).exists():
        return ""  # The usual tick takes no lock.
    token = secrets.token_hex(16)
    with transaction.atomic():
        rows = _claimable(at).order_by("due_at", "pk").select_for_update(skip_locked=True)
        chosen = list(rows.values_list("pk", flat=True)[:BATCH])
        claimed = _claimable(at).filter(pk__in=chosen)
        count = claimed.update(claimed_by=token, lease_until=_clock(at) + LEASE)
    return token if count else ""


def _send_batch(token: str, at: datetime | None, report: SendReport) -> bool:
    """Work through what the token holds; False when the mail server is away."""
    held = Reminder.objects.filter(claimed_by=token).select_related("deadline__case")
    rows = list(held.order_by("due_at", "pk"))
    if not rows:
        return True  # Deleted since the claim, with the case or the account.
    now = at or held.annotate(now=Now()).values_list("now", flat=True)[0]
    batch = _Batch(rows, now, at, report)
    owners = Membership.objects.filter(role=Role.OWNER, case__deadlines__reminders__in=rows)
    recipients = {membership.case_id: membership.user for membership in owners.select_related("user")}
    wanted: set[int] = set()
    checked = -FRESH_SECONDS
    with Postman() as postman:
        for number, row in enumerate(rows):
            if time.monotonic() - checked >= FRESH_SECONDS:
                wanted, checked = _wanted(rows[number:], batch), time.monotonic()
            if row.pk not in wanted:
                report.cancelled += _lasting(_mine(row), batch).update(cancelled_at=batch.clock)
                continue
            try:
                _send(row, recipients[row.deadline.case_id], postman, batch)
            except ServerAway as error:
                for waiting in rows[number:]:
                    _put_off(waiting, str(error), batch)
                return False
    return True


def _wanted(rows: list[Reminder], batch: _Batch) -> set[int]:
    """Which of them are still ours to send, and about an open deadline as it stands: asked once more
    right before sending, and again while a slow server makes the batch last.
    """
    still = _lasting(Reminder.objects.pending(), batch).filter(
        ~Q(deadline__case__status=Status.CLOSED),
        pk__in=[row.pk for row in rows],
        claimed_by=rows[0].claimed_by,
        version=F("deadline__version"),
        deadline__met_at__isnull=True,
        deadline__dropped_at__isnull=True,
        deadline__case__memberships__role=Role.OWNER,
        deadline__case__memberships__user__is_active=True,
    )
    return set(still.values_list("pk", flat=True))


def _lasting(rows: QuerySet[Reminder], batch: _Batch) -> QuerySet[Reminder]:
    """Those whose lease lasts long enough to talk to a slow server."""
    return rows.filter(lease_until__gt=batch.clock + MARGIN)


def _mine(row: Reminder) -> QuerySet[Reminder]:
    """The row, unless another sender took it meanwhile."""
    return Reminder.objects.pending().filter(pk=row.pk, claimed_by=row.claimed_by)


def _send(row: Reminder, recipient: User, postman: Postman, batch: _Batch) -> None:
    try:
        message = mail.reminder_mail(reminder=row, recipient=recipient, at=batch.now)
        postman.deliver(message)
    except ServerAway:
        raise
    except NeverDeliverable as error:
        _give_up(row, str(error), batch)
    except NotDelivered as error:
        _put_off(row, str(error), batch)
    except Exception as error:
        # One row that cannot be written is set aside like one that was not accepted: it holds up no
        # other, and where the mistake is ours its next try comes after the repair.
        log.exception("Reminder %s cannot be written; it is set aside", row.pk)
        _put_off(row, f"This mail could not be written ({type(error).__name__}: {error})", batch)
    else:
        _record_sent(row, batch)
        batch.report.sent += 1


def _record_sent(row: Reminder, batch: _Batch) -> None:
    """Write down that the mail is out; it must not go out again for anything that fails here."""
    for pause in (*PAUSES_SECONDS, None):
        try:
            return _mark_sent(row, batch)
        except (OperationalError, InterfaceError):
            if pause is None or connection.in_atomic_block:
                raise
            log.warning("Reminder %s is sent, but the database does not answer; trying again", row.pk)
            connection.close()
            time.sleep(pause)
        except Exception:
            log.exception("Reminder %s is sent, but its custody entry cannot be written", row.pk)
            sent = Reminder.objects.filter(pk=row.pk)
            sent.update(sent_at=batch.clock, failure="Sent, but the custody entry could not be written.")
            return None


@transaction.atomic
def _mark_sent(row: Reminder, batch: _Batch) -> None:
    _lock_case(row)
    sent = Reminder.objects.filter(pk=row.pk, sent_at__isnull=True)
    if sent.update(sent_at=batch.clock, attempts=row.attempts + 1, failure="", lease_until=None):
        _record(row, "reminder_sent", batch)


@transaction.atomic
def _give_up(row: Reminder, reason: str, batch: _Batch) -> None:
    _lock_case(row)
    changes = {"failed_at": batch.clock, "failure": reason[:500], "attempts": row.attempts + 1}
    if _mine(row).update(**changes, lease_until=None):
        _record(row, "reminder_failed", batch)
        batch.report.failed += 1


def _lock_case(row: Reminder) -> None:
    """First the case, then its reminders, as whoever changes the case does: so neither waits for ever."""
    Case.objects.select_for_update(no_key=True).only("pk").get(pk=row.deadline.case_id)


def _put_off(row: Reminder, reason: str, batch: _Batch) -> None:
    attempts = row.attempts + 1
    wait = WAITS[min(attempts, len(WAITS)) - 1]
    ends_at = max(row.deadline.due_at, row.due_at) + PATIENCE
    if attempts >= LEAST_TRIES and batch.now + wait > ends_at:
        return _give_up(row, reason, batch)
    batch.report.retried += _mine(row).update(
        attempts=attempts,
        next_attempt_at=batch.clock + wait,
        failure=reason[:500],
        claimed_by="",
        lease_until=None,
    )


def _record(row: Reminder, action: str, batch: _Batch) -> None:
    deadline = row.deadline
    details = {
        "deadline": deadline.pk,
        "rule": deadline.rule,
        "step": row.step,
        "version": row.version,
        "due_at": as_text(row.due_at),
    }
    custody.record(case=deadline.case, action=action, at=batch.now, details=details)
