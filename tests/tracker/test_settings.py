"""tracker.settings: what the names of the environment come to."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from allauth.core.internal.httpkit import get_client_ip
from django.test import RequestFactory

from tests.running import CHECKOUT, SETTINGS


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
