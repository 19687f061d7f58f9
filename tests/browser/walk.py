"""Walks from page to page by the links a person could follow, and looks at each."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from django.utils.translation import trans_real

from tests.browser.visits import Visit

HERE = Path(__file__).parent
LOOKS = (HERE / "looks.js").read_text(encoding="utf-8")
WORDS = (HERE / "words.js").read_text(encoding="utf-8")
LANGUAGE_TAGS = {"zh-hans": "zh-Hans", "en": "en"}
WIDTHS = (360, 1280)
# What is no page (a file to keep, a picture by itself) or is not ours to look at.
NO_PAGES = re.compile(r"/(original|thumbnail|preview)/$|/case-files/\d+/$|\.ics$|^/static/|^/admin/")
NAMES = {"English"}  # a language is called as its speakers call it
CHINESE = re.compile(r"[\u3400-\u9fff]")
ENGLISH = re.compile(r"\b[A-Za-z]?[a-z]+ [a-z]{2,}\b")


def walk(visit: Visit, start: tuple[str, ...], *, depth: int) -> Iterator[str]:
    """Opens every page that is at most `depth` links away from those, each path once; yields where it is."""
    waiting = deque((path, 0) for path in start)
    seen = {urlsplit(path).path for path in start}
    while waiting:
        path, steps = waiting.popleft()
        visit.go(path)
        # Read before whoever takes the page may open another.
        links = visit.page.locator("a[href]:not([download])").evaluate_all(
            "links => links.map((link) => link.getAttribute('href'))"
        )
        yield path
        for link in links:
            target = urlsplit(urljoin(visit.site.url + path, link))
            is_page = target.geturl().startswith(visit.site.url) and not NO_PAGES.search(target.path)
            if is_page and target.path not in seen and steps < depth:
                seen.add(target.path)
                waiting.append((target.path, steps + 1))


def looks_wrong(visit: Visit) -> list[str]:
    """What is wrong with the page that is open: its build, its words, and its width on phone and desk."""
    page = visit.page
    visit.open_everything()
    wrong: list[str] = page.evaluate(LOOKS)
    lang = page.locator("html").get_attribute("lang")
    if lang != LANGUAGE_TAGS[visit.language]:
        wrong.append(f"html lang is {lang}")
    if visit.language == "zh-hans":
        wrong += [f"left in English: {words}" for words in page.evaluate(WORDS) if is_left_in_english(words)]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        over = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
        if over > 0:
            wrong.append(f"{over} px too wide at {width}")
    return wrong


def is_left_in_english(words: str) -> bool:
    """An English sentence of the catalogue that has a Chinese one, or English words with no Chinese sign."""
    if words in NAMES:
        return False
    chinese = _chinese_of(words)
    return (chinese is not None and chinese != words) or bool(
        not CHINESE.search(words) and ENGLISH.search(words)
    )


def _chinese_of(words: str) -> str | None:
    catalogue = trans_real.translation("zh-hans")._catalog
    found = catalogue.get(words)
    return found if isinstance(found, str) else None
