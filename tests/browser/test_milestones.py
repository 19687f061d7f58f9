"""What the rules ask about a milestone, with JavaScript and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenVisit
from tests.browser.walk import looks_wrong

pytestmark = pytest.mark.browser

WORKDAYS = "usual_workdays"


def test_only_what_is_asked_about_the_chosen_kind_is_shown(visit: OpenVisit) -> None:
    user = visit("en")
    user.sign_up("milestones@example.org")
    case = user.open_case("A clock to read", kind="parcel_lost")
    user.go(case + "milestones/")

    kind = user.page.locator("select[name=kind]")
    expect(user.page.locator(f"[name={WORKDAYS}]")).to_be_hidden()
    kind.select_option("handed_to_partner")
    expect(user.page.locator(f"[name={WORKDAYS}]")).to_be_visible()
    expect(user.page.locator("[name=answer_by]")).to_be_hidden()
    kind.select_option("countdown_seen")
    expect(user.page.locator(f"[name={WORKDAYS}]")).to_be_hidden()
    user.page.locator("select[name=step]").select_option("seller_answers")
    user.page.locator("[name=countdown]").fill("1 day 4 hours")
    user.button("Log it").click()

    expect(user.page.locator("#milestones")).to_contain_text("“1 day 4 hours” left, as the app said")
    expect(user.page.locator(f"[name={WORKDAYS}]")).to_be_hidden()
    assert looks_wrong(user) == []
    user.link("Correct").first.click()
    assert looks_wrong(user) == []


def test_without_javascript_all_of_it_stands_in_a_part_to_open(visit: OpenVisit) -> None:
    user = visit("en", javascript=False)
    user.sign_up("plain-milestones@example.org")
    case = user.open_case("A clock to read", kind="parcel_lost")
    user.go(case + "milestones/")

    user.page.locator("[data-asked] summary").click()

    expect(user.page.locator(f"[name={WORKDAYS}]")).to_be_visible()
    expect(user.page.locator("[name=answer_by]")).to_be_visible()
