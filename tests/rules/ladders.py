"""Small playbooks, built in a line or two, for tests of the ranking."""

from __future__ import annotations

from datetime import date
from typing import Any

from cases.rules.channels import Channel, Preparation
from cases.rules.events import Event, EventPattern
from cases.rules.hours import OpeningHours
from cases.rules.playbooks import Bar, Playbook, SituationRow
from cases.rules.situations import Condition
from cases.rules.sources import Citation, Source
from cases.rules.text import Text
from tests.rules.moments import SHANGHAI, shanghai

SAID = Citation(
    Source("somebody", Text("某人", "Somebody"), ""), Text("全文", "all"), "S", date(2026, 11, 22)
)


def both(words: str) -> Text:
    """The same words in both languages; nobody reads them here."""
    return Text(words, words)


def channel(key: str, *, body: str = "platform", needs: tuple[str, ...] = (), **fields: Any) -> Channel:
    """A channel that is always open; `needs` are the preparations without which it cannot be used."""
    defaults: dict[str, Any] = {
        "name": both(key.title()),
        "way": (),
        "hours": OpeningHours.always(SHANGHAI),
        "opening": both("always"),
        "usual_answer": both("soon"),
        "good_for": both("all"),
        "limits": (),
        "figures": (),
        "prepare": tuple(Preparation(need, both(need), is_required=True) for need in needs),
        "is_official": True,
        "citation": SAID,
        "body": body,
    }
    return Channel(key=key, **{**defaults, **fields})


def row(
    key: str, *channels: str, rung: int = 10, when: Condition | None = None, **fields: Any
) -> SituationRow:
    """A row that holds for every case unless `when` says otherwise; its reason is its key."""
    return SituationRow(
        key=key,
        title=both(key),
        when=when or Condition(),
        channels=channels,
        reason=both(f"Because of {key}."),
        rung=rung,
        **fields,
    )


def happened(
    kind: str, channel: str = "", *, body: str = "", at: str = "2026-09-24 10:00", **facts: Any
) -> Event:
    """A milestone that belongs to a channel, behind which that body stands."""
    return Event("milestone", kind, shanghai(at), facts=facts, channel=channel, body=body)


def bar(*closes: str, after: tuple[EventPattern, ...]) -> Bar:
    return Bar("bar", closes, after, both("They do not take it twice."), SAID)


def playbook(
    key: str,
    channels: tuple[Channel, ...],
    rows: tuple[SituationRow, ...],
    *bars: Bar,
    kind: Any = "platform",
) -> Playbook:
    return Playbook(
        key=key,
        kind=kind,
        name=both(key),
        edition="2026-11-22",
        zone=SHANGHAI,
        zone_name=both("Shanghai"),
        calendar="CN",
        channels={one.key: one for one in channels},
        rules={},
        sources={},
        situations=rows,
        bars=bars,
    )
