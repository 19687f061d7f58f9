"""A second person with an account of their own: for them, the case does not exist."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import pictures
from tests.browser.conftest import OpenVisit
from tests.browser.visits import Watch
from tests.browser.walk import walk

pytestmark = pytest.mark.browser


def test_a_stranger_finds_no_page_of_the_case(visit: OpenVisit, watch: Watch) -> None:
    owner, stranger = visit("en"), visit("en")
    owner.sign_up("owner@example.org")
    stranger.sign_up("stranger@example.org")
    case = owner.open_case("Parcel never came", kind="parcel_lost")
    owner.room("Exhibits")
    picture = {"name": "a.png", "mimeType": "image/png", "buffer": pictures.picture(seed=901)}
    owner.field("files").set_input_files(picture)
    owner.button("Send").click()
    expect(owner.page.get_by_text("stored as E1")).to_be_visible()
    expect(owner.page.get_by_role("main").get_by_role("img")).to_have_count(1)

    pages = [path for path in walk(owner, (case,), depth=2) if path.startswith(case)]
    files = [f"{case}exhibits/1/{name}/" for name in ("original", "thumbnail", "preview")]
    assert len(pages) >= 9
    for path in pages + files:
        assert owner.context.request.get(owner.site.url + path).status == 200, path
        assert stranger.context.request.get(owner.site.url + path).status == 404, path

    watch.expected.add(404)
    stranger.go(case)
    heading = stranger.page.get_by_role("heading", name="There is nothing at this address")
    expect(heading).to_be_visible()
    stranger.go("/cases/?state=all")
    expect(stranger.page.get_by_text("Parcel never came")).to_have_count(0)
