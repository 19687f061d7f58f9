"""A phone that loses its line: what was logged is kept there, and sent once when it is back."""

from __future__ import annotations

import hashlib
import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests import pictures
from tests.browser.conftest import OpenVisit
from tests.browser.visits import PASSWORD, Visit, Watch

pytestmark = pytest.mark.browser

KEPT = "Kept on this phone; sent when you are online again."


def at_a_case(visit: Visit, email: str) -> str:
    visit.sign_up(email)
    case = visit.open_case("Parcel without a line", kind="parcel_lost")
    until_it_is_there(visit.page)
    return case


def until_it_is_there(page: Page) -> None:
    """The service worker has its shell and holds this page."""
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")


def log_a_contact(visit: Visit, *, outcome: str = "no_answer") -> None:
    visit.choose("channel", "shop_message")
    visit.choose("outcome", outcome)
    visit.button("Log it, now").click()


def back_online(context: BrowserContext, watch: Watch) -> None:
    context.set_offline(False)
    watch.complaints.clear()  # of the requests that met nobody


def nothing_waits(page: Page) -> None:
    """All of whoever is logged in was sent, by this page or by another."""
    page.evaluate(
        """() => new Promise((resolve) => {
            const { user } = document.querySelector("[data-kept]").dataset;
            const look = () => Promise.all([kept.unsentOf(user), kept.sharedOf(user)])
                .then((left) => left.flat().length || resolve());
            kept.listen(look);
            look();
        })"""
    )


def logged(visit: Visit, case: str) -> int:
    visit.go(case + "contacts/")
    return visit.page.locator("[data-contact]").count()


def test_a_contact_is_kept_and_sent_when_the_line_returns(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_a_case(user, "underground@example.org")

    user.context.set_offline(True)
    log_a_contact(user)
    expect(user.page.get_by_text(KEPT)).to_be_visible()
    waiting = user.page.locator("[data-waiting-list]")
    expect(waiting).to_contain_text("Parcel without a line")

    back_online(user.context, watch)
    expect(user.page.locator("[data-said]")).to_contain_text("Sent:")
    expect(waiting).to_be_hidden()
    assert logged(user, case) == 1


def test_two_tabs_send_it_once(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_a_case(user, "tabs@example.org")
    other = user.context.new_page()
    other.goto(user.site.url + case)

    user.context.set_offline(True)
    log_a_contact(user)
    expect(other.locator("[data-waiting-list]")).to_contain_text("Parcel without a line")

    back_online(user.context, watch)
    for page in (user.page, other):
        expect(page.locator("[data-waiting-list]")).to_be_hidden()
        nothing_waits(page)
    assert logged(user, case) == 1


def test_an_answer_that_was_lost_is_no_second_contact(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_a_case(user, "answer@example.org")
    lost: list[str] = []

    def lose_the_first(route: object) -> None:
        if route.request.method == "POST" and not lost:  # type: ignore[attr-defined]
            lost.append(route.fetch().text())  # type: ignore[attr-defined]
            route.abort("connectionreset")  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    user.page.route(f"**{case}", lose_the_first)
    log_a_contact(user)

    expect(user.page.locator("[data-said]")).to_contain_text("Sent:")
    watch.complaints.clear()
    assert lost
    assert logged(user, case) == 1


def test_a_page_that_was_closed_sends_it_from_the_next_one(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_a_case(user, "closed@example.org")
    user.context.set_offline(True)
    log_a_contact(user)
    expect(user.page.get_by_text(KEPT)).to_be_visible()

    user.page.goto(user.site.url + "/cases/")
    expect(user.page.get_by_role("heading", level=1)).to_have_text("You are offline")
    expect(user.page.locator("[data-waiting-list]")).to_contain_text("Parcel without a line")

    back_online(user.context, watch)
    expect(user.page.get_by_role("heading", level=1)).to_have_text("Cases")
    nothing_waits(user.page)
    assert logged(user, case) == 1


def test_another_user_of_the_phone_neither_sees_nor_sends_it(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_a_case(user, "first@example.org")
    user.context.set_offline(True)
    log_a_contact(user)
    expect(user.page.get_by_text(KEPT)).to_be_visible()
    first = user.page.locator("[data-kept]").get_attribute("data-user")

    user.context.clear_cookies()
    back_online(user.context, watch)
    user.sign_up("second@example.org")
    assert user.page.evaluate("kept.send()") == "done"
    assert user.page.evaluate("(first) => kept.unsentOf(first)", first) != []
    expect(user.page.locator("[data-waiting-list]")).to_be_hidden()
    user.context.clear_cookies()
    user.log_in("first@example.org")

    nothing_waits(user.page)
    assert logged(user, case) == 1


def test_whoever_is_logged_out_logs_in_and_it_goes_on(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_a_case(user, "expired-log@example.org")
    user.context.clear_cookies(name="sessionid")
    log_a_contact(user)

    expect(user.page.get_by_text(KEPT)).to_be_visible()
    expect(user.page.get_by_text("You are logged out. Log in, and it is sent.")).to_be_visible()
    user.page.locator("[data-log-in]").click()
    user.field("login").fill("expired-log@example.org")
    user.field("password").fill(PASSWORD)
    user.button("Log in").click()
    user.page.wait_for_url(user.site.url + case)

    nothing_waits(user.page)
    assert logged(user, case) == 1


def refused(user: Visit, watch: Watch, case: str) -> Locator:
    """The entry of a contact that was said, without a line, to lie far ahead."""
    watch.expected.add(422)
    user.go(case + "contacts/")
    user.context.set_offline(True)
    user.choose("channel", "shop_message")
    user.choose("outcome", "no_answer")
    user.field("started_at").fill("2199-01-01T10:00")
    user.field("summary").fill("They said nothing at all")
    user.button("Log it").click()
    expect(user.page.get_by_text(KEPT)).to_be_visible()
    back_online(user.context, watch)
    entry = user.page.locator("[data-waiting-list] .is-refused")
    expect(entry).to_contain_text("future")
    return entry


def test_what_is_refused_says_why_and_can_be_mended(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_a_case(user, "mend@example.org")

    refused(user, watch, case).get_by_role("link", name="Mend it").click()
    expect(user.field("summary")).to_have_value("They said nothing at all")
    user.field("started_at").fill("")
    user.button("Log it").click()

    expect(user.page.locator("[data-contact]")).to_have_count(1)
    expect(user.page.locator("[data-waiting-list]")).to_be_hidden()


def test_what_is_not_wanted_is_discarded_by_a_second_tap(visit: OpenVisit, watch: Watch):
    user = visit()
    entry = refused(user, watch, at_a_case(user, "discard@example.org"))

    entry.get_by_role("button", name="Discard", exact=True).click()
    entry.get_by_role("button", name="Discard for good").click()

    expect(user.page.locator("[data-waiting-list]")).to_be_hidden()


def test_logging_out_warns_and_then_wipes(visit: OpenVisit, watch: Watch):
    user = visit()
    refused(user, watch, at_a_case(user, "leaving@example.org"))
    me = user.page.locator("[data-kept]").get_attribute("data-user")

    user.go("/accounts/logout/")
    expect(user.page.get_by_text("Not everything is sent yet")).to_be_visible()
    user.page.get_by_label("Delete what is not sent").check()
    user.button("Log out").click()
    user.page.wait_for_url(re.compile("/accounts/login/"))

    left = user.page.evaluate(
        """(me) => Promise.all([kept.unsentOf(me), kept.reader()])
            .then(([unsent, reader]) => [unsent.length, reader === undefined])""",
        me,
    )
    assert left == [0, True]


def test_the_phone_keeps_the_shell_and_no_page_of_anybody(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_a_case(user, "shell@example.org")
    for path in (case, case + "contacts/", "/cases/", "/settings/"):
        user.go(path)

    names = user.page.evaluate(
        """async () => {
            const caught = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
            const keys = await Promise.all(caught.map((cache) => cache.keys()));
            return keys.flat().map(({ url }) => new URL(url).pathname);
        }"""
    )

    assert {name for name in names if not name.startswith("/static/")} == {"/offline/"}
    texts = user.page.evaluate(
        """async () => {
            const cache = await caches.open((await caches.keys())[0]);
            const answers = await Promise.all((await cache.keys()).map((key) => cache.match(key)));
            return (await Promise.all(answers.map((answer) => answer.text()))).join("");
        }"""
    )
    assert "shell@example.org" not in texts
    assert "Parcel without a line" not in texts


def test_without_a_line_the_page_speaks_the_users_language(visit: OpenVisit, watch: Watch):
    user = visit("zh-hans")
    at_a_case(user, "chinese@example.org")

    user.context.set_offline(True)
    user.page.goto(user.site.url + "/cases/")

    expect(user.page.get_by_role("heading", level=1)).to_have_text(user.say("You are offline"))
    back_online(user.context, watch)


def choose_a_picture(user: Visit, case: str) -> bytes:
    """Chosen on the page of the exhibits, while there is no line."""
    content = pictures.picture("PNG", seed=3)
    user.go(case + "exhibits/")
    user.context.set_offline(True)
    user.page.locator("#id_files").set_input_files(
        [{"name": "chat.png", "mimeType": "image/png", "buffer": content}]
    )
    user.button("Send").click()
    expect(user.page.locator("[data-uploads]")).to_contain_text("kept on this phone")
    return content


def exhibits(visit: Visit, case: str) -> int:
    visit.go(case + "exhibits/")
    return visit.page.locator(".gallery > li").count()


def test_a_file_that_was_chosen_goes_up_when_the_line_returns(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_a_case(user, "chosen@example.org")
    choose_a_picture(user, case)

    back_online(user.context, watch)
    expect(user.page.locator("[data-uploads]")).to_contain_text("stored as E1", timeout=40_000)
    nothing_waits(user.page)
    assert exhibits(user, case) == 1


def test_a_file_goes_up_from_another_page_when_its_own_was_closed(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_a_case(user, "gone@example.org")
    content = choose_a_picture(user, case)
    user.page.goto(user.site.url + "/cases/")
    expect(user.page.locator("[data-waiting-list]")).to_contain_text("chat.png")

    back_online(user.context, watch)
    expect(user.page.get_by_role("heading", level=1)).to_have_text("Cases")
    nothing_waits(user.page)
    assert exhibits(user, case) == 1
    user.go(case + "exhibits/1/")
    said = user.page.locator(".hash").first.inner_text()
    assert re.sub(r"\s", "", said) == hashlib.sha256(content).hexdigest()


def test_the_browser_sends_it_when_no_page_is_open(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_a_case(user, "sync@example.org")
    registered: list[str] = []
    browser = user.context.new_cdp_session(user.page)
    browser.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registered.extend(one["registrationId"] for one in told["registrations"]),
    )
    browser.send("ServiceWorker.enable")
    user.context.set_offline(True)
    log_a_contact(user)
    expect(user.page.get_by_text(KEPT)).to_be_visible()
    user.page.goto("about:blank")
    back_online(user.context, watch)

    with user.context.expect_event(
        "requestfinished", lambda request: request.method == "POST" and request.url.endswith(case)
    ) as sent:
        browser.send(
            "ServiceWorker.dispatchSyncEvent",
            {
                "origin": user.site.url,
                "registrationId": registered[-1],
                "tag": "unsent",
                "lastChance": False,
            },
        )

    assert sent.value.service_worker
    assert logged(user, case) == 1
