"""A form sent twice, by a double tap or a line that broke, is stored once.

Every form that adds something carries a random `submission` key (templatetag `submission_key`). The
key is noted as a row of the session table within the transaction of what it adds: its primary key is
what makes two tries at the same moment wait for each other, on every database and with any number of
web processes, and `clearsessions` sweeps it away.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

FIELD = "submission"
# A phone may wait that long for a line, not knowing whether its first try came through.
KEPT = timedelta(days=30)
# What differs between two tries of one form without being its content.
NOT_CONTENT = {FIELD, "csrfmiddlewaretoken", "seconds_ago"}


@transaction.atomic
def submit_once(request: HttpRequest, act: Callable[[], str]) -> str:
    """Run `act` unless this very form was stored before; return its answer, old or new.

    `act` stores and returns a short text, usually the address to go to. When it raises, nothing is
    noted and the form may be sent again. Raises ValidationError when the key was used for other content.
    """
    key = request.POST.get(FIELD, "")
    if not key:
        return act()
    content, name = _digest(request), _name(request, request.path, key)
    try:
        with transaction.atomic():
            note = Session.objects.create(
                session_key=name,
                session_data=Session.objects.encode({"content": content}),
                expire_date=timezone.now() + KEPT,
            )
    except IntegrityError:
        return _answer_of(name, content)
    answer = act()
    note.session_data = Session.objects.encode({"content": content, "answer": answer})
    note.save(update_fields=["session_data"])
    return answer


def _answer_of(name: str, content: str) -> str:
    noted = Session.objects.get(session_key=name).get_decoded()
    if noted.get("content") != content:
        raise ValidationError(
            _("This form was already sent with other words in it. Reload the page and send it again.")
        )
    return str(noted["answer"])


def was_stored(request: HttpRequest, *, path: str) -> bool:
    """Whether the form of this key was sent to `path` and stored, by this request's user."""
    key = request.POST.get(FIELD, "")
    return bool(key) and Session.objects.filter(session_key=_name(request, path, key)).exists()


def _name(request: HttpRequest, path: str, key: str) -> str:
    """Forty signs that nobody can use as a session: made with the site's secret, holding no login."""
    made_of = f"{request.user.pk}:{path}:{key}"
    return salted_hmac("cases.submissions", made_of).hexdigest()[:40]


def _digest(request: HttpRequest) -> str:
    content = sorted((name, values) for name, values in request.POST.lists() if name not in NOT_CONTENT)
    return sha256(repr(content).encode()).hexdigest()
