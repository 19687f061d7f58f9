"""Playbooks: what is known about a platform or an authority, loaded from TOML and checked.

A playbook is one file in cases/playbooks/; docs/playbooks.md tells how to write one. Nothing that
does not load without a mistake is used.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from cases.rules.channels import Channel, Figure
from cases.rules.deadline_rules import DeadlineRule
from cases.rules.events import EventPattern
from cases.rules.situations import Condition
from cases.rules.sources import Citation, Source
from cases.rules.text import Text

KINDS = ("platform", "payment", "authority", "law")
USUAL_RUNG = 10
SHIPPED_FOLDER = Path(__file__).resolve().parent.parent / "playbooks"


@dataclass(frozen=True, slots=True)
class SituationRow:
    """In this situation try these channels, in this order, for this reason.

    `confirm_all`: every channel has to confirm. `side_by_side`: several at once, each logged.
    `open_first`: what can be reached now goes before what is closed. `official_only`: no channel
    is advised that is not the platform's or its partner's own. `rung` is how far up the ladder the row
    stands, 0 to 100; `action` says what exactly to do there.
    """

    key: str
    title: Text
    when: Condition
    channels: tuple[str, ...]
    reason: Text
    confirm_all: bool = False
    side_by_side: bool = False
    open_first: bool = False
    official_only: bool = False
    rung: int = USUAL_RUNG
    action: Text | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """What closes a route: after one of these events, these channels are no longer open, and why."""

    key: str
    closes: tuple[str, ...]
    after: tuple[EventPattern, ...]
    reason: Text
    citation: Citation


@dataclass(frozen=True, slots=True)
class Note:
    """A habit or a warning that belongs to the whole playbook."""

    key: str
    text: Text


@dataclass(frozen=True, slots=True)
class Playbook:
    """All that is known about one platform, way of payment, authority or law.

    `situations` are in order of weight. `calendar` names the workday calendar it counts by (CODES of
    calendars.py), `goes_with` the playbooks that apply to its cases too.
    """

    key: str
    kind: Literal["platform", "payment", "authority", "law"]
    name: Text
    edition: str
    zone: ZoneInfo
    zone_name: Text
    calendar: str
    channels: Mapping[str, Channel]
    rules: Mapping[str, DeadlineRule]
    situations: tuple[SituationRow, ...]
    sources: Mapping[str, Source]
    figures: tuple[Figure, ...] = ()
    notes: tuple[Note, ...] = ()
    citation: Citation | None = None
    bars: tuple[Bar, ...] = ()
    goes_with: tuple[str, ...] = ()

    def rule_named(self, name: str) -> DeadlineRule | None:
        """The rule of a full name such as "douyin.shop_message.no_reply"; None when it is not here."""
        playbook, _dot, key = name.partition(".")
        return self.rules.get(key) if playbook == self.key else None

    def rule_in_force(self, rule: DeadlineRule, day: date) -> DeadlineRule | None:
        """The one that held on that day among this rule and those before and after it; None when none did."""
        found: DeadlineRule | None = rule
        while later := next((one for one in self.rules.values() if one.supersedes == rule.key), None):
            found = rule = later
        while found is not None and not found.is_in_force(day):
            found = self.rules.get(found.supersedes)
        return found

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a playbook file: where, and what is wrong with it."""

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.reason}" if self.key else f"{self.file}: {self.reason}"


class PlaybookErrors(ValueError):
    """Playbooks that cannot be used, with every mistake that was found in them."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(str(mistake) for mistake in mistakes))


def load_playbooks(folder: Path | None = None) -> Mapping[str, Playbook]:
    """Every playbook of a folder by key (default: the shipped ones, read once per process).

    Raises PlaybookErrors with every mistake of every file; then nothing is loaded.
    """
    return _shipped() if folder is None else read_playbooks(sorted(folder.glob("*.toml")))


def read_playbooks(files: list[Path]) -> Mapping[str, Playbook]:
    """The playbooks in these files by key. Raises PlaybookErrors, also when there is no file."""
    from cases.rules.schema import read_playbook  # the schema builds what this module defines

    playbooks: dict[str, Playbook] = {}
    mistakes: list[Mistake] = []
    if not files:
        mistakes.append(Mistake("playbooks", "", "There is no .toml file here; a playbook is one TOML file."))
    for file in files:
        try:
            data = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            mistakes.append(Mistake(file.name, "", f"This cannot be read as TOML in UTF-8: {error}."))
            continue
        playbook, found = read_playbook(file.name, file.stem, data)
        mistakes.extend(found)
        playbooks[file.stem] = playbook
    mistakes += _unknown_companions(playbooks)
    if mistakes:
        raise PlaybookErrors(tuple(mistakes))
    return MappingProxyType(playbooks)


def _unknown_companions(playbooks: Mapping[str, Playbook]) -> list[Mistake]:
    """What goes_with names, and is neither among these files nor shipped."""
    shipped = {file.stem for file in SHIPPED_FOLDER.glob("*.toml")}
    return [
        Mistake(f"{playbook.key}.toml", "goes_with", f"There is no playbook “{key}”.")
        for playbook in playbooks.values()
        for key in playbook.goes_with
        if key not in playbooks and key not in shipped
    ]


@cache
def _shipped() -> Mapping[str, Playbook]:
    return read_playbooks(sorted(SHIPPED_FOLDER.glob("*.toml")))
