"""The part of the schema that reads sources, channels and figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal, cast
from zoneinfo import ZoneInfo

from cases.rules.channels import Channel, DraftStyle, Figure, Preparation, Wait
from cases.rules.events import BODIES, MERCHANT_KINDS
from cases.rules.reading import NO_TEXT, Table
from cases.rules.schema_hours import read_hours
from cases.rules.schema_patterns import NEVER_TICKED, PREPARATIONS, Names
from cases.rules.sources import Citation, Source
from cases.rules.text import Text

UNITS = ("seconds", "minutes", "hours", "days", "workdays", "months", "years", "percent", "level", "money")
# How far a source can be relied on; “M” (from memory) exists in research notes and is never shipped.
# What users add themselves is “own”.
CONFIDENCES = ("V", "V-", "S+", "S", "reported", "own")
DRAFT_STYLES = ("chat", "call", "complaint", "letter")
LONGEST_DRAFT = 100_000
DAY_ZERO = date(2000, 1, 1)


def read_sources(top: Table) -> dict[str, Source]:
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


def read_citation(table: Table, sources: Mapping[str, Source], usual: Citation | None = None) -> Citation:
    """A citation; what is left out is taken from `usual`, the one at the head of the file."""
    needed = usual is None
    key = table.one_of("source", sources, default=None if usual is None else usual.source.key)
    confidence = table.one_of("confidence", CONFIDENCES, default=None if usual is None else usual.confidence)
    checked_on = table.day("checked_on", required=needed)
    has_own = usual is None or table.has("article")
    return Citation(
        source=sources.get(key) or Source(key, NO_TEXT, ""),
        article=table.text("article") if has_own or usual is None else usual.article,
        confidence=confidence,
        checked_on=checked_on or (usual.checked_on if usual else DAY_ZERO),
    )


def read_channel(
    key: str, table: Table, names: Names, zone: ZoneInfo, calendar: str, cited: Citation
) -> Channel:
    """One channel; `cited` is its citation, already read from the table."""
    minutes = table.whole("save_record_within_minutes", low=1, high=60 * 24 * 366, default=0)
    waits = tuple(_read_wait(item) for item in table.tables("waits", required=False))
    channel = Channel(
        key=names.channel(key),
        name=table.text("name"),
        way=table.texts("way"),
        hours=read_hours(table, zone, calendar),
        opening=table.text("opening"),
        usual_answer=table.text("usual_answer"),
        good_for=table.text("good_for"),
        limits=table.texts("limits"),
        figures=(*read_figures(table), *(_figure_of(wait) for wait in waits)),
        prepare=tuple(_read_preparation(item) for item in table.tables("prepare")),
        is_official=_required_flag(table, "is_official"),
        citation=cited,
        body=table.one_of("body", BODIES),
        draft=_read_draft(table.table("draft", required=False)),
        save_record_within=timedelta(minutes=minutes) if minutes else None,
        waits=waits,
        usual_subject=table.one_of("usual_subject", [wait.subject for wait in waits]) if waits else "",
        margin=timedelta(minutes=table.whole("margin_minutes", low=0, high=120, default=0)),
        capture=table.texts("capture", required=False),
    )
    table.done()
    return channel


def _read_preparation(table: Table) -> Preparation:
    key = table.one_of("key", PREPARATIONS)
    preparation = Preparation(key, table.text("text"), is_required=table.flag("required"))
    if preparation.is_required and key in NEVER_TICKED:
        table.wrong(
            "required", f"“{key}” is nothing that a case can hold, so it would close the way for good."
        )
    table.done()
    return preparation


def _read_draft(table: Table) -> DraftStyle:
    style = table.one_of("style", DRAFT_STYLES, default="chat")
    length = table.whole("max_length", low=1, high=LONGEST_DRAFT, default=0)
    table.done()
    return DraftStyle(cast(Literal["chat", "call", "complaint", "letter"], style), length)


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


def read_figures(table: Table) -> tuple[Figure, ...]:
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
