"""Looking through exhibits in real Chromium: by keys, by touch, by buttons."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FilePayload, expect

from tests import pictures
from tests.browser.conftest import OpenVisit
from tests.browser.visits import Visit
from tests.programs import wait_until

pytestmark = pytest.mark.browser


def swipe(user: Visit, start: tuple[int, int], end: tuple[int, int]) -> None:
    devtools = user.context.new_cdp_session(user.page)
    for kind, at in (("touchStart", start), ("touchMove", end), ("touchEnd", None)):
        points = [{"x": at[0], "y": at[1]}] if at else []
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    devtools.detach()


def test_exhibits_are_turned_by_keys_and_swipes_and_looked_at_closer(visit: OpenVisit) -> None:
    user = visit("en")
    user.sign_up("gallery@example.org")
    user.go("/cases/new/")
    user.field("title").fill("Three pictures")
    user.choose("problem_kind", "fake_goods")
    user.field("files").set_input_files(
        [
            FilePayload(name=f"{seed}.png", mimeType="image/png", buffer=pictures.picture(seed=seed))
            for seed in (1, 2, 3)
        ]
    )
    user.button("Open the case").click()
    user.page.wait_for_url(re.compile(r"/cases/[0-9a-z]{10}/$"))
    case, frame = user.page.url, user.page.locator("[data-zoom]")

    def is_drawn() -> bool:
        user.page.goto(f"{case}exhibits/2/")
        return frame.count() == 1

    wait_until(is_drawn, seconds=60, what="the picture is drawn")
    expect(user.page.get_by_role("link", name="2 of 3")).to_be_visible()

    user.button("Larger").click()
    user.button("Larger").click()
    expect(user.page.locator("[data-zoom-said]")).to_have_text("225 %")
    assert frame.evaluate("box => box.scrollWidth > 2 * box.clientWidth")
    assert user.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    swipe(user, (300, 300), (60, 310))  # moves the picture, and stays
    expect(user.page).to_have_url(f"{case}exhibits/2/")
    user.page.keyboard.press("Escape")
    expect(user.page.locator("[data-zoom-said]")).to_have_text("100 %")
    frame.focus()
    user.page.keyboard.press("+")
    expect(user.page.locator("[data-zoom-said]")).to_have_text("150 %")
    user.page.keyboard.press("0")

    frame.scroll_into_view_if_needed()
    edge = frame.bounding_box()
    assert edge is not None
    middle = int(edge["y"] + edge["height"] / 2)
    swipe(user, (300, middle), (60, middle + 10))
    user.page.wait_for_url(f"{case}exhibits/3/")
    user.page.keyboard.press("ArrowLeft")
    user.page.wait_for_url(f"{case}exhibits/2/")
    user.field("shows").press("ArrowLeft")
    expect(user.page).to_have_url(f"{case}exhibits/2/")
    frame.press("Escape")
    user.page.wait_for_url(f"{case}exhibits/")
