"""Mail without a mail server: one .eml file for each message, readable by every mail program."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class OutboxBackend(BaseEmailBackend):
    """Writes each message to EMAIL_FILE_PATH, whole or not at all."""

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.folder = Path(settings.EMAIL_FILE_PATH)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            self._write(message)
        return len(email_messages)

    def _write(self, message: EmailMessage) -> None:
        stamp = timezone.now().strftime("%Y%m%dT%H%M%S.%fZ")
        recipient = re.sub(r"[^A-Za-z0-9.@_-]", "_", message.to[0] if message.to else "nobody")[:80]
        path = self.folder / f"{stamp}-{recipient}-{secrets.token_hex(3)}.eml"
        draft = path.with_suffix(".part")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message.message().as_bytes(linesep="\r\n"))  # type: ignore[call-arg]  # Django's own
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
