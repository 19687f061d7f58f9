"""A form sent twice, by a double tap or a line that broke, is stored once.

Every form that adds something carries a random `submission` key (templatetag `submission_key`). The
key is noted in the session table within the transaction of what it adds: its primary key is what
makes two tries at the same moment wait for each other, on every database and with any number of
web processes.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from django.contrib.sessions.backends.base import CreateError
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

FIELD = "submission"
KEPT_SECONDS = 24 * 60 * 60
# What differs between two tries of one form without being its content.
NOT_CONTENT = {FIELD, "csrfmiddlewaretoken"}


def submit_once(request: HttpRequest, act: Callable[[], str]) -> str:
    """Run `act` unless this very form was stored before; return its answer, old or new.

    `act` stores and returns a short text, usually the address to go to. When it raises, nothing is
    noted and the form may be sent again. Raises ValidationError when the key was used for other content.
    """
    key = request.POST.get(FIELD, "")
    if not key:
        return act()
    note = SessionStore(session_key=_note_key(request, key))
    try:
        with transaction.atomic():
            note["content"] = _digest(request)
            note.set_expiry(KEPT_SECONDS)
            note.save(must_create=True)
            note["answer"] = act()
            note.save()
    except CreateError:
        return _answer_of(request, key)
    return str(note["answer"])


def _answer_of(request: HttpRequest, key: str) -> str:
    note = SessionStore(session_key=_note_key(request, key))
    if note.get("content") != _digest(request):
        raise ValidationError(
            _("This form was already sent with other words in it. Reload the page and send it again.")
        )
    return str(note.get("answer", ""))


def _note_key(request: HttpRequest, key: str) -> str:
    """Forty signs that nobody can use as a session: made with the site's secret, holding no login."""
    return salted_hmac("cases.submissions", f"{request.user.pk}:{request.path}:{key}").hexdigest()[:40]


def _digest(request: HttpRequest) -> str:
    content = sorted((name, values) for name, values in request.POST.lists() if name not in NOT_CONTENT)
    return sha256(repr(content).encode()).hexdigest()
