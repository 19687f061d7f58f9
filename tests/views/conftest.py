"""The clock of every screen's test stands still: Tuesday 2026-09-01, 10:00 in Shanghai."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from tests import factories
from tracker.accounts.models import User


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: factories.NOON)


@pytest.fixture
def helga_client(helga: User) -> Client:
    return factories.logged_in(helga)
