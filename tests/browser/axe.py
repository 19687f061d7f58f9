"""What axe-core finds on the page that is open, on a phone and at a desk, in light and in dark."""

from __future__ import annotations

import importlib.util
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from tests.browser.visits import Visit

SIZES = {"phone": (360, 800), "desk": (1280, 800)}
Look = tuple[Literal["phone", "desk"], Literal["light", "dark"]]
LOOKS: tuple[Look, ...] = (("phone", "light"), ("phone", "dark"), ("desk", "light"), ("desk", "dark"))
# WCAG 2.0, 2.1 and 2.2 at levels A and AA, and what axe calls good practice beyond them.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The dark changes colours alone; what does not depend on them was looked at in the light.
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
RUN = """async (rules) => {
  const found = await axe.run({ runOnly: rules, resultTypes: ["violations"], elementRef: false });
  return found.violations.flatMap((one) => one.nodes.map((node) =>
    `${one.id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\\s+/g, " ")}`));
}"""


@cache
def _source() -> str:
    """axe.min.js as axe-playwright-python carries it; nothing else of that package is used."""
    package = importlib.util.find_spec("axe_playwright_python")
    assert package is not None and package.origin is not None
    return (Path(package.origin).parent / "axe.min.js").read_text(encoding="utf-8")


class Looker:
    """Looks at the pages of a walk with axe: all four looks of the first page of a kind, one of the second.

    A kind is a view: its further pages differ in what they tell, not in how they are built.
    """

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def violations(self, visit: Visit, path: str) -> list[str]:
        kind = _kind_of(path)
        self.seen[kind] += 1
        match self.seen[kind]:
            case 1:
                return violations(visit)
            case 2:
                return violations(visit, LOOKS[:1])
        return []


def _kind_of(path: str) -> str:
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return "nothing"


def violations(visit: Visit, looks: tuple[Look, ...] = LOOKS) -> list[str]:
    """A line for each element that breaks a rule in one of the looks; the look comes first."""
    page = visit.page
    page.evaluate(_source())
    found: list[str] = []
    for device, scheme in looks:
        width, height = SIZES[device]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        visit.open_everything()  # what waits behind a line is part of the page
        rules = RULES if scheme == "light" else RULES_OF_COLOUR
        found += [f"{device}, {scheme}: {one}" for one in page.evaluate(RUN, rules)]
    return found
