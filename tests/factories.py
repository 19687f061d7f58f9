"""Plain functions that make things with sensible defaults, through the services a user would use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client

from cases.models import Case, ProblemKind
from cases.services import cases as case_service
from tracker.accounts.models import User

# Tuesday 2026-09-01, 10:00 in Shanghai: an ordinary workday, the hotline is open.
NOON = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


def make_user(email: str = "someone@example.org", *, is_confirmed: bool = True, **fields: Any) -> User:
    """A user who has confirmed the address, unless told otherwise: so reminders come in full."""
    user = User.objects.create_user(email, PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=is_confirmed)
    return user


def make_case(*, owner: User, at: datetime = NOON, **fields: Any) -> Case:
    fields = {
        "title": "Parcel never arrived",
        "playbook": "douyin",
        "problem_kind": ProblemKind.PARCEL_LOST,
        **fields,
    }
    return case_service.open_case(by=owner, at=at, **fields)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
