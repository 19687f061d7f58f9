"""One event, one line; no address of a person and no token in any of them."""

from __future__ import annotations

import logging
import re

_EMAIL = re.compile(r"[^\s@<>\"'(),:;=]+@[^\s@<>\"'(),:;=]+\.\w+")
# What follows a slash and nobody could guess: feed tokens, reset and confirmation keys. A file is none.
_TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_:=-]{20,}(?!\.py\b)(?=$|[/.\s'\"?])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def mask(text: str) -> str:
    """The text without email addresses and without tokens in paths."""
    return _TOKEN.sub("[token]", _EMAIL.sub("[email]", text))


class LineFormatter(logging.Formatter):
    """Writes a line break in a message as \\n; the lines of a traceback are indented, so none can pose."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return _CONTROL.sub(lambda sign: repr(sign.group())[1:-1], mask(super().formatMessage(record)))

    def formatException(self, ei: object) -> str:
        text = mask(super().formatException(ei))  # type: ignore[arg-type]
        return "\n".join(f"  {line}" for line in text.splitlines())
