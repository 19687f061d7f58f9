"""Which pages the benchmark asks for, how, and what of them is asked of the floor instead."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import _pages_data as data

if TYPE_CHECKING:
    from _pages_site import Answer, Site


@dataclass
class Page:
    """How it is asked of ours and of the floor; the ratio to reach and the most queries allowed."""

    name: str
    ours: Callable[[Site, int], Answer]
    floor: Callable[[Site, int], Answer]
    goal: float | None = None
    queries: int | None = None
    grows: bool = True
    took: dict[str, list[Answer]] = field(default_factory=dict)

    def median(self, who: str) -> float:
        return statistics.median(answer.milliseconds for answer in self.took[who])

    def p95(self, who: str) -> float:
        return statistics.quantiles((one.milliseconds for one in self.took[who]), n=20)[-1]

    def asked(self, who: str) -> int:
        """The most queries of any of the answers."""
        return max(answer.queries for answer in self.took[who])


def pages() -> list[Page]:
    """Of the owner; contacts are logged and files sent to other cases than the one that is looked at."""
    from _pages_site import other_bytes
    from django.core.files.uploadedfile import SimpleUploadedFile

    from cases.models import Case

    looked_at, *others = Case.objects.visible_to(data.owner()).open().values_list("reference", flat=True)
    picture = screenshot()

    def logged(turn: int) -> dict[str, str]:
        return {
            "channel": "hotline",
            "outcome": "refused",
            "summary": "还是不肯退款。",
            "submission": key(turn),
        }

    def file(turn: int) -> dict[str, Any]:
        name = key(turn)
        return {"files": SimpleUploadedFile("订单.png", other_bytes(picture, hash(name)), "image/png")}

    def other(turn: int) -> str:
        return others[turn % len(others)]

    case, floor = f"/cases/{looked_at}/", "/floor/cases/"
    rare = {"q": data.RARE}
    return [
        Page("Today", lambda site, _: site.get("/"), lambda site, _: site.get(floor), queries=6),
        Page("list", lambda site, _: site.get("/cases/"), lambda site, _: site.get(floor), 2, 8),
        Page("case page", lambda site, _: site.get(case), lambda site, _: site.get(f"/floor{case}"), 2.5, 10),
        Page(
            "search, rare word",
            lambda site, _: site.get("/cases/", rare, is_htmx=True),
            lambda site, _: site.get("/floor/search/", rare),
        ),
        Page(
            "logging a contact",
            lambda site, turn: site.post(f"/cases/{other(turn)}/", logged(turn)),
            lambda site, turn: site.post(f"{floor}{other(turn)}/contact/", logged(turn)),
            4, 20,
        ),
        Page(
            "contact, htmx: with the case page",
            lambda site, turn: site.post(f"/cases/{other(turn)}/", logged(turn), is_htmx=True),
            lambda site, turn: site.post(f"{floor}{other(turn)}/contact/", logged(turn), is_htmx=True),
            4,
        ),
        Page(
            "upload of a screenshot",
            lambda site, turn: site.post(f"/cases/{other(turn)}/exhibits/", file(turn)),
            lambda site, turn: site.post(f"{floor}{other(turn)}/upload/", file(turn)),
            1.5, grows=False,
        ),
    ]  # fmt: skip


def key(turn: int) -> str:
    """Unlike any other of this run."""
    return f"{turn}-{time.perf_counter_ns()}"


def screenshot() -> bytes:
    """1080×2400 with a photo in it, about 1.3 MB; the same as in benchmarks/intake.py."""
    from intake import screenshot as drawn

    return bytes(drawn("PNG", 1))
