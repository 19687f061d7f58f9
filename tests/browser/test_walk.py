"""The whole way on a phone and at a desk, in both languages, in light and dark: every screen in all eight."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import steps
from tests.browser.conftest import OpenVisit
from tests.browser.steps import Theme, Walker
from tests.browser.visits import Watch

pytestmark = pytest.mark.browser

PHONE, DESK = (360, 800), (1280, 800)
# Walked in these four, which hold every pair; each screen on the way is looked at in the other theme too.
STATES: tuple[tuple[tuple[int, int], str, Theme], ...] = (
    (PHONE, "zh-hans", "light"),
    (PHONE, "en", "dark"),
    (DESK, "zh-hans", "dark"),
    (DESK, "en", "light"),
)


@pytest.mark.parametrize(("size", "language", "theme"), STATES)
def test_from_sign_up_to_the_verify_page(
    visit: OpenVisit, watch: Watch, tmp_path: Path, size: tuple[int, int], language: str, theme: Theme
) -> None:
    walker = Walker(visit(language, size), watch, size, theme)
    email = f"walk-{size[0]}-{language}@example.org"

    steps.sign_up(walker, email)
    steps.remind_at_any_hour(walker)
    path = steps.first_case(walker)
    steps.contact_in_four_taps(walker, path)
    steps.log_what_was_earlier(walker)
    steps.press_button_of_mail(walker, email)
    steps.black_out(walker, path)
    saved = steps.take_case_file(walker, path, tmp_path)
    steps.check_from_disk(walker, saved, tmp_path)

    if walker.wrong:
        pytest.fail("\n".join(walker.wrong))
