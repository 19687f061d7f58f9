"""Runs the site with the demo user on a port of its own and takes the pictures that the README shows."""

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
    from collections.abc import Callable

    from playwright.sync_api import Browser

    from tests.browser.visits import Visit
    from tests.running import Site

IMAGES = ROOT / "docs" / "images"
PHONE = (390, 844)
ORDER = "Order number 6920260908442210087\nPaid ¥899.00\nDouyin: fake running shoes"
# Few colours keep a picture small; more than this cannot be told apart on these pages.
COLOURS = 96
LARGEST = 150 * 1024


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
    import django

    from tests import programs

    django.setup()
    try:
        take_all(programs.find("chromium"))
    except programs.NotInstalled as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def take_all(chromium: Path) -> None:
    from playwright.sync_api import sync_playwright

    from tests.browser.visits import CHROMIUM_ARGUMENTS
    from tests.running import run_site

    with run_site() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        email, password = re.findall(r"^ +(?:email|password) +(\S+)", site.manage("demo"), re.MULTILINE)
        for language in ("zh-hans", "en"):
            take_in(browser, site, language, email, password)
        browser.close()


def take_in(browser: Browser, site: Site, language: str, email: str, password: str) -> None:
    """The README shows each page once: half of them in Chinese, half in English."""
    from tests.browser.visits import new_visit

    phone = new_visit(browser, site, language=language, size=PHONE, scale=2)
    phone.log_in(email, password)
    phone.prefer_language()
    for name, shown in PICTURES[language].items():
        shown(phone)
        save(phone.page.screenshot(), name)
    phone.context.close()


def today(phone: Visit) -> None:
    phone.go("/")


def new_case(phone: Visit) -> None:
    """What was pasted, and the fields that it filled."""
    phone.go("/cases/new/")
    phone.field("pasted").fill(ORDER)
    phone.field("pasted").dispatch_event("paste")
    phone.page.locator("[name=numbers]").wait_for()
    phone.page.evaluate("scrollTo(0, 0)")


def case(phone: Visit) -> None:
    phone.go(path_of(phone, "青花茶具在路上丢了"))


def deadlines(phone: Visit) -> None:
    """All of them on one axis, and why the first is when it is."""
    phone.go(path_of(phone, "订好的酒店到店无房") + "deadlines/")


def exhibits(phone: Visit) -> None:
    """The gallery, once its pictures have come."""
    phone.go(path_of(phone, "青花茶具在路上丢了") + "exhibits/")
    for picture in phone.page.locator("main .thumb img").all()[:4]:
        picture.scroll_into_view_if_needed()
    phone.page.locator("main .thumb").first.evaluate("first => scrollTo(0, first.offsetTop - 80)")
    phone.page.wait_for_function("[...document.images].slice(0, 4).every((image) => image.complete)")


def log(phone: Visit) -> None:
    """The third tap of four."""
    phone.go(path_of(phone, "青花茶具在路上丢了"))
    phone.choose("channel", "shop_message")
    phone.choose("outcome", "no_answer")
    phone.page.locator("#log").evaluate("form => scrollTo(0, form.offsetTop - 16)")


PICTURES: dict[str, dict[str, Callable[[Visit], None]]] = {
    "zh-hans": {"today": today, "case": case, "exhibits": exhibits},
    "en": {"new-case": new_case, "log": log, "deadlines": deadlines},
}


def path_of(visit: Visit, title: str) -> str:
    visit.go("/cases/?state=all")
    return str(visit.page.get_by_role("link", name=title, exact=True).first.get_attribute("href"))


def save(picture: bytes, name: str) -> None:
    """As a PNG with a palette; says how large it became."""
    from PIL import Image

    image = Image.open(io.BytesIO(picture)).convert("RGB")
    path = IMAGES / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    palette = image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    palette.save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}  {image.width}x{image.height}  {size // 1024} KB", flush=True)
    if size > LARGEST:
        print(f"{path.name} is larger than {LARGEST // 1024} KB; show less in it.", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
