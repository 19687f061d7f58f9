"""Whoever tries too often is held back by a sentence, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_a_minute(settings: Any) -> Iterator[None]:
    """Counted from nought, here and in the tests that follow."""
    settings.ACCOUNT_RATE_LIMITS = {"signup": "3/m/ip"}
    cache.clear()
    yield
    cache.clear()


@pytest.mark.parametrize(
    ("accepts", "lang", "heading"),
    [
        ("en", "en", "Too many attempts in a short time"),
        ("zh-CN", "zh-Hans", "短时间内尝试次数过多"),
    ],
)
def test_the_page_of_it_is_one_of_this_site(accepts: str, lang: str, heading: str) -> None:
    client = Client(headers={"Accept-Language": accepts})
    empty = {"email": "", "password1": ""}
    for _ in range(3):
        assert client.post("/accounts/signup/", empty).status_code == 200

    response = client.post("/accounts/signup/", empty)
    html = response.content.decode()

    assert response.status_code == 429
    assert f"<h1>{heading}</h1>" in html
    assert f'<html lang="{lang}"' in html
