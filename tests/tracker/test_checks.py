"""tracker.checks: a configuration that would harm explains itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks


def ids(include_deployment_checks: bool = False) -> set[str]:
    found = run_checks(include_deployment_checks=include_deployment_checks)
    return {str(message.id) for message in found if str(message.id).startswith("tracker.")}


@pytest.fixture
def public(settings: Any, tmp_path: Path) -> Any:
    settings.SITE_URL, settings.IS_HTTPS = "https://cases.example.org", True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o700)
    return settings


def test_a_public_site_set_up_well_has_nothing_to_explain(public: Any) -> None:
    assert ids(include_deployment_checks=True) == set()


def test_debug_on_a_public_site_is_an_error_and_on_a_laptop_is_not(public: Any) -> None:
    public.DEBUG = True
    assert ids() == {"tracker.E001"}

    public.IS_HTTPS = False
    assert ids() == set()


@pytest.mark.parametrize("key", ["changeme", "a" * 80, "x7" * 24])
def test_a_secret_key_that_can_be_guessed_is_an_error(public: Any, key: str) -> None:
    public.SECRET_KEY = key

    assert ids() == {"tracker.E002"}


def test_reminders_that_reach_nobody_are_warned_of(public: Any) -> None:
    public.EMAIL_BACKEND = "tracker.mail.OutboxBackend"

    assert ids() == {"tracker.W001"}

    public.IS_HTTPS = False
    assert ids() == set()


def test_data_that_others_can_look_into_is_warned_of(public: Any, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    assert ids(include_deployment_checks=True) == {"tracker.W002"}
