"""Letters of twice the size: every page stays whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.visits import CHROMIUM_ARGUMENTS, new_visit
from tests.running import Site

pytestmark = pytest.mark.browser

PAGES = ("/", "/cases/", "/cases/new/", "/settings/", "/settings/phone/", "/share/", "/playbooks/douyin/")
ROOMS = ("", "contacts/", "exhibits/", "deadlines/", "case-files/", "custody/")


@pytest.fixture
def big(browser: Browser, chromium_path: Path) -> Iterator[Browser]:
    """A phone on which the letters were set to twice their size."""
    arguments = [*CHROMIUM_ARGUMENTS, "--blink-settings=defaultFontSize=32"]
    big = browser.browser_type.launch(executable_path=chromium_path, args=arguments)
    yield big
    big.close()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_scrolls_sideways(
    big: Browser, running_site: Site, demo_account: tuple[str, str], language: str
):
    user = new_visit(big, running_site, language=language, size=(390, 844))
    user.log_in(*demo_account)
    user.prefer_language()
    user.go("/cases/")
    case = user.page.locator("main h2 a").first.get_attribute("href") or ""

    wide = {}
    for path in (*PAGES, *(case + room for room in ROOMS)):
        user.go(path)
        wide[path] = user.page.evaluate("document.documentElement.scrollWidth")

    assert {path: width for path, width in wide.items() if width > 390} == {}
    assert user.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
