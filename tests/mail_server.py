"""A real SMTP server for tests, which keeps what it accepts and can be told to answer otherwise."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from tests.programs import free_port

OK = "250 kept"
DROP_BEFORE = "drop before"  # the connection breaks, and the message was not kept
DROP_AFTER = "drop after"  # the message was kept, and the connection breaks before the answer


@dataclass
class MailServer:
    """Where it listens, what it has accepted, and what it is to answer."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    refused_recipients: dict[str, str] = field(default_factory=dict)  # address -> answer, as in "550 unknown"
    answers: deque[str] = field(default_factory=deque)  # to the next messages, one each; then OK

    @property
    def url(self) -> str:
        """As EMAIL_URL takes it."""
        return f"smtp://127.0.0.1:{self.port}"

    def forget(self) -> None:
        self.messages.clear()
        self.refused_recipients.clear()
        self.answers.clear()

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refused_recipients:
            return self.refused_recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.answers.popleft() if self.answers else OK
        if answer in {OK, DROP_AFTER}:
            self.messages.append(BytesParser(policy=default).parsebytes(envelope.content))
        if answer in {DROP_BEFORE, DROP_AFTER}:
            server.transport.abort()
        return answer


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer(port=free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
