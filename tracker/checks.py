"""System checks of the site: a configuration that would harm explains itself before anything starts."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

SHORTEST_SECRET_KEY = 50


@register(Tags.security)
def check_not_debugging_in_public(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Django's debug pages show settings and data to whoever causes an error."""
    if not (settings.DEBUG and settings.IS_HTTPS):
        return []
    return [
        Error(
            f"DEBUG is on, and {settings.SITE_URL} is open to others.",
            hint="Leave DEBUG unset there; it is for the machine of a developer.",
            id="tracker.E001",
        )
    ]


@register(Tags.security)
def check_secret_key(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if len(settings.SECRET_KEY) >= SHORTEST_SECRET_KEY and len(set(settings.SECRET_KEY)) > 5:
        return []
    return [
        Error(
            f"SECRET_KEY is too easy to guess: it needs {SHORTEST_SECRET_KEY} random characters.",
            hint="Leave it unset, and one is made and kept in DATA_DIR; or make one with: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(64))'",
            id="tracker.E002",
        )
    ]


@register(Tags.security)
def check_mail_leaves_the_machine(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Said by every command, for nothing else looks amiss: each mail is a file, and counts as sent."""
    if not (settings.IS_HTTPS and settings.EMAIL_BACKEND == "tracker.mail.OutboxBackend"):
        return []
    return [
        Warning(
            f"Reminders are kept as files in {settings.EMAIL_FILE_PATH} and reach nobody.",
            hint="Set EMAIL_URL to your mail server, as in smtp+tls://user:password@host:587.",
            id="tracker.W001",
        )
    ]


@register(Tags.security, deploy=True)
def check_data_is_private(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if not stat.S_IMODE(settings.DATA_DIR.stat().st_mode) & 0o077:
        return []
    return [
        Warning(
            f"Other users of this machine can look into {settings.DATA_DIR}, which holds the evidence.",
            hint=f"Close it: chmod 700 {settings.DATA_DIR}",
            id="tracker.W002",
        )
    ]
