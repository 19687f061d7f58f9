"""Real headless Chromium before the running processes; whatever it complains of fails the test."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from cases.services import demo
from tests.browser.visits import CHROMIUM_ARGUMENTS, Visit, Watch, keep, new_visit
from tests.running import CHECKOUT, Site

RESULTS = CHECKOUT / "test-results"
PHONE = (360, 800)
OpenVisit = Callable[..., Visit]
_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Iterator[Browser]:
    """One for each module, no longer: while Playwright runs, Django takes this thread for an async one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def watch(running_site: Site) -> Watch:
    return Watch(running_site)


@pytest.fixture
def visit(
    request: pytest.FixtureRequest, browser: Browser, running_site: Site, watch: Watch
) -> Iterator[OpenVisit]:
    """Opens watched sessions; when the test failed, what they showed last is kept in test-results/."""
    visits: list[Visit] = []

    def open_visit(
        language: str = "en", size: tuple[int, int] = (360, 800), javascript: bool = True
    ) -> Visit:
        visits.append(new_visit(browser, running_site, language=language, size=size, javascript=javascript))
        watch.over(visits[-1].context)
        return visits[-1]

    yield open_visit
    if request.node.stash.get(_FAILED, False) or watch.complaints:
        keep(visits, RESULTS / re.sub(r"[^\w.-]+", "-", request.node.nodeid))
    for one in visits:
        one.context.close()
    assert watch.complaints == []


@pytest.fixture(scope="session")
def demo_account(running_site: Site) -> tuple[str, str]:
    """Email and password of the demo user with six cases."""
    said = running_site.manage("demo")
    return demo.DEMO_EMAIL, re.search(r"password\s+(\S+)", said)[1]  # type: ignore[index]
