"""Every page there is, in both languages, on a phone and at a desk: nothing left out, nothing too wide."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenVisit
from tests.browser.visits import Watch
from tests.browser.walk import looks_wrong, walk

pytestmark = pytest.mark.browser

# Three links from Today: the case, its room, and what stands in the room.
DEPTH = 3
# One page of each kind, so that a walk which stops early is noticed.
ROOMS = (
    "contacts",
    "drafts",
    "exhibits",
    "deadlines",
    "orders",
    "milestones",
    "case-files",
    "custody",
    "edit",
)


def lines(found: dict[str, list[str]]) -> str:
    """What is wrong, a line each, so that a failure shows all of it."""
    return "\n".join(f"{path}: {sentence}" for path, wrong in found.items() for sentence in wrong)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_a_user_is_whole(
    visit: OpenVisit, demo_account: tuple[str, str], language: str
) -> None:
    user = visit(language)
    user.log_in(*demo_account)
    user.prefer_language()
    start = ("/", "/cases/?state=all", "/settings/", "/insights/", "/verify/", "/playbooks/")
    found = {path: looks_wrong(user) for path in walk(user, start, depth=DEPTH)}

    assert lines(found) == ""
    assert len([path for path in found if path.count("/") == 3 and path.startswith("/cases/")]) >= 6
    for room in ROOMS:
        assert len([path for path in found if path.endswith(f"/{room}/")]) >= 5, room


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_somebody_without_an_account_is_whole(
    visit: OpenVisit, watch: Watch, language: str
) -> None:
    somebody = visit(language)
    watch.expected.add(404)
    start = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/there/is/nothing/")
    found = {path: looks_wrong(somebody) for path in walk(somebody, start, depth=DEPTH)}

    assert lines(found) == ""
    assert {"/verify/", "/playbooks/", "/playbooks/douyin/"} <= set(found)


def test_a_page_that_is_wrong_is_noticed(visit: OpenVisit, watch: Watch) -> None:
    """The checks of this module, held against a page that does all of it."""
    somebody = visit("zh-hans")
    somebody.go("/accounts/login/")
    somebody.page.evaluate(
        """() => {
          document.documentElement.lang = "en";
          document.querySelector("main").innerHTML =
            '<h1>Log in</h1><h3 id="a">好</h3><h1>Nothing is here</h1><input id="a"><button></button>'
            + '<img src="data:,"><pre>' + "x".repeat(300) + "</pre>";
        }"""
    )
    wrong = " | ".join(looks_wrong(somebody))

    for sentence in (
        "2 h1",
        "h3 right after h1",
        "no label: <input",
        "no name: <button",
        "described nor hidden",
    ):
        assert sentence in wrong
    for sentence in ("id used twice: a", "html lang is en", "English: Log in", "English: Nothing is here"):
        assert sentence in wrong
    assert "too wide at 360" in wrong
