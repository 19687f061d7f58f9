"""The ledger of reminders: planned with their deadline, sent from the database, never lost.

What is due is judged by the database's clock. A batch is claimed with a lease; rows are marked sent
after the mail server's yes, so a process that dies in between repeats that mail with the same
Message-ID, and nothing else does. The broker plays no part in this.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime

from django.core.mail import EmailMessage
from django.db import InterfaceError, OperationalError, transaction

from cases.services import mail, reminder_claims
from cases.services.delivery import ConnectionLost, NeverDeliverable, NotDelivered, Postman, ServerAway
from cases.services.reminder_batches import Judged, Letter, give_back, judge, judge_again, store
from cases.services.reminder_claims import Claim
from cases.services.reminder_facts import rows_of
from cases.services.reminder_plans import cancel_all, cancel_for, message_id_of, plan_all, plan_for
from cases.services.reminder_records import Fate, Outcome, SendReport, record, set_aside

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

# So many mails, or what goes out in so many seconds, are recorded together: a kill repeats no more.
RECORD_EVERY = 8
RECORD_SECONDS = 0.05
# How long an answer to “is this still to be said?” is relied on.
FRESH_SECONDS = 1.0
# A run that takes longer leaves the rest to the next tick, so that the other sweeps have their turn and no
# time limit ends it in the middle of a mail.
MOST_SECONDS = 600.0
# How often a run that takes long says that it lives.
ALIVE_SECONDS = 20.0


def send_due(at: datetime | None = None, *, alive: Callable[[], None] | None = None) -> SendReport:
    """Send every reminder that is due by the database's clock, or by `at`; any number may run at once.

    `alive` is called now and then while it takes long.
    """
    report = SendReport()
    sign = _SignOfLife(alive)
    ends = time.monotonic() + MOST_SECONDS
    with Postman() as postman:
        while not report.away and time.monotonic() < ends and (claim := reminder_claims.claim(at)):
            _Batch(claim, report, sign).send(postman)
    return report


class _SignOfLife:
    """Calls `alive` at most every ALIVE_SECONDS."""

    def __init__(self, alive: Callable[[], None] | None) -> None:
        self._alive = alive
        self._last = time.monotonic()

    def give(self) -> None:
        if self._alive is not None and time.monotonic() - self._last >= ALIVE_SECONDS:
            self._last = time.monotonic()
            self._alive()


class _Batch:
    """Sends what one claim holds."""

    def __init__(self, claim: Claim, report: SendReport, sign: _SignOfLife) -> None:
        self.claim = claim
        self.report = report
        self.sign = sign
        self.letters: deque[Letter] = deque()
        self.judged_at = 0.0
        self.is_lost = False  # the connection broke before the mail at hand, and none was sent since

    def send(self, postman: Postman) -> None:
        judged = self._judged()
        with transaction.atomic():
            self.claim.begin()
            for part in judged:
                self._take(part)
        while self.letters:
            try:
                postman.open()
                self._send_group(postman)
            except ServerAway as error:
                log.warning("Reminders wait for the mail server: %s", error)
                self.report.away = str(error)
                return give_back(self.letters, self.claim)
            self.sign.give()

    def _judged(self) -> list[Judged]:
        """The whole batch judged at once or, where one row cannot even be read, mail by mail."""
        self.judged_at = time.monotonic()
        try:
            return [judge(rows_of(self.claim), self.claim)]
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("A batch of reminders cannot be read at once; it is read in parts")
        together: dict[str, list[int]] = {}
        for key, message_id in self.claim.held().values_list("pk", "message_id"):
            together.setdefault(message_id, []).append(key)
        return list(filter(None, map(self._judged_alone, together.values())))

    def _judged_alone(self, keys: list[int]) -> Judged | None:
        """What is told in one mail, judged apart from the rest; None where it cannot be read."""
        try:
            with transaction.atomic():
                return judge(rows_of(self.claim, keys), self.claim)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("Reminders %s cannot be read; they are set aside", keys)
            for key in keys:
                set_aside(key, _unwritten(error), self.claim, self.report)
            return None

    def _take(self, judged: Judged) -> None:
        self.report.cancelled += store(judged, self.claim)
        self.letters.extend(judged.letters)
        for row, error in judged.broken:
            set_aside(row.pk, _unwritten(error), self.claim, self.report)

    def _send_group(self, postman: Postman) -> None:
        """Send the next few mails and record them. After ServerAway `letters` are those not tried."""
        if time.monotonic() - self.judged_at >= FRESH_SECONDS:
            waiting, self.letters = self.letters, deque()
            self.judged_at = time.monotonic()
            self._take(judge_again(waiting, self.claim))
        # All are written before the first goes out, so that little time passes from its yes to the commit.
        group = deque((letter, self._write(letter)) for letter in self._next_group())
        outcomes: list[Outcome] = []
        began = time.monotonic()
        try:
            # A new connection may take longer than a lease lasts: what is out is recorded before.
            while group and postman.is_open and (not outcomes or time.monotonic() - began < RECORD_SECONDS):
                outcomes.append(self._send(*group[0], postman))
                group.popleft()
                self.is_lost = False
        except ConnectionLost:
            if self.is_lost:
                raise
            self.is_lost = True  # A new connection may do; its owner is asked for again before it is used.
        finally:
            self.letters.extendleft(letter for letter, _written in reversed(group))
            record(outcomes, self.claim, self.report)

    def _next_group(self) -> list[Letter]:
        """The next letters without rows that were cancelled or taken over, by the database as it is now."""
        letters = [self.letters.popleft() for _ in range(min(RECORD_EVERY, len(self.letters)))]
        held = self.claim.still_held([key for letter in letters for key in letter.keys])
        for letter in letters:
            letter.rows = [row for row in letter.rows if row.pk in held]
        return [letter for letter in letters if letter.rows]

    def _write(self, letter: Letter) -> EmailMessage | Outcome:
        """The mail or, where there is none to send, what becomes of the letter."""
        try:
            message = mail.write(letter.rows, letter.recipient, at=self.claim.moment())
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            return _set_aside(letter, error)
        return Outcome(letter, Fate.EMPTY) if message is None else message

    def _send(self, letter: Letter, written: EmailMessage | Outcome, postman: Postman) -> Outcome:
        if isinstance(written, Outcome):
            return written
        try:
            postman.deliver(written)
        except ServerAway:
            raise
        except NeverDeliverable as error:
            return Outcome(letter, Fate.REFUSED, str(error))
        except NotDelivered as error:
            return Outcome(letter, Fate.RETRIED, str(error))
        except Exception as error:
            return _set_aside(letter, error)
        return Outcome(letter, Fate.SENT)


def _set_aside(letter: Letter, error: Exception) -> Outcome:
    """One mail that cannot be written is treated like one that was not accepted: it holds up no other, and
    where the mistake is ours its next try comes after the repair.
    """
    log.error("The mail %s cannot be written; it is set aside", letter.rows[0].message_id, exc_info=error)
    return Outcome(letter, Fate.RETRIED, _unwritten(error))


def _unwritten(error: Exception) -> str:
    return f"This mail could not be written ({type(error).__name__}: {error})"
