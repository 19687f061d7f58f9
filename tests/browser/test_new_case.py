"""A new case in real Chromium: pasted text fills it, what is typed outlives the page, one tap opens it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser import steps
from tests.browser.conftest import OpenVisit
from tests.browser.visits import Visit

pytestmark = pytest.mark.browser

ORDER = "潮鞋严选旗舰店 >\n实付款 ¥899.00\n订单编号 6920260908442210087 复制\n抖音商城 收到的是假货"


def paste(user: Visit) -> None:
    field = user.page.locator("[name=pasted]")
    field.fill(ORDER)
    field.dispatch_event("paste")


def test_what_is_pasted_fills_the_case_and_what_is_typed_outlives_the_page(visit: OpenVisit) -> None:
    user = visit("en")
    user.sign_up("paste@example.org")
    user.go("/cases/new/")
    paste(user)
    expect(user.page.locator("[name=merchant]")).to_have_value("潮鞋严选旗舰店")
    user.page.locator("[name=files]:not([capture])").set_input_files([steps.screenshot()])
    user.button("Read it").click()
    expect(user.page.get_by_text("Filled in from what you pasted: nothing new.")).to_be_visible()
    chosen = user.page.locator("[name=files]:not([capture])").evaluate("field => field.files.length")
    assert chosen == 1
    user.page.locator("[name=title]").fill("Fake running shoes")
    expect(user.page.get_by_text("Kept at")).to_be_visible()

    # The first words kept were those of the pasting; the title counts once a later answer came.
    with user.page.expect_response("**/cases/new/draft/"):
        user.page.locator("[name=title]").press("End")
        user.page.locator("[name=title]").type("!")
    user.page.reload()
    expect(user.page.locator("[name=title]")).to_have_value("Fake running shoes!")
    expect(user.page.locator("[name=problem_kind][value=fake_goods]")).to_be_checked()

    user.page.locator("[name=title]").press("Enter")
    expect(user.page.get_by_role("heading", level=1)).to_have_text("Fake running shoes!")
    expect(user.page.get_by_text("6920260908442210087")).to_be_visible()
    user.go("/cases/new/")
    expect(user.page.locator("[name=title]")).to_have_value("")


def test_what_is_typed_while_the_text_is_read_stays(visit: OpenVisit) -> None:
    user = visit("en")
    user.sign_up("slow-line@example.org")
    user.go("/cases/new/")
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        is_reading = route.request.method == "POST" and "read" in (route.request.post_data or "")
        held.append(route) if is_reading and not held else route.continue_()

    user.page.route("**/cases/new/", hold_the_first)
    with user.page.expect_request("**/cases/new/"):
        paste(user)
    user.page.locator("[name=title]").fill("My broken kettle")
    user.choose("problem_kind", "defective_goods")
    held[0].continue_()

    expect(user.page.locator("[name=merchant]")).to_have_value("潮鞋严选旗舰店")
    expect(user.page.locator("[name=title]")).to_have_value("My broken kettle")
    expect(user.page.locator("[name=problem_kind][value=defective_goods]")).to_be_checked()
