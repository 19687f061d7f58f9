"""Another app shares into the site: taken without a line or a log-in, then put into a case by a tap."""

from __future__ import annotations

import hashlib
import re

import pytest
from playwright.sync_api import expect

from tests import pictures
from tests.browser.conftest import OpenVisit
from tests.browser.test_without_a_line import at_a_case, back_online, nothing_waits
from tests.browser.visits import PASSWORD, Visit, Watch

pytestmark = pytest.mark.browser

PICTURE = pictures.picture("PNG", seed=11)


def hand_over(visit: Visit, *, text: str = "") -> None:
    """The browser posts what another app gave it: a navigation with files, as the manifest says."""
    visit.page.evaluate(
        """(text) => {
            const form = document.createElement("form");
            Object.assign(form, { id: "app", method: "post", action: "/share/" });
            form.enctype = "multipart/form-data";
            for (const [name, type, value] of [["files", "file", ""], ["text", "text", text]]) {
                form.append(Object.assign(document.createElement("input"), { name, type, value }));
            }
            document.body.append(form);
        }""",
        text,
    )
    picture = {"name": "chat.png", "mimeType": "image/png", "buffer": PICTURE}
    visit.page.locator("#app [name=files]").set_input_files([picture])  # type: ignore[list-item]
    with visit.page.expect_navigation():
        visit.page.evaluate("document.getElementById('app').submit()")


def hash_of_the_exhibit(visit: Visit, case: str, number: int = 1) -> str:
    visit.go(f"{case}exhibits/{number}/")
    return re.sub(r"\s", "", visit.page.locator(".hash").first.inner_text())


def choose(visit: Visit, title: str) -> None:
    visit.page.get_by_role("main").get_by_role("button", name=re.compile(title)).click()


def test_a_shared_picture_goes_into_a_case_by_one_tap(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_a_case(user, "share@example.org")

    hand_over(user, text="Order 6921")
    expect(user.page.locator("[data-shared-list]")).to_contain_text("chat.png")
    expect(user.page.locator("[data-shared-list]")).to_contain_text("Order 6921")
    choose(user, "Parcel without a line")
    user.page.wait_for_url(user.site.url + case + "exhibits/")
    nothing_waits(user.page)

    assert hash_of_the_exhibit(user, case) == hashlib.sha256(PICTURE).hexdigest()
    assert hash_of_the_exhibit(user, case, 2) == hashlib.sha256(b"Order 6921").hexdigest()


def test_it_is_taken_before_a_log_in_and_goes_on_after_it(visit: OpenVisit, watch: Watch):
    user = visit("zh-hans")
    case = at_a_case(user, "before@example.org")
    user.context.clear_cookies()

    hand_over(user)
    user.page.wait_for_url(re.compile("/accounts/login/"))
    user.field("login").fill("before@example.org")
    user.field("password").fill(PASSWORD)
    user.button("Log in").click()
    user.page.wait_for_url(re.compile(r"/share/\?kept="))
    choose(user, "Parcel without a line")
    user.page.wait_for_url(user.site.url + case + "exhibits/")
    nothing_waits(user.page)

    assert hash_of_the_exhibit(user, case) == hashlib.sha256(PICTURE).hexdigest()


def test_it_is_taken_without_a_line_and_waits(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_a_case(user, "dark@example.org")

    user.context.set_offline(True)
    hand_over(user)
    expect(user.page.get_by_role("heading", level=1)).to_have_text("You are offline")
    expect(user.page.locator("[data-waiting-list]")).to_contain_text("chat.png")

    back_online(user.context, watch)
    expect(user.page.get_by_role("heading", level=1)).to_have_text("Into which case does it go?")
    choose(user, "Parcel without a line")
    user.page.wait_for_url(user.site.url + case + "exhibits/")
    nothing_waits(user.page)
    assert hash_of_the_exhibit(user, case) == hashlib.sha256(PICTURE).hexdigest()


def test_for_a_new_case_it_waits_until_that_is_open(visit: OpenVisit, watch: Watch):
    user = visit()
    at_a_case(user, "new-case@example.org")

    hand_over(user, text="Bought on Monday, never came")
    user.page.locator("main [data-new-case]").click()
    user.page.wait_for_url(user.site.url + "/cases/new/")
    pasted = user.page.locator("main [data-paste], main [name=problem_statement]").first
    expect(pasted).to_have_value("Bought on Monday, never came")
    case = user.open_case("A case for it", kind="fake_goods")
    user.button("Put it into this case").click()
    nothing_waits(user.page)

    assert hash_of_the_exhibit(user, case) == hashlib.sha256(PICTURE).hexdigest()


def test_without_a_service_worker_the_server_takes_it(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_a_case(user, "no-worker@example.org")
    user.page.evaluate(
        """navigator.serviceWorker.getRegistrations()
            .then((all) => Promise.all(all.map((one) => one.unregister())))"""
    )
    user.page.add_init_script("delete Navigator.prototype.serviceWorker")
    user.go("/settings/phone/")

    hand_over(user)
    assert re.search("/share/[^/?]+/$", user.page.url)
    choose(user, "Parcel without a line")
    user.page.wait_for_url(user.site.url + case + "exhibits/")

    assert hash_of_the_exhibit(user, case) == hashlib.sha256(PICTURE).hexdigest()
