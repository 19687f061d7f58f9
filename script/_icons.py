"""Draws the icons of the app, for every size and purpose that a phone asks for, from static/favicon.svg."""

from __future__ import annotations

import importlib.util
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from _environment import ROOT, CannotInstall, environment

if TYPE_CHECKING:
    from playwright.sync_api import Page

STATIC = ROOT / "static"
ICONS = STATIC / "icons"
# Phones cut a maskable icon to a circle of four fifths: the drawing keeps within it.
WITHIN_THE_MASK = 0.78
# The shortcuts of the long tap: our icon of that place, white on the field of the logo.
SHORTCUTS = ("plus", "today")


def main() -> int:
    if importlib.util.find_spec("playwright") is None:  # what tests need is in .venv
        try:
            python = str(environment("requirements.txt", "requirements-dev.txt"))
        except CannotInstall as error:
            print(error, file=sys.stderr)
            return 1
        return subprocess.run([python, __file__]).returncode
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from tests import programs

    try:
        chromium = programs.find("chromium")
    except programs.NotInstalled as error:
        print(error, file=sys.stderr)
        return 1
    draw_all(chromium)
    return 0


def draw_all(chromium: Path) -> None:
    from playwright.sync_api import sync_playwright

    logo = (STATIC / "favicon.svg").read_text(encoding="utf-8")
    ICONS.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        for size in (192, 512):
            _save(page, f"icon-{size}.png", size, logo)
            _save(page, f"maskable-{size}.png", size, full(logo, WITHIN_THE_MASK))
        # iOS rounds the corners itself and paints what is transparent black.
        _save(page, "apple-touch-icon.png", 180, full(logo, 0.9))
        for name in SHORTCUTS:
            _save(page, f"shortcut-{name}.png", 96, shortcut(logo, name))
        browser.close()


def field_of(logo: str) -> str:
    """The colour of the field on which the drawing stands."""
    return re.findall(r'<rect [^>]*fill="(#[0-9a-f]{6})"', logo)[0]


def full(logo: str, scale: float) -> str:
    """The drawing at a smaller scale on a field without corners."""
    drawing = "".join(re.findall(r"<path [^>]*/>", logo))
    margin = 16 * (1 - scale)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" fill="{field_of(logo)}"/>'
        f'<g transform="translate({margin} {margin}) scale({scale})">{drawing}</g></svg>'
    )


def shortcut(logo: str, name: str) -> str:
    source = (ROOT / "templates" / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    drawing = "".join(re.findall(r"<(?:path|circle) [^>]*/>", source))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 40 40">'
        f'<rect x="-8" y="-8" width="40" height="40" rx="20" fill="{field_of(logo)}"/>'
        '<g fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
        f"{drawing}</g></svg>"
    )


def _save(page: Page, name: str, size: int, drawing: str) -> None:
    from PIL import Image

    page.set_viewport_size({"width": size, "height": size})
    page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:{size}px}}</style>{drawing}")
    shot = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
    # Few colours keep a flat drawing small; corners stay transparent.
    shot.quantize(64, method=Image.Quantize.FASTOCTREE).save(ICONS / name, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
