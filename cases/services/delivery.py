"""Hands mails to the mail server, and says what its answer means."""

from __future__ import annotations

import re
import smtplib
import time
from types import TracebackType

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address

from cases.services.mail_message import PLAIN_ADDRESS

REASON_LENGTH = 500
OK, GO_ON = 250, 354
# “Service not available, closing transmission channel”: the next mail needs a new connection.
CLOSING = 421
# No step of handing over one mail is waited for beyond this, on a connection that is open; a reminder's
# lease lasts longer.
MAIL_SECONDS = 18.0
# A server that breaks off so many mails in a row is left alone for now.
MOST_BREAKS = 3

_DOTS = re.compile(rb"(?m)^\.")


class NotDelivered(Exception):
    """The mail was not accepted; the message is the server's own words, or what kept us from asking."""


class TryLater(NotDelivered):
    """The same mail may be accepted later."""


class ServerAway(TryLater):
    """No mail at all can be handed over just now; the one at hand was not tried."""


class ConnectionLost(ServerAway):
    """The connection was gone before this mail was tried; a new one may do."""


class NeverDeliverable(NotDelivered):
    """The server will not take this mail, however often it is offered."""


class Postman:
    """One connection for a batch of mails, opened with the first and opened anew when it broke."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend = get_connection()
        self._is_open = False
        self._is_new = True  # nothing was handed over on this connection yet
        self._breaks = 0  # mails in a row in the middle of which the connection broke

    def __enter__(self) -> Postman:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    @property
    def is_open(self) -> bool:
        return self._is_open

    def open(self) -> None:
        """Have a connection; raises ServerAway where there is none to be had. It may take long: a server has
        many addresses, and each step its own time.
        """
        if self._is_open:
            return
        if self._breaks >= MOST_BREAKS:
            raise ServerAway(f"The connection to the mail server broke at {self._breaks} mails in a row.")
        try:
            self._connection.open()
            if (smtp := self._smtp) is not None:
                smtp.ehlo_or_helo_if_needed()
        except OSError as error:
            self._close()
            raise ServerAway(_short(f"The mail server cannot be reached: {error}")) from error
        self._is_open = self._is_new = True

    def deliver(self, message: EmailMessage) -> None:
        """Return after the server's yes; else raise TryLater, ServerAway or NeverDeliverable.

        On a connection that is open; one that breaks is closed, and not opened anew.
        """
        try:
            if (smtp := self._smtp) is None:
                self._deliver_elsewhere(message)
            else:
                self._hand_over(smtp, message)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise self._judged(code, words) from error
        except smtplib.SMTPDataError as error:
            raise self._judged(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPResponseException as error:
            # The sender or the log-in was refused: this is about the installation, not about this mail.
            self._break_off()
            raise TryLater(_short(_said(error.smtp_code, error.smtp_error))) from error
        except OSError as error:  # broken connections and time-outs; SMTPException is one of them too
            self._break_off()
            raise TryLater(_short(f"The connection to the mail server broke: {error}")) from error
        self._is_new, self._breaks = False, 0

    @property
    def _smtp(self) -> smtplib.SMTP | None:
        """The open connection; None where mails are kept as files, or in memory."""
        smtp = getattr(self._connection, "connection", None)
        return smtp if isinstance(smtp, smtplib.SMTP) else None

    def _deliver_elsewhere(self, message: EmailMessage) -> None:
        message.connection = self._connection
        if not message.send():
            raise NeverDeliverable("The mail has no recipient.")

    def _hand_over(self, smtp: smtplib.SMTP, message: EmailMessage) -> None:
        """What smtplib.sendmail does, within MAIL_SECONDS, and telling whether the mail was tried at all."""
        sender = _as_sent(message.from_email)
        recipients = [_as_sent(address) for address in message.recipients()]
        content = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own
        if not recipients:
            raise NeverDeliverable("The mail has no recipient.")
        ends = time.monotonic() + MAIL_SECONDS
        self._begin(smtp, sender, content, ends)
        for recipient in recipients:
            code, words = _asked(smtp, ends, f"RCPT TO:{recipient}")
            if code not in {250, 251}:
                self._reset(smtp, ends)
                raise smtplib.SMTPRecipientsRefused({recipient: (code, words)})
        code, words = _asked(smtp, ends, "DATA")
        if code == GO_ON:
            _wait_until(ends, smtp)
            smtp.send(_dotted(content))
            code, words = _asked(smtp, ends)
        if code != OK:
            self._reset(smtp, ends)
            raise smtplib.SMTPDataError(code, words)

    def _begin(self, smtp: smtplib.SMTP, sender: str, content: bytes, ends: float) -> None:
        options = [f"size={len(content)}"] if smtp.has_extn("size") else []
        options += ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []
        try:
            code, words = _asked(smtp, ends, " ".join([f"MAIL FROM:{sender}", *options]))
        except OSError as error:
            raise self._lost(str(error)) from error
        if code == CLOSING:
            raise self._lost(_said(code, words))
        if code != OK:
            raise smtplib.SMTPSenderRefused(code, words, sender)

    def _lost(self, reason: str) -> ServerAway:
        """Servers close what was idle, or has carried enough; one that closes at once is away."""
        self._close()
        kind = ServerAway if self._is_new else ConnectionLost
        return kind(_short(f"The connection to the mail server broke: {reason}"))

    def _reset(self, smtp: smtplib.SMTP, ends: float) -> None:
        """Forget the mail that was refused. A connection that breaks here is opened anew for the next."""
        try:
            _wait_until(ends, smtp)
            smtp.rset()
        except OSError:
            self._close()

    def _break_off(self) -> None:
        self._breaks += 1
        self._close()

    def _close(self) -> None:
        self._is_open = False
        try:
            self._connection.close()
        except OSError:
            # The connection is gone already, which is all that was wanted.
            return

    def _judged(self, code: int, words: bytes | str) -> NotDelivered:
        if code == CLOSING:
            self._break_off()
        else:
            self._is_new, self._breaks = False, 0
        kind = NeverDeliverable if 500 <= code <= 599 else TryLater
        return kind(_short(_said(code, words)))


def _as_sent(address: str) -> str:
    """The address as SMTP takes it, in <>: domains and names in other scripts are encoded."""
    if PLAIN_ADDRESS.fullmatch(address):
        return f"<{address}>"
    return smtplib.quoteaddr(sanitize_address(address, "utf-8"))


def _asked(smtp: smtplib.SMTP, ends: float, command: str = "") -> tuple[int, bytes]:
    """The server's answer to the command, or to what was sent; it must begin before `ends`."""
    _wait_until(ends, smtp)
    if command:
        smtp.putcmd(command)
    return smtp.getreply()


def _wait_until(ends: float, smtp: smtplib.SMTP) -> None:
    """Let the next step on the connection take what is left of the time."""
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
    smtp.sock.settimeout(max(ends - time.monotonic(), 0.001))


def _dotted(content: bytes) -> bytes:
    """The lines of a mail as DATA takes them: none begins with a bare dot, and one alone ends it."""
    if b"\n." in content or content.startswith(b"."):
        content = _DOTS.sub(b"..", content)
    return content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {text}"


def _short(reason: str) -> str:
    """One printable line that fits the ledger."""
    line = " ".join(reason.split())
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in line)[:REASON_LENGTH]
