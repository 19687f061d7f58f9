"""The one schema of playbook files: TOML in, frozen playbook out, every mistake noted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from cases.rules.events import MERCHANT_KINDS
from cases.rules.playbooks import (
    Channel,
    Citation,
    Figure,
    Mistake,
    Note,
    Playbook,
    Preparation,
    SituationRow,
    Source,
    Wait,
)
from cases.rules.reading import NO_TEXT, Mistakes, Table
from cases.rules.schema_hours import read_hours
from cases.rules.schema_rules import read_condition, read_rules
from cases.rules.text import Text

# What a case can have ready; situation_of() in the services says which of them it has.
PREPARATIONS = ("order_number", "proof_of_payment", "problem_statement", "demand", "screenshots")
UNITS = ("seconds", "minutes", "hours", "workdays", "percent", "level")
# How far a source can be relied on; “M” (from memory) exists in research notes and is never shipped.
CONFIDENCES = ("V", "V-", "S+", "S", "reported")
FILE_KEY = re.compile(r"[a-z][a-z0-9_]*")
DAY_ZERO = date(2000, 1, 1)


def read_playbook(file: str, key: str, data: Mapping[str, Any]) -> tuple[Playbook, tuple[Mistake, ...]]:
    """The playbook of one file and its mistakes; with mistakes the playbook is not fit for use."""
    mistakes = Mistakes(file)
    if not FILE_KEY.fullmatch(key):
        mistakes.add("", "The name of the file is the playbook's key: small letters, digits and underscores.")
    top = Table(data, "", mistakes)
    zone = _read_zone(top)
    sources = _read_sources(top)
    cited = top.table("cited")
    citation = _read_citation(cited, sources)
    cited.done()
    channels = {
        name: _read_channel(name, table, zone, citation) for name, table in top.keyed("channels").items()
    }
    playbook = Playbook(
        key=key,
        name=top.text("name"),
        edition=top.string("edition"),
        zone=zone,
        zone_name=top.text("zone_name"),
        channels=MappingProxyType(channels),
        rules=MappingProxyType(
            read_rules(top, channels, lambda table: _read_citation(table, sources, citation))
        ),
        situations=_read_situations(top, channels),
        sources=MappingProxyType(sources),
        figures=_read_figures(top),
        notes=_read_notes(top),
        citation=citation,
    )
    top.done()
    return playbook, tuple(mistakes.found)


def _read_zone(top: Table) -> ZoneInfo:
    name = top.string("zone")
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        if name:
            top.wrong("zone", f"“{name}” is no time zone; write one such as Asia/Shanghai.")
        return ZoneInfo("UTC")


def _read_sources(top: Table) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for table in top.tables("sources"):
        source = Source(table.string("key"), table.text("title"), table.string("url", default=""))
        if source.key in sources:
            table.wrong("key", f"“{source.key}” is the key of two sources.")
        if source.url and not source.url.startswith("https://"):
            table.wrong("url", "must begin with https://; leave it out when there is no public address.")
        sources[source.key] = source
        table.done()
    return sources


def _read_citation(table: Table, sources: Mapping[str, Source], usual: Citation | None = None) -> Citation:
    """A citation; what is left out is taken from `usual`, the one at the head of the file."""
    needed = usual is None
    key = table.one_of("source", sources, default=None if usual is None else usual.source.key)
    confidence = table.one_of("confidence", CONFIDENCES, default=None if usual is None else usual.confidence)
    checked_on = table.day("checked_on", required=needed)
    return Citation(
        source=sources.get(key) or Source(key, NO_TEXT, ""),
        article=table.text("article")
        if needed or table.has("article")
        else usual.article
        if usual
        else NO_TEXT,
        confidence=confidence,
        checked_on=checked_on or (usual.checked_on if usual else DAY_ZERO),
    )


def _read_channel(key: str, table: Table, zone: ZoneInfo, usual: Citation) -> Channel:
    minutes = table.whole("save_record_within_minutes", low=1, high=60 * 24 * 366, default=0)
    waits = tuple(_read_wait(item) for item in table.tables("waits", required=False))
    channel = Channel(
        key=key,
        name=table.text("name"),
        way=table.texts("way"),
        hours=read_hours(table, zone),
        opening=table.text("opening"),
        usual_answer=table.text("usual_answer"),
        good_for=table.text("good_for"),
        limits=table.texts("limits"),
        figures=(*_read_figures(table), *(_figure_of(wait) for wait in waits)),
        prepare=tuple(
            Preparation(item.one_of("key", PREPARATIONS), _last(item)) for item in table.tables("prepare")
        ),
        is_official=_required_flag(table, "is_official"),
        citation=usual,
        save_record_within=timedelta(minutes=minutes) if minutes else None,
        waits=waits,
        usual_subject=table.one_of("usual_subject", [wait.subject for wait in waits]) if waits else "",
        margin=timedelta(minutes=table.whole("margin_minutes", low=0, high=120, default=0)),
    )
    table.done()
    return channel


def _last(table: Table) -> Any:
    text = table.text("text")
    table.done()
    return text


def _required_flag(table: Table, key: str) -> bool:
    if not table.has(key):
        table.wrong(key, "is missing; true or false is needed.")
    return table.flag(key)


def _read_wait(table: Table) -> Wait:
    wait = Wait(
        subject=table.string("subject"),
        label=table.text("label"),
        wait=timedelta(minutes=table.whole("minutes", low=0, high=600)),
        depth=table.whole("depth", low=1, high=10),
        depth_of=table.whole("depth_of", low=1, high=10),
    )
    table.done()
    return wait


def _figure_of(wait: Wait) -> Figure:
    """A wait as a figure, so that it is shown and compared like the others."""
    minutes = int(wait.wait / timedelta(minutes=1))
    text = Text(
        f"{{label}}：通常等待约 {minutes} 分钟（咨询深度 {wait.depth}/{wait.depth_of}）",
        f"About {{label}}: usually a wait of about {minutes} minutes (depth {wait.depth} of {wait.depth_of})",
    )
    return Figure(f"wait_{wait.subject}", text.fill(label=wait.label), minutes, minutes, "minutes")


def _read_figures(table: Table) -> tuple[Figure, ...]:
    figures = []
    for item in table.tables("figures", required=False):
        single = item.has("value")
        low = item.whole("value" if single else "low", low=0, high=100_000)
        high = low if single else item.whole("high", low=0, high=100_000)
        if high < low:
            item.wrong("high", f"is {high}, which is less than low, {low}.")
        figures.append(
            Figure(
                key=item.string("key"),
                text=item.text("text"),
                low=low,
                high=high,
                unit=item.one_of("unit", UNITS),
                merchants=item.names("merchants", MERCHANT_KINDS),
            )
        )
        item.done()
    for key in sorted({figure.key for figure in figures if [f.key for f in figures].count(figure.key) > 1}):
        table.wrong("figures", f"holds the key “{key}” twice.")
    return tuple(figures)


def _read_notes(top: Table) -> tuple[Note, ...]:
    return tuple(Note(table.string("key"), _last(table)) for table in top.tables("notes", required=False))


def _read_situations(top: Table, channels: Mapping[str, Channel]) -> tuple[SituationRow, ...]:
    rows: list[SituationRow] = []
    for table in top.tables("situations"):
        row = SituationRow(
            key=table.string("key"),
            title=table.text("title"),
            when=read_condition(table.table("when")),
            channels=table.names("channels", channels),
            reason=table.text("reason"),
            confirm_all=table.flag("confirm_all"),
            side_by_side=table.flag("side_by_side"),
            open_first=table.flag("open_first"),
            official_only=table.flag("official_only"),
        )
        if not table.has("channels"):
            table.wrong("channels", "is missing; a list of channels is needed.")
        if row.key in {other.key for other in rows}:
            table.wrong("key", f"“{row.key}” is the key of two situations.")
        rows.append(row)
        table.done()
    return tuple(rows)
