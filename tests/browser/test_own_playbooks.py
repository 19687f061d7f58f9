"""A platform of one's own, from its name to a deadline in a case, on a phone without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from cases.rules.playbooks import SHIPPED_FOLDER
from tests.browser.conftest import OpenVisit
from tests.browser.walk import looks_wrong

pytestmark = pytest.mark.browser


def test_a_platform_is_made_and_used_without_javascript(visit: OpenVisit) -> None:
    user = visit("en", javascript=False)
    user.sign_up("own-shop@example.org")
    user.go("/playbooks/")
    user.link("Add a platform or rules of your own").click()
    user.link("Add a platform or rules").click()
    user.field("name").fill("Corner shop")
    user.button("Save").click()

    user.link("Add a channel").click()
    user.field("name").fill("Phone")
    user.field("way").fill("Dial 010 1234")
    user.choose("hours", "frames")
    user.field("daily").fill("9:00-18:00")
    user.button("Save").click()
    expect(user.page.get_by_text("The channel is stored.")).to_be_visible()

    user.link("Add a rule").click()
    user.field("title").fill("The shop answers")
    user.field("action").fill("Write again.")
    user.field("amount").fill("2")
    user.field("unit").select_option("workdays")
    user.field("start").select_option("contact")
    user.button("Save").click()
    expect(user.page.get_by_text("The rule is stored.")).to_be_visible()
    expect(user.page.get_by_text("2 workdays")).to_be_visible()

    user.go("/cases/new/")
    user.field("title").fill("A broken kettle")
    user.page.get_by_label("Corner shop").check()
    user.choose("problem_kind", "defective_goods")
    user.button("Open the case").click()
    expect(user.page.get_by_text("Dial 010 1234").first).to_be_visible()
    user.room("Contacts")
    user.choose("channel", "phone")
    user.choose("outcome", "no_answer")
    user.button("Log it").click()
    user.room("Deadlines")
    expect(user.page.get_by_text("The shop answers").first).to_be_visible()


def test_every_screen_of_ones_own_is_whole(visit: OpenVisit, tmp_path: Path) -> None:
    user = visit("en")
    user.sign_up("own-screens@example.org")
    file = tmp_path / "mine.toml"
    file.write_bytes((SHIPPED_FOLDER / "douyin.toml").read_bytes())
    user.go("/playbooks/own/")
    wrong = {"/playbooks/own/": looks_wrong(user)}
    user.field("file").set_input_files(file)
    user.button("Upload").click()
    user.page.wait_for_url("**/playbooks/own/own_*/")
    own = user.page.url

    for path in (
        "",
        "edit/",
        "new-channel/",
        "new-rule/",
        "channels/hotline/",
        "rules/shop_message.no_reply/",
        "../new/",
    ):
        user.page.goto(own + path)
        wrong[path] = looks_wrong(user)

    assert {path: found for path, found in wrong.items() if found} == {}
