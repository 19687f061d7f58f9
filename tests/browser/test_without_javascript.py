"""The essential path with JavaScript switched off: log in, new case, upload, contact, case file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import pictures
from tests.browser.conftest import OpenVisit
from tests.browser.visits import PASSWORD
from tests.programs import wait_until

pytestmark = pytest.mark.browser


def test_a_case_goes_from_log_in_to_case_file_without_javascript(visit: OpenVisit, tmp_path: Path) -> None:
    user = visit("en", javascript=False)
    user.sign_up("plain@example.org")
    user.context.clear_cookies()
    user.log_in("plain@example.org", PASSWORD)
    case = user.open_case("Fake trainers", kind="fake_goods")

    user.room("Exhibits")
    user.field("files").set_input_files(
        [
            {"name": f"{number}.png", "mimeType": "image/png", "buffer": pictures.picture(seed=number)}
            for number in (801, 802)
        ]
    )
    user.button("Send").click()
    expect(user.page.get_by_text("2 exhibits are stored.")).to_be_visible()

    user.room("Contacts")
    user.choose("channel", "shop_message")
    user.choose("outcome", "no_answer")
    user.button("Log it").click()
    user.page.wait_for_url(user.site.url + case)
    expect(user.page.get_by_text("The contact is logged.")).to_be_visible()

    user.room("Case file")
    user.button("Build the case file").click()
    expect(user.page.get_by_text("The case file is being built.")).to_be_visible()

    def is_ready() -> bool:
        user.room("Case file")
        return user.link("Download").is_visible()

    wait_until(is_ready, seconds=60, what="the case file is ready")
    with user.page.expect_download() as download:
        user.link("Download").click()
    path = tmp_path / "case.zip"
    download.value.save_as(path)
    assert len([name for name in zipfile.ZipFile(path).namelist() if "/exhibits/" in name]) == 2
    assert "unaltered" in user.site.manage("verify_case_file", str(path), "--json")
