"""Back, refresh, a double tap and two tabs: nothing is stored twice, and nothing that was typed is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenVisit
from tests.browser.steps import LOG, screenshot
from tests.browser.visits import PASSWORD, Visit, Watch, say
from tests.programs import wait_until

pytestmark = pytest.mark.browser

SAID = "They will look into it and call back"
TITLE = "A kettle that leaks"
# As on a page from before another log-in.
SPOIL_TOKENS = """() => {
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => (field.value = "x"));
  document.body.removeAttribute("data-hx-headers");
}"""
KEEP_REFUSED = """(me) => kept.keep({
  kind: "contact", user: me, address: "/nowhere/", title: "A", label: "B", state: "refused",
  fields: [["summary", "What they said"]],
})"""


def with_case(visit: OpenVisit, email: str, *, javascript: bool = True) -> tuple[Visit, str]:
    user = visit("en", javascript=javascript)
    user.sign_up(email)
    return user, user.open_case(TITLE, kind="fake_goods")


def fill_contact(page: Page, said: str) -> Locator:
    """The form of the page, filled in; its button."""
    form = page.locator(LOG)
    form.locator("label:has([name=channel][value=shop_message])").click()
    form.locator("label:has([name=outcome][value=answered])").click()
    if not form.locator("[name=summary]").is_visible():
        form.locator("details:has([name=summary]) summary").click()
    form.locator("[name=summary]").fill(said)
    return form.get_by_role("button").last


def fill_case(user: Visit, title: str) -> Locator:
    user.go("/cases/new/")
    user.field("title").fill(title)
    user.choose("problem_kind", "fake_goods")
    return user.page.get_by_role("main").get_by_role("button", name=say("en", "Open the case"), exact=True)


def tap_twice(button: Locator) -> None:
    """Twice within one turn of the page, before it could have taken the button away."""
    button.evaluate("button => { button.click(); button.click(); }")


def contacts_of(user: Visit, case: str) -> Locator:
    user.go(case + "contacts/")
    return user.page.locator("[data-contact]")


def cases_called(user: Visit, title: str) -> Locator:
    user.go("/cases/?state=all")
    return user.page.get_by_role("main").get_by_role("link", name=title, exact=True)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_double_tap_stores_one(visit: OpenVisit, javascript: bool) -> None:
    user, case = with_case(visit, f"twice-{javascript}@example.org", javascript=javascript)

    tap_twice(fill_contact(user.page, SAID))
    expect(user.page.get_by_text(say("en", "Logged. What follows from it is at the top."))).to_be_attached()
    expect(contacts_of(user, case)).to_have_count(1)

    tap_twice(fill_case(user, "Opened by a double tap"))
    user.page.wait_for_url(re.compile(r"/cases/[0-9a-z]{10}/$"))
    expect(cases_called(user, "Opened by a double tap")).to_have_count(1)

    user.go(case + "exhibits/")
    user.field("files").set_input_files([screenshot()])
    tap_twice(user.button("Send"))
    expect(user.page.get_by_role("main").get_by_role("link", name="E1").first).to_be_visible()
    user.go(case + "exhibits/")
    expect(user.page.get_by_role("main").get_by_role("link", name="E2")).to_have_count(0)

    user.go(case + "exhibits/1/redactions/")
    user.page.locator("[data-redact-typed] summary").click()
    for name, value in {"left": "0", "top": "0", "width": "50", "height": "10"}.items():
        user.page.locator(f"input[name={name}]").first.fill(value)
    tap_twice(user.button("Make the redacted copy"))
    expect(user.page.locator("[data-redaction]")).to_have_count(1)

    def is_made() -> bool:
        """Or the case file would ask what goes out of an exhibit redacted meanwhile."""
        user.go(case + "exhibits/1/redactions/")
        return user.page.locator("[data-redaction][data-state=ready]").count() == 1

    wait_until(is_made, seconds=30, what="the redacted copy is made")
    user.go(case + "case-files/")
    tap_twice(user.button("Build the case file"))
    expect(user.page.locator("[data-case-file]")).to_have_count(1)
    user.go(case + "case-files/")
    expect(user.page.locator("[data-case-file]")).to_have_count(1)


@pytest.mark.parametrize("javascript", [True, False])
def test_back_and_refresh_send_nothing_again(visit: OpenVisit, javascript: bool) -> None:
    user, case = with_case(visit, f"back-{javascript}@example.org", javascript=javascript)
    page = user.page

    fill_contact(page, SAID).click()
    expect(page.get_by_text(SAID).first).to_be_visible()
    page.reload()
    page.go_back()
    page.go_forward()
    expect(contacts_of(user, case)).to_have_count(1)

    fill_case(user, "Opened once").click()
    page.wait_for_url(re.compile(r"/cases/[0-9a-z]{10}/$"))
    page.reload()
    page.go_back()
    page.wait_for_url("**/cases/new/")
    page.go_forward()
    expect(cases_called(user, "Opened once")).to_have_count(1)

    user.go(case + "case-files/")
    user.button("Build the case file").click()
    expect(page.locator("[data-case-file]")).to_have_count(1)
    page.reload()
    page.go_back()
    page.go_forward()
    expect(page.locator("[data-case-file]")).to_have_count(1)


def test_what_was_typed_is_there_after_back(visit: OpenVisit) -> None:
    user, _ = with_case(visit, "typed@example.org")
    fill_contact(user.page, SAID)
    user.room("Exhibits")
    user.page.wait_for_url("**/exhibits/")

    user.page.go_back()

    expect(user.page.locator(f"{LOG} [name=summary]")).to_have_value(SAID)
    expect(user.page.locator(f"{LOG} [name=channel][value=shop_message]")).to_be_checked()


def test_the_same_form_in_two_tabs_stores_what_each_said(visit: OpenVisit) -> None:
    user, case = with_case(visit, "two-tabs@example.org")
    first, second = user.page, user.context.new_page()
    second.goto(user.site.url + case)

    buttons = fill_contact(first, "Said in the first tab"), fill_contact(second, "Said in the second tab")
    for button, page in zip(buttons, (first, second), strict=True):
        button.click()
        expect(page.get_by_text(say("en", "Logged. What follows from it is at the top."))).to_be_attached()

    for words in ("Said in the first tab", "Said in the second tab"):
        expect(second.get_by_text(words).first).to_be_visible()
    expect(contacts_of(user, case)).to_have_count(2)


def test_who_logs_out_in_the_other_tab_keeps_what_was_typed(visit: OpenVisit, watch: Watch) -> None:
    user, case = with_case(visit, "leaves@example.org")
    watch.expected.add(403)
    button = fill_contact(user.page, SAID)
    other = user.context.new_page()
    other.goto(user.site.url + "/accounts/logout/")
    other.get_by_role("main").get_by_role("button").last.click()
    other.wait_for_url("**/accounts/login/**")

    button.click()
    user.page.locator("[data-log-in]").click()
    user.field("login").fill("leaves@example.org")
    user.field("password").fill(PASSWORD)
    user.button("Log in").click()

    expect(user.page.locator("[data-said]")).to_contain_text(say("en", "Sent:"))
    expect(contacts_of(user, case)).to_have_count(1)
    expect(user.page.get_by_text(SAID)).to_be_visible()


def test_a_case_erased_in_the_other_tab_is_said_and_loses_no_words(visit: OpenVisit, watch: Watch) -> None:
    user, case = with_case(visit, "erases@example.org")
    watch.expected.add(404)
    button = fill_contact(user.page, SAID)
    other = user.context.new_page()
    other.goto(f"{user.site.url}{case}erase/")
    other.locator("main [name=typed]").fill(case.split("/")[2])
    other.get_by_role("button", name=say("en", "Erase everything for good"), exact=True).click()
    other.wait_for_url(lambda url: "erase" not in url)

    button.click()

    gone = say("en", "The site does not take it: the case is gone, or you may not change it any more.")
    expect(user.page.get_by_role("status").filter(has_text=gone)).to_be_visible()
    expect(user.page.locator(f"{LOG} [name=summary]")).to_have_value(SAID)
    # htmx reports it to the console as well as the browser.
    watch.complaints[:] = [one for one in watch.complaints if "Error Code 404" not in one]


def test_a_tap_that_is_not_saved_says_so_beside_its_button(visit: OpenVisit, watch: Watch) -> None:
    """Without a connection, and on a page from before another log-in."""
    user, _case = with_case(visit, "unsaved@example.org")
    watch.expected.add(403)
    user.choose("channel", "shop_message")
    user.choose("outcome", "no_answer")
    user.page.locator(LOG).get_by_role("button").last.click()
    expect(user.page.locator("main [data-deadline='douyin.shop_message.no_reply']").first).to_be_visible()
    user.go("/")
    done = user.page.locator("[data-deadline] button[name=action][value=met]").first
    user.context.set_offline(True)
    done.click()
    expect(user.page.get_by_role("alert")).to_contain_text(say("en", "Not saved: there is no connection."))
    user.context.set_offline(False)
    user.page.evaluate(SPOIL_TOKENS)
    done.click()
    expect(user.page.get_by_role("alert")).to_contain_text(say("en", "Not saved: this page is old"))
    user.page.get_by_role("link", name=say("en", "Reload the page")).click()
    done.click()
    expect(user.page.get_by_role("alert")).to_have_count(0)
    expect(user.page.get_by_role("button", name=say("en", "Undo"))).to_be_visible()
    watch.complaints.clear()  # of the requests that failed, by htmx and the browser


def test_ways_that_do_not_come_say_so_and_come_by_their_link(visit: OpenVisit, watch: Watch) -> None:
    user, case = with_case(visit, "ways@example.org")
    user.go(case)
    ways = user.page.locator("#other-ways")
    user.context.set_offline(True)
    ways.locator("summary").first.click()
    expect(user.page.get_by_role("alert")).to_contain_text(say("en", "This could not be loaded."))
    user.context.set_offline(False)
    ways.get_by_role("link").click()
    expect(ways.locator(".card").first).to_be_visible()

    user.go(case)
    ways.locator("summary").first.click()
    expect(ways.locator(".card").first).to_be_visible()
    expect(user.page.get_by_role("alert")).to_have_count(0)
    watch.complaints.clear()  # of the request that failed, by htmx and the browser


def test_a_log_out_that_is_refused_wipes_nothing(visit: OpenVisit, watch: Watch) -> None:
    user, case = with_case(visit, "stays@example.org")
    watch.expected.add(403)
    me = user.page.locator("[data-kept]").get_attribute("data-user")
    user.page.evaluate(KEEP_REFUSED, me)
    user.go("/accounts/logout/")
    waiting = user.page.locator("[data-waiting-list]")
    expect(waiting).to_contain_text("What they said")
    user.page.get_by_label(say("en", "Delete what is not sent")).check()
    user.page.evaluate(SPOIL_TOKENS)
    user.button("Log out").click()
    expect(user.page.get_by_role("heading", level=1)).to_have_text(say("en", "This form has expired"))

    user.go(case)
    expect(waiting).to_contain_text("What they said")
