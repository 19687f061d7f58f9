"""The cast: alice owns the case, bob may read it, helga may help, mallory must not know it exists."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import translation

from cases.models import Case, Membership, Role
from cases.services import playbooks, reminder_health
from tests import factories
from tracker.accounts.models import User

pytest_plugins = ["tests.fixtures", "tests.not_run"]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A request leaves its language behind for the next one; no test starts in another's language."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page asks whether reminders are late: the moments of most tests passed long ago."""
    monkeypatch.setattr(reminder_health, "_known", (math.inf, False))


@pytest.fixture
def platform_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cases are under the rules of their platform alone, so that nothing runs from their opening."""
    shipped = playbooks.all_playbooks()
    alone = {key: replace(playbook, goes_with=()) for key, playbook in shipped.items()}
    monkeypatch.setattr(playbooks, "all_playbooks", lambda: alone)


@pytest.fixture
def alice(db: None) -> User:
    return factories.make_user("alice@example.org", language="en")


@pytest.fixture
def bob(db: None) -> User:
    return factories.make_user("bob@example.org", language="en")


@pytest.fixture
def helga(db: None) -> User:
    return factories.make_user("helga@example.org", language="en")


@pytest.fixture
def mallory(db: None) -> User:
    return factories.make_user("mallory@example.org", language="en")


@pytest.fixture
def case(alice: User, bob: User, helga: User) -> Case:
    case = factories.make_case(owner=alice)
    Membership.objects.create(case=case, user=bob, role=Role.READER, since=factories.NOON)
    Membership.objects.create(case=case, user=helga, role=Role.HELPER, since=factories.NOON)
    return case


@pytest.fixture
def alice_client(alice: User) -> Client:
    return factories.logged_in(alice)


@pytest.fixture
def bob_client(bob: User) -> Client:
    return factories.logged_in(bob)


@pytest.fixture
def mallory_client(mallory: User) -> Client:
    return factories.logged_in(mallory)
