"""tracker.settings: what the names of the environment come to."""

from __future__ import annotations

import runpy
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from allauth.core.internal.httpkit import get_client_ip
from django.test import RequestFactory

from tests.running import CHECKOUT, SETTINGS, clean_environment


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "var"))


def loaded() -> dict[str, Any]:
    return runpy.run_path(str(CHECKOUT / "tracker" / "settings.py"))


@pytest.mark.parametrize(("count", "address"), [("1", "203.0.113.9"), ("2", "198.51.100.7")])
def test_behind_a_proxy_a_visitor_is_known_by_the_address_the_outermost_one_saw(
    monkeypatch: pytest.MonkeyPatch, settings: Any, count: str, address: str
) -> None:
    monkeypatch.setenv("BEHIND_PROXY", "true")
    monkeypatch.setenv("PROXY_COUNT", count)
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = loaded()["ALLAUTH_TRUSTED_PROXY_COUNT"]

    said = {"X-Forwarded-For": "192.0.2.66, 198.51.100.7, 203.0.113.9"}  # the first is the visitor's own lie
    assert get_client_ip(RequestFactory().get("/", headers=said)) == address


def test_without_a_proxy_nobody_may_choose_an_address() -> None:
    assert "ALLAUTH_TRUSTED_PROXY_COUNT" not in loaded()


def test_a_command_writes_for_its_own_user_alone(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(mode=0o755)
    script = "open('note', 'w').close()"
    command = [sys.executable, str(CHECKOUT / "manage.py"), "shell", "-c", script]
    environment = clean_environment(DATA_DIR=str(tmp_path / "var"))

    subprocess.run(command, cwd=tmp_path, env=environment, check=True, umask=0o022, capture_output=True)

    assert stat.S_IMODE((tmp_path / "note").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700
