"""What fails every test of this folder is noticed: otherwise “no complaint” would say nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenVisit
from tests.browser.visits import Watch

pytestmark = pytest.mark.browser


def script_error(page: Page) -> None:
    with page.expect_event("pageerror"):
        page.evaluate("void setTimeout(() => { throw new Error('boom') })")


def inline_style(page: Page) -> None:
    with page.expect_console_message():
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">red</p>')")


def missing_file(page: Page) -> None:
    with page.expect_console_message():
        page.evaluate("fetch('/static/missing.css').then((answer) => answer.text())")


def other_host(page: Page) -> None:
    empty = '<link rel="icon" href="data:,">'
    page.route(
        "https://elsewhere.example/", lambda route: route.fulfill(body=empty, content_type="text/html")
    )
    page.goto("https://elsewhere.example/")


def server_error(page: Page) -> None:
    page.route("**/healthz", lambda route: route.fulfill(status=503))
    with page.expect_console_message():
        page.evaluate("fetch('/healthz').then((answer) => answer.text())")


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (script_error, "script error: boom"),
        (inline_style, "Content Security Policy"),
        (missing_file, "status of 404"),
        (other_host, "request to another host: https://elsewhere.example/"),
        (server_error, "503 from GET"),
    ],
)
def test_what_goes_wrong_is_noticed(
    visit: OpenVisit, watch: Watch, harm: Callable[[Page], None], sentence: str
) -> None:
    somebody = visit("en")
    somebody.go("/accounts/login/")
    assert watch.complaints == []

    harm(somebody.page)
    noticed, watch.complaints[:] = " | ".join(watch.complaints), []

    assert sentence in noticed
