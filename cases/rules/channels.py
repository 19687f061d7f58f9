"""Channels: the ways to reach somebody, with the way there, the hours, the figures and the limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from cases.rules.hours import OpeningHours
from cases.rules.sources import Citation
from cases.rules.text import Text

# How the way to a channel names a number to dial: 拨打 12315.
DIALLED = re.compile(r"拨打 ?(\d{3,12})(?!\d)")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the source with the sentence it belongs to; `low` equals `high` for a single number."""

    key: str
    text: Text
    low: int
    high: int
    unit: str
    merchants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preparation:
    """Something to have ready; ticked when the case `has` its key. What is required opens the way."""

    key: str
    text: Text
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """How long one usually waits for an answer about one subject, and how deep such matters go."""

    subject: str
    label: Text
    wait: timedelta
    depth: int
    depth_of: int


@dataclass(frozen=True, slots=True)
class DraftStyle:
    """How a text for the channel is written, and how many characters it takes; 0 is not known."""

    style: Literal["chat", "call", "complaint", "letter"] = "chat"
    max_length: int = 0


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach somebody; `body` says who stands behind it, as in BODIES of events.py."""

    key: str
    name: Text
    way: tuple[Text, ...]
    hours: OpeningHours
    opening: Text
    usual_answer: Text
    good_for: Text
    limits: tuple[Text, ...]
    figures: tuple[Figure, ...]
    prepare: tuple[Preparation, ...]
    is_official: bool
    citation: Citation
    body: str = "platform"
    draft: DraftStyle = DraftStyle()
    save_record_within: timedelta | None = None
    waits: tuple[Wait, ...] = ()
    usual_subject: str = ""
    margin: timedelta = timedelta(0)
    # How to take down what was said there, so that it counts.
    capture: tuple[Text, ...] = ()

    def wait_for(self, subject: str) -> Wait | None:
        return next((wait for wait in self.waits if wait.subject == subject), None)

    @property
    def usual_wait(self) -> timedelta:
        """The wait for the usual subject; none for a channel without a queue."""
        wait = self.wait_for(self.usual_subject)
        return wait.wait if wait else timedelta(0)

    @property
    def phone(self) -> str:
        """The number to dial, as digits, where the first thing to do is to dial one; else empty."""
        found = DIALLED.search(self.way[0].zh_hans) if self.way and self.draft.style == "call" else None
        return found[1] if found else ""

    def answer_time(self, merchant_kind: str = "") -> Figure | None:
        """The usual time to an answer, of this kind of merchant where the source tells it apart."""
        waits = (f"wait_{self.usual_subject}",) if self.usual_subject else ()
        times = [figure for figure in self.figures if figure.key.startswith(("answer_time", *waits))]
        own = [figure for figure in times if merchant_kind in figure.merchants]
        return next(iter(own or times), None)
