"""Mails as a mail program reads them."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from django.core.mail import EmailMessage as Written


def parsed(message: Written | None) -> EmailMessage:
    """What came over the wire, with the line ends of SMTP."""
    assert message is not None, "there was nothing to tell"
    read = message_from_bytes(bytes_of(message), policy=policy.default)
    assert isinstance(read, EmailMessage)
    assert read.defects == []
    return read


def bytes_of(message: Written) -> bytes:
    return message.message().as_bytes(linesep="\r\n")


def subject_of(message: EmailMessage) -> str:
    """The subject as it is shown; a folded header begins with a blank."""
    return str(message["Subject"]).strip()


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body(preferencelist=(kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    return text_of(message, "html")
