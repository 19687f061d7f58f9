"""Hands mails to the mail server, and says what its answer means."""

from __future__ import annotations

import smtplib
from types import TracebackType

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

REASON_LENGTH = 500
# “Service not available, closing transmission channel”: the next mail needs a new connection.
CLOSING = 421


class NotDelivered(Exception):
    """The mail was not accepted; the message is the server's own words, or what kept us from asking."""


class TryLater(NotDelivered):
    """The same mail may be accepted later."""


class ServerAway(TryLater):
    """No mail at all can be handed over just now."""


class NeverDeliverable(NotDelivered):
    """The server will not take this mail, however often it is offered."""


class Postman:
    """One connection for a batch of mails, opened with the first and opened anew when it broke."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend = get_connection()
        self._is_open = False

    def __enter__(self) -> Postman:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def deliver(self, message: EmailMessage) -> None:
        """Return after the server's yes; else raise TryLater, ServerAway or NeverDeliverable."""
        self._open()
        message.connection = self._connection
        try:
            accepted = message.send()
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise self._judged(code, words) from error
        except smtplib.SMTPDataError as error:
            raise self._judged(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise NeverDeliverable(
                _short(f"The mail server cannot write to this address: {error}")
            ) from error
        except smtplib.SMTPResponseException as error:
            # The sender or the log-in was refused: this is about the installation, not about this mail.
            self._close()
            raise TryLater(_short(_said(error.smtp_code, error.smtp_error))) from error
        except OSError as error:  # broken connections and time-outs; SMTPException is one of them too
            self._close()
            raise TryLater(_short(f"The connection to the mail server broke: {error}")) from error
        if not accepted:
            raise NeverDeliverable("The mail has no recipient.")

    def _open(self) -> None:
        if self._is_open:
            return
        try:
            self._connection.open()
        except OSError as error:
            self._close()
            raise ServerAway(_short(f"The mail server cannot be reached: {error}")) from error
        self._is_open = True

    def _close(self) -> None:
        self._is_open = False
        try:
            self._connection.close()
        except OSError:
            # The connection is gone already, which is all that was wanted.
            return

    def _judged(self, code: int, words: bytes | str) -> NotDelivered:
        if code == CLOSING:
            self._close()
        kind = NeverDeliverable if 500 <= code <= 599 else TryLater
        return kind(_short(_said(code, words)))


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {text}"


def _short(reason: str) -> str:
    """One printable line that fits the ledger."""
    line = " ".join(reason.split())
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in line)[:REASON_LENGTH]
