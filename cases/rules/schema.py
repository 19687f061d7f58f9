"""The one schema of playbook files: TOML in, frozen playbook out, every mistake noted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from cases.rules.calendars import CODES
from cases.rules.channels import Channel
from cases.rules.playbooks import KINDS, USUAL_RUNG, Bar, Mistake, Note, Playbook, SituationRow
from cases.rules.reading import Mistakes, Table
from cases.rules.schema_channels import read_channel, read_citation, read_figures, read_sources
from cases.rules.schema_patterns import PLATFORM, Names, read_condition, read_patterns
from cases.rules.schema_rules import read_rules
from cases.rules.sources import Citation, Source

FILE_KEY = re.compile(r"[a-z][a-z0-9_]*")
HIGHEST_RUNG = 100
# Laws and additions may have rules alone; a platform that cannot be reached is none.
OTHER_KINDS = tuple(kind for kind in KINDS if kind != PLATFORM)


@dataclass(frozen=True, slots=True)
class _Head:
    """What the rest of a file is read with."""

    names: Names
    zone: ZoneInfo
    calendar: str
    sources: Mapping[str, Source]
    cited: Citation

    def citation(self, table: Table) -> Citation:
        return read_citation(table, self.sources, self.cited)


def read_playbook(file: str, key: str, data: Mapping[str, Any]) -> tuple[Playbook, tuple[Mistake, ...]]:
    """The playbook of one file and its mistakes; with mistakes the playbook is not fit for use."""
    mistakes = Mistakes(file)
    if not FILE_KEY.fullmatch(key):
        mistakes.add("", "The name of the file is the playbook's key: small letters, digits and underscores.")
    top = Table(data, "", mistakes)
    kind = top.one_of("kind", KINDS)
    channel_tables = top.keyed("channels", required=kind not in OTHER_KINDS)
    rule_tables = top.keyed("rules", required=False)
    head = _read_head(top, Names(key, kind, tuple(channel_tables), tuple(rule_tables)))
    channels = _read_channels(channel_tables, head)
    playbook = Playbook(
        key=key,
        kind=cast(Literal["platform", "payment", "authority", "law"], kind),
        name=top.text("name"),
        edition=top.string("edition"),
        zone=head.zone,
        zone_name=top.text("zone_name"),
        calendar=head.calendar,
        channels=MappingProxyType(channels),
        rules=MappingProxyType(
            read_rules(rule_tables, head.names, channels, head.zone, head.calendar, head.citation)
        ),
        situations=_read_situations(top, head.names),
        sources=MappingProxyType(head.sources),
        figures=read_figures(top),
        notes=_read_notes(top),
        citation=head.cited,
        bars=_read_bars(top, head),
        goes_with=_read_goes_with(top, kind, key),
    )
    top.done()
    return playbook, tuple(mistakes.found)


def _read_head(top: Table, names: Names) -> _Head:
    sources = read_sources(top)
    cited = top.table("cited")
    citation = read_citation(cited, sources)
    cited.done()
    calendar = top.one_of("calendar", CODES)
    return _Head(names, _read_zone(top), calendar if calendar in CODES else "weekdays", sources, citation)


def _read_zone(top: Table) -> ZoneInfo:
    name = top.string("zone")
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        if name:
            top.wrong("zone", f"“{name}” is no time zone; write one such as Asia/Shanghai.")
        return ZoneInfo("UTC")


def _read_channels(tables: Mapping[str, Table], head: _Head) -> dict[str, Channel]:
    found = (
        read_channel(key, table, head.names, head.zone, head.calendar, head.citation(table))
        for key, table in tables.items()
    )
    return {channel.key: channel for channel in found}


def _read_notes(top: Table) -> tuple[Note, ...]:
    notes = []
    for table in top.tables("notes", required=False):
        notes.append(Note(table.string("key"), table.text("text")))
        table.done()
    return tuple(notes)


def _read_goes_with(top: Table, kind: str, key: str) -> tuple[str, ...]:
    """Other playbooks; whether they exist is seen when all files are read."""
    others = top.names("goes_with")
    if others and kind != PLATFORM:
        top.wrong("goes_with", "is for platforms: whatever applies to a case comes with its platform.")
    if key in others:
        top.wrong("goes_with", f"names “{key}” itself.")
    return others


def _read_bars(top: Table, head: _Head) -> tuple[Bar, ...]:
    bars = []
    for table in top.tables("bars", required=False):
        closes = table.names("closes", head.names.channels)
        if not table.has("closes"):
            table.wrong("closes", "is missing; say which channels are closed then.")
        bar = Bar(
            key=table.string("key"),
            closes=tuple(head.names.channel(channel) for channel in closes),
            after=read_patterns(table, "after", head.names, required=True),
            reason=table.text("reason"),
            citation=head.citation(table),
        )
        table.done()
        bars.append(bar)
    return tuple(bars)


def _read_situations(top: Table, names: Names) -> tuple[SituationRow, ...]:
    rows: list[SituationRow] = []
    for table in top.tables("situations", required=names.kind not in OTHER_KINDS):
        row = SituationRow(
            key=table.string("key"),
            title=table.text("title"),
            when=read_condition(table.table("when"), names),
            channels=tuple(names.channel(key) for key in table.names("channels", names.channels)),
            reason=table.text("reason"),
            confirm_all=table.flag("confirm_all"),
            side_by_side=table.flag("side_by_side"),
            open_first=table.flag("open_first"),
            official_only=table.flag("official_only"),
            rung=table.whole("rung", low=0, high=HIGHEST_RUNG, default=USUAL_RUNG),
            action=table.text("action") if table.has("action") else None,
        )
        if not table.has("channels"):
            table.wrong("channels", "is missing; a list of channels is needed.")
        if row.key in {other.key for other in rows}:
            table.wrong("key", f"“{row.key}” is the key of two situations.")
        rows.append(row)
        table.done()
    return tuple(rows)
