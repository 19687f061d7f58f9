"""The bytes of a mail: headers that nothing can be added to, a text and an HTML part, as they are sent."""

from __future__ import annotations

import binascii
import re
import secrets
from base64 import b64encode
from email.utils import formatdate
from functools import lru_cache

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import BadHeaderError, sanitize_address

# RFC 5322 allows so many bytes in a line; a header is folded long before.
LONGEST_LINE = 998
HEADER_LENGTH = 76
# So many bytes of UTF-8 are an encoded word of at most 75 signs (RFC 2047).
WORD_BYTES = 45

# What needs no encoding: to look at every part of an address costs as much as to hand over the mail.
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_LINE_ENDS = re.compile(r"[\r\n]")


class ReminderMail(EmailMultiAlternatives):
    """A mail with a text and an HTML part in UTF-8, written in one go.

    What the general classes of Python and Django do for any message costs more than all the rest of a
    reminder; this one has fixed headers and two parts, and gives a mail server the same bytes.
    """

    def message(self) -> WrittenMail:  # type: ignore[override]
        """The mail as it is sent, dated now. Raises BadHeaderError where a header has a line end."""
        return WrittenMail(self)


class WrittenMail:
    """What a mail backend asks of a message: its bytes, and its headers by name."""

    def __init__(self, mail: EmailMultiAlternatives) -> None:
        given = {"Subject": str(mail.subject), "To": ", ".join(mail.to), **mail.extra_headers}
        for name, value in given.items():
            if _LINE_ENDS.search(value):
                raise BadHeaderError(f"The header {name} holds a line end: {value!r}.")
        self._headers = {
            "Subject": _text_header(given["Subject"]),
            "From": _address(mail.from_email),
            "To": ", ".join(_address(address) for address in mail.to),
            "Date": formatdate(),
            **mail.extra_headers,
        }
        html = next(str(content) for content, kind in mail.alternatives if kind == "text/html")
        self._parts = (("plain", str(mail.body)), ("html", html))
        self._boundary = f"=_{secrets.token_hex(16)}"

    def __getitem__(self, name: str) -> str | None:
        return self._headers.get(name)

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:
        """The whole message with these line ends. (`unixfrom` is there for mail backends that name it.)"""
        lines = [f"{name}: {value}" for name, value in self._headers.items()]
        lines += [
            "MIME-Version: 1.0",
            f'Content-Type: multipart/alternative; boundary="{self._boundary}"',
            "",
        ]
        written = ["\n".join(lines).encode()]
        for kind, body in self._parts:
            encoding, content = _encoded(body)
            head = (
                f'--{self._boundary}\nContent-Type: text/{kind}; charset="utf-8"\n'
                f"Content-Transfer-Encoding: {encoding}\n"
            )
            written += [head.encode(), content]
        written.append(f"--{self._boundary}--\n".encode())
        whole = b"\n".join(written)
        return whole if linesep == "\n" else whole.replace(b"\n", linesep.encode())

    def as_string(self, unixfrom: bool = False, linesep: str = "\n") -> str:
        return self.as_bytes(unixfrom, linesep).decode()


def _encoded(body: str) -> tuple[str, bytes]:
    """How a part is sent: as it is, or where a line is too long for mail as quoted-printable."""
    content = body.encode("utf-8", "replace").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if max(map(len, content.split(b"\n")), default=0) <= LONGEST_LINE:
        return "8bit", content
    return "quoted-printable", binascii.b2a_qp(content, istext=True)


def _text_header(text: str) -> str:
    """The header as ASCII: as it is where it can be, else as encoded words (RFC 2047) on folded lines."""
    if text.isascii() and len(text) <= HEADER_LENGTH - len("Subject: ") and "=?" not in text:
        return text
    words, word = [], b""
    for sign in text:
        encoded = sign.encode("utf-8", "replace")
        if len(word) + len(encoded) > WORD_BYTES:
            words.append(word)
            word = b""
        word += encoded
    return "\n ".join(f"=?utf-8?b?{b64encode(word).decode()}?=" for word in (*words, word))


@lru_cache(maxsize=256)
def _sanitized(address: str) -> str:
    return str(sanitize_address(address, "utf-8"))


def _address(address: str) -> str:
    return address if PLAIN_ADDRESS.fullmatch(address) else _sanitized(address)
