"""A mail server in memory that can be told to fail, and an evidence store for one test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.services.sending import Refusing
from tracker import env


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[Refusing]:
    settings.EMAIL_BACKEND = "tests.services.sending.Refusing"
    for name, value in (("failure", None), ("away", None), ("opened", 0)):
        monkeypatch.setattr(Refusing, name, value)
    return Refusing


@pytest.fixture
def evidence(settings: Any, tmp_path: Path) -> Path:
    """An evidence store of this test's own, empty at first."""
    settings.STORAGES = {**settings.STORAGES, "evidence": env.storage(tmp_path / "evidence")}
    return tmp_path / "evidence"
