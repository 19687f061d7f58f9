"""A mail server in memory that can be told to fail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.sending import Refusing


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[Refusing]:
    settings.EMAIL_BACKEND = "tests.services.sending.Refusing"
    for name, value in (("failure", None), ("away", None), ("opened", 0)):
        monkeypatch.setattr(Refusing, name, value)
    return Refusing
