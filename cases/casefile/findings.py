"""The two findings that more than one check makes. No Django."""

from __future__ import annotations

from cases.casefile.box import Wrong
from cases.casefile.wording import PLACES


def malformed(name: str, place: str) -> Wrong:
    """`place` is one of wording.PLACES."""
    return Wrong("malformed", name, {"where": PLACES[place]})


def contradiction(name: str, other: str, where: str) -> Wrong:
    return Wrong("contradiction", name, {"other": other, "where": where})
