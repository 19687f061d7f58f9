"""Every page there is, in both languages, on a phone and at a desk, in light and in dark: nothing left out,
nothing too wide, nothing that axe-core objects to."""

from __future__ import annotations

import pytest

from tests.browser.axe import Looker, violations
from tests.browser.conftest import OpenVisit
from tests.browser.visits import Visit, Watch
from tests.browser.walk import looks_wrong, walk

pytestmark = pytest.mark.browser

# What a page fetches over the line besides pictures once the first one was there, the page itself among it.
REQUESTS = """() => performance.getEntriesByType("resource")
  .filter((one) => one.transferSize > 0 && one.initiatorType !== "img")
  .map((one) => new URL(one.name).pathname)"""
MOST_REQUESTS = 5
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


def sent_empty(visit: Visit, path: str) -> None:
    """Past the browser's own checks, so that the site refuses it and says why."""
    visit.go(path)
    form = visit.page.locator("main form[method=post]").last
    form.evaluate(
        "form => { form.noValidate = true; form.querySelectorAll('input:not([type=hidden])')"
        ".forEach((field) => { field.checked = false; if (field.type !== 'radio') field.value = ''; }); }"
    )
    with visit.page.expect_navigation():
        form.evaluate("form => form.submit()")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_a_user_is_whole(
    visit: OpenVisit, watch: Watch, demo_account: tuple[str, str], language: str
) -> None:
    watch.expected.add(422)
    user, axe = visit(language), Looker()
    user.log_in(*demo_account)
    user.prefer_language()
    start = ("/", "/cases/?state=all", "/settings/", "/insights/", "/verify/", "/playbooks/")
    found = {path: looks_wrong(user) + axe.violations(user, path) for path in walk(user, start, depth=DEPTH)}
    sent_empty(user, "/cases/new/")
    found["refused"] = looks_wrong(user) + violations(user)

    assert lines(found) == ""
    assert len(axe.seen) >= 30, axe.seen
    assert len([path for path in found if path.count("/") == 3 and path.startswith("/cases/")]) >= 6
    for room in ROOMS:
        assert len([path for path in found if path.endswith(f"/{room}/")]) >= 5, room


def test_pages_after_the_first_fetch_little(visit: OpenVisit, demo_account: tuple[str, str]) -> None:
    user = visit("zh-hans")
    user.log_in(*demo_account)
    user.page.evaluate("navigator.serviceWorker.ready")
    user.go("/cases/")
    case = user.page.locator("main h2 a").first.get_attribute("href") or ""
    pages = ("/", "/cases/", "/cases/new/", "/insights/", case, *(f"{case}{room}/" for room in ROOMS))
    fetched = {}
    for path in pages:
        user.go(path)
        fetched[path] = [path, *user.page.evaluate(REQUESTS)]

    assert {path: all_ for path, all_ in fetched.items() if len(all_) > MOST_REQUESTS} == {}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_somebody_without_an_account_is_whole(
    visit: OpenVisit, watch: Watch, language: str
) -> None:
    somebody = visit(language)
    watch.expected |= {404, 422}
    axe = Looker()
    start = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/there/is/nothing/")
    found = {
        path: looks_wrong(somebody) + axe.violations(somebody, path)
        for path in walk(somebody, start, depth=DEPTH)
    }
    sent_empty(somebody, "/accounts/signup/")
    found["refused"] = looks_wrong(somebody) + violations(somebody)

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


def test_what_axe_is_to_find_is_found(visit: OpenVisit) -> None:
    """A button without a name anywhere; words that are too dark, but only in the dark."""
    somebody = visit("en")
    somebody.go("/accounts/login/")
    somebody.page.evaluate(
        """() => {
          document.querySelector("main").innerHTML = "<h1>A</h1><p>Grey</p><button></button>";
          document.querySelector("main p").style.color = "#555";
        }"""
    )
    found = [tuple(one.split(": ")[:2]) for one in violations(somebody)]

    assert [look for look, rule in found if rule == "button-name"] == ["phone, light", "desk, light"]
    assert [look for look, rule in found if rule == "color-contrast"] == ["phone, dark", "desk, dark"]
