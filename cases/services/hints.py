"""Hints about exhibits, worked out anew each time from what is stored; nothing of them is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, tzinfo
from typing import Any

from cases.models import Case, Exhibit
from cases.rules import hints
from cases.rules.hints import Hint, Pictured
from cases.rules.readings_rows import Line
from cases.services.moments import EARLIEST

# Of one exhibit; a document of 500 pages is no screenshot.
MOST_LINES = 1_000


def hints_of_case(case: Case) -> Mapping[int, tuple[Hint, ...]]:
    """The hints at each exhibit, by its number; exhibits without any are left out.

    Those that need what was read are there once a machine has read it.
    """
    rows = case.exhibits.select_related("recognition").prefetch_related("contacts").order_by("number")
    zone = case.owner.zone
    return hints.by_exhibit(hints.hints([_pictured(row, zone) for row in rows]))


def hints_of(exhibit: Exhibit) -> tuple[Hint, ...]:
    """The hints at one exhibit, also those that come from another one of its case."""
    return hints_of_case(exhibit.case).get(exhibit.number, ())


def uncovered_twins(case: Case, redacted: Iterable[int]) -> list[tuple[int, int]]:
    """(E3, E1) for each exhibit that shows nearly what a redacted one shows, and has no redacted copy."""
    covered = dict.fromkeys(redacted)
    told = dict.fromkeys(
        hint.numbers
        for of_one in hints_of_case(case).values()
        for hint in of_one
        if hint.code == "nearly_same"
    )
    groups: list[set[int]] = []
    for pair in told:
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touched]
        groups.append(set(pair).union(*touched))
    found = []
    for group in groups:
        hidden = [number for number in covered if number in group]
        if hidden:
            found += [(number, hidden[0]) for number in group if number not in covered]
    return sorted(found)


def _pictured(row: Exhibit, zone: tzinfo) -> Pictured:
    notes = row.metadata if isinstance(row.metadata, dict) else {}
    recognition = getattr(row, "recognition", None)
    return Pictured(
        number=row.number,
        media_type=row.media_type,
        received_at=row.received_at.astimezone(zone),
        width=row.width,
        height=row.height,
        lines=_lines(recognition.lines if recognition else ()),
        claimed_at=row.claimed_at.astimezone(zone) if row.claimed_at else None,
        taken_at=_moment(notes.get("taken_at"), zone),
        software=_texts(notes.get("software")),
        is_photo=bool(notes.get("camera")),
        contacts=tuple(sorted(contact.pk for contact in row.contacts.all())),
    )


def _lines(stored: Any) -> tuple[Line, ...]:
    found = []
    for line in stored[:MOST_LINES] if isinstance(stored, list) else ():
        with suppress(KeyError, TypeError, ValueError):
            found.append(Line.of(line))
    return tuple(found)


def _texts(stored: Any) -> tuple[str, ...]:
    items: Iterable[Any] = stored if isinstance(stored, list) else [stored]
    return tuple(item for item in items if isinstance(item, str))


def _moment(stored: Any, zone: tzinfo) -> datetime | None:
    """As the file states it, else by the owner's clock; a camera that was never set knows none."""
    with suppress(TypeError, ValueError, OverflowError):
        moment = datetime.fromisoformat(stored)
        if moment.year >= EARLIEST.year:
            return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(zone)
    return None
