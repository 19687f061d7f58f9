"""Copying a draft with one tap, where the browser allows it and where it does not."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenVisit
from tests.browser.walk import looks_wrong

pytestmark = pytest.mark.browser

NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"


def test_a_draft_is_copied_with_one_tap_and_logged_with_the_next(visit: OpenVisit) -> None:
    user = visit("en")
    user.context.grant_permissions(["clipboard-read", "clipboard-write"])
    user.sign_up("drafts@example.org")
    case = user.open_case("A draft to copy", kind="parcel_lost")

    user.room("Drafts")
    other = user.page.locator("[aria-labelledby=draft-others] a:not([aria-current])").first
    name = other.inner_text()
    other.click()
    expect(user.page.locator("#draft-for")).to_have_text(name)
    user.button("Copy").click()

    expect(user.page.locator("[data-copy-said]")).to_have_text(user.say("Copied."))
    copied = user.page.evaluate("navigator.clipboard.readText()")
    assert copied == user.page.locator("#draft").input_value()
    assert "[please fill in: order number]" in copied
    assert looks_wrong(user) == []

    user.link("Log this contact").click()
    user.page.wait_for_url(user.site.url + case + "contacts/?channel=*")
    expect(user.page.locator("label.choice:has(input[name=channel]:checked)")).to_contain_text(name)


def test_without_a_clipboard_the_text_is_at_least_selected(visit: OpenVisit) -> None:
    user = visit("en")
    user.sign_up("no-clipboard@example.org")
    user.open_case("A draft to select", kind="parcel_lost")
    user.page.add_init_script(NO_CLIPBOARD)

    user.room("Drafts")
    user.button("Copy").click()

    expect(user.page.locator("[data-copy-said]")).not_to_be_empty()
    selected = user.page.locator("#draft").evaluate("field => field.selectionEnd - field.selectionStart")
    assert selected == len(user.page.locator("#draft").input_value())


def test_without_javascript_there_is_the_text_and_no_dead_button(visit: OpenVisit) -> None:
    user = visit("en", javascript=False)
    user.sign_up("plain-drafts@example.org")
    user.open_case("A draft to read", kind="parcel_lost")

    user.room("Drafts")

    expect(user.page.locator("#draft")).to_be_visible()
    expect(user.page.locator("[data-copy]")).to_be_hidden()
