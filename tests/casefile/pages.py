"""verify.html as a recipient opens it: unpacked, in real Chromium, from the disk, without a network."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from cases.casefile import layout
from tests.casefile.bags import make_bag

ARGUMENTS = ["--no-sandbox", "--disable-gpu"]


def unpacked_page(folder: Path) -> Path:
    """verify.html out of a case file."""
    make_bag(folder / "with-page.zip")
    with zipfile.ZipFile(folder / "with-page.zip") as archive:
        return Path(archive.extract(layout.VERIFY_PAGE, folder))


@contextmanager
def opened(browser: Browser, path: Path, language: str = "en") -> Iterator[Page]:
    """The page in a browser of that language; an error or a refused thing on it fails the test."""
    context = browser.new_context(locale=language, viewport={"width": 390, "height": 844}, offline=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(path.as_uri())
    yield page
    context.close()
    assert complaints == []
