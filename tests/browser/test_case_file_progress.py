"""A case file while it is not ready, in real Chromium: what is chosen stays, and it can be called off."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenVisit
from tests.browser.walk import looks_wrong
from tests.running import Site

pytestmark = pytest.mark.browser

# One whose builder does nothing more, and keeps its lease for an hour.
HELD = """
from datetime import timedelta
from django.utils import timezone
from cases.models import Case, CaseFile
now = timezone.now()
CaseFile.objects.create(
    case=Case.objects.get(reference="{reference}"), number=1, language="en", requested_at=now,
    state="building", attempts=1, lease_until=now + timedelta(hours=1),
    stage="drawing", exhibits_done=3, exhibits_total=9, expected_at=now + timedelta(hours=1),
)
"""
MOVED = """
from cases.models import CaseFile
CaseFile.objects.filter(case__reference="{reference}").update(exhibits_done=4)
"""


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_choices_stay_while_one_is_made_and_it_is_cancelled_and_tried_again(
    visit: OpenVisit, running_site: Site, language: str
):
    user = visit(language)
    user.sign_up(f"patient-{language}@example.org")
    path = user.open_case("买到假货", kind="fake_goods")
    reference = path.split("/")[2]
    running_site.manage("shell", "-c", HELD.format(reference=reference))
    user.go(path + "case-files/")
    made, court = user.page.locator("#made-case-files"), user.page.locator("[name=profile][value=court]")

    # 3 hundredths before the drawing, and 3, then 4 of 9 parts of its 76.
    expect(made.locator("progress")).to_have_attribute("value", "28")
    court.check()
    running_site.manage("shell", "-c", MOVED.format(reference=reference))
    expect(made.locator("progress")).to_have_attribute("value", "36")
    expect(court).to_be_checked()
    user.page.locator("#case-files > form > button").click()
    expect(made.locator("> .note")).to_be_visible()
    expect(court).to_be_checked()
    assert looks_wrong(user) == []

    user.page.locator("#cancel-1").click()
    expect(made.locator("[data-case-file='1'][data-state='cancelled']")).to_be_visible()
    expect(court).to_be_checked()
    assert looks_wrong(user) == []

    user.page.locator("#again-1").click()
    expect(made.locator("[data-case-file='2'][data-state='ready'] a[download]")).to_be_visible(timeout=60_000)
    expect(court).to_be_checked()
    expect(user.page.locator("[data-hx-trigger='every 2s']")).to_have_count(0)
