"""The mails that landed in the outbox, as the person who gets them reads them."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path


def mails_to(address: str, outbox: Path) -> list[EmailMessage]:
    """Every mail to that address, the oldest first."""
    found = []
    for path in sorted(outbox.glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(mail, EmailMessage)
        if address in str(mail["To"]):
            found.append(mail)
    return found


def part(mail: EmailMessage, kind: str) -> str:
    """The text of its text/plain or text/html part."""
    body = mail.get_body((kind,))
    assert body is not None, f"the mail has no {kind} part"
    return str(body.get_content())
