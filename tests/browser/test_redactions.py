"""Blacking out parts of an exhibit: with a finger in real Chromium, and in numbers without JavaScript."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests import pictures
from tests.browser.conftest import OpenVisit
from tests.browser.visits import Visit
from tests.browser.walk import looks_wrong
from tests.programs import wait_until

pytestmark = pytest.mark.browser

PLAIN = Image.new("RGB", (600, 1200), (90, 160, 220))


def with_exhibit(user: Visit, email: str, data: bytes, name: str) -> str:
    """Sign up, open a case and send one file by the plain form; the path of its redactions."""
    user.sign_up(email)
    case = user.open_case("Something to hide", kind="fake_goods")
    user.go(case + "exhibits/")
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    user.page.locator("#id_files").set_input_files([file])
    user.button("Send").click()
    path = case + "exhibits/1/redactions/"

    def can_be_drawn_on() -> bool:
        user.go(path)
        return user.page.locator("[data-redact-page]").count() > 0

    wait_until(can_be_drawn_on, seconds=60, what="the pages are drawn")
    return path


def drag(user: Visit, paper: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """One finger from `start` to `end`, both as shares of the page."""
    paper.scroll_into_view_if_needed()
    edge = paper.bounding_box()
    assert edge is not None
    devtools = user.context.new_cdp_session(user.page)

    def touch(kind: str, share: tuple[float, float] | None) -> None:
        points = (
            [{"x": edge["x"] + share[0] * edge["width"], "y": edge["y"] + share[1] * edge["height"]}]
            if share
            else []
        )
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", start)
    for step in range(1, 6):
        touch("touchMove", tuple(a + (b - a) * step / 5 for a, b in zip(start, end, strict=True)))  # type: ignore[arg-type]
    touch("touchEnd", None)
    devtools.detach()


def test_a_box_drawn_with_a_finger_is_black_in_the_copy(visit: OpenVisit) -> None:
    sender = visit("en", javascript=False)
    path = with_exhibit(sender, "finger@example.org", pictures.encoded(PLAIN), "plain.png")
    user = visit("en", size=(390, 844))
    user.log_in("finger@example.org")
    user.go(path)
    paper, boxes = user.page.locator("[data-redact-page]"), user.page.locator(".redact-box")
    expect(user.page.locator("[data-redact-count]")).to_have_text("0 boxes")

    drag(user, paper, (0.2, 0.1), (0.6, 0.2))
    drag(user, paper, (0.1, 0.3), (0.9, 0.4))
    drag(user, paper, (0.3, 0.45), (0.5, 0.5))
    expect(boxes).to_have_count(3)
    drag(user, user.button("Undo"), (0.5, 0.5), (0.5, 0.5))  # the first tap after a swipe counts
    expect(boxes).to_have_count(2)
    drag(user, paper, (0.5, 0.35), (0.5, 0.35))  # a tap on the second
    expect(boxes).to_have_count(1)
    user.button("Undo").click()
    expect(boxes).to_have_count(2)
    user.page.locator("[data-redact-list] button").nth(1).click()
    expect(boxes).to_have_count(1)
    assert looks_wrong(user) == []
    user.page.set_viewport_size({"width": 390, "height": 844})
    user.button("Make the redacted copy").click()

    expect(user.page.locator('[data-redaction="1"][data-state="ready"] img')).to_be_visible(timeout=30_000)
    copy = Image.open(io.BytesIO(user.page.request.get(user.site.url + path + "1/").body()))
    assert copy.size == (600, 1200)
    # From (0.2, 0.1) to (0.6, 0.2) of 600 × 1200, but for the pixel that a finger cannot tell.
    assert copy.crop((123, 123, 357, 237)).getextrema() == ((0, 0),) * 3
    outside = [copy.getpixel(at) for at in ((115, 180), (365, 180), (240, 114), (240, 246), (300, 420))]
    assert outside == [(90, 160, 220)] * 5
    assert looks_wrong(user) == []


def test_with_drawing_off_a_finger_draws_nothing(visit: OpenVisit) -> None:
    sender = visit("en", javascript=False)
    path = with_exhibit(sender, "scrolling@example.org", pictures.pdf(), "letter.pdf")
    user = visit("en", size=(390, 844))
    user.log_in("scrolling@example.org")
    user.go(path)

    user.button("Drawing").click()
    drag(user, user.page.locator('[data-redact-page="1"]'), (0.2, 0.6), (0.6, 0.3))
    expect(user.page.locator(".redact-box")).to_have_count(0)
    user.button("Drawing").click()
    drag(user, user.page.locator('[data-redact-page="2"]'), (0.1, 0.1), (0.6, 0.3))

    expect(user.page.locator('[data-redact-page="2"] .redact-box')).to_have_count(1)
    expect(user.page.locator("[data-redact-list]")).to_contain_text("Page 2: 10 % from the left")


def test_without_javascript_boxes_are_typed_in_numbers(visit: OpenVisit) -> None:
    user = visit("zh-hans", javascript=False)
    path = with_exhibit(user, "numbers@example.org", pictures.encoded(PLAIN), "plain.png")

    user.page.locator("[data-redact-typed] summary").click()
    for name, value in {"left": "0", "top": "0", "width": "50", "height": "12,5"}.items():
        user.page.locator(f"input[name={name}]").first.fill(value)
    user.button("Make the redacted copy").click()

    def is_made() -> bool:
        user.go(path)
        return user.page.locator('[data-state="ready"]').count() == 1

    wait_until(is_made, seconds=60, what="the redacted copy is made")
    copy = Image.open(io.BytesIO(user.page.request.get(user.site.url + path + "1/").body()))
    assert copy.crop((0, 0, 300, 150)).getextrema() == ((0, 0),) * 3
    assert copy.getpixel((300, 0)) == copy.getpixel((0, 150)) == (90, 160, 220)
