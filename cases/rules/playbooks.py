"""Playbooks: what is known about a platform or an authority, loaded from TOML and checked.

A playbook is one file in cases/playbooks/; docs/playbooks.md tells how to write one. Nothing that
does not load without a mistake is used.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from cases.rules.clocks import Clock
from cases.rules.events import Event, EventPattern
from cases.rules.hours import OpeningHours
from cases.rules.situations import ALWAYS, Condition, Situation
from cases.rules.text import Text

SHIPPED_FOLDER = Path(__file__).resolve().parent.parent / "playbooks"


@dataclass(frozen=True, slots=True)
class Source:
    """Where knowledge comes from; `url` is empty for what has no public address."""

    key: str
    title: Text
    url: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A source, the place in it, how far it can be relied on, and when that was last looked up."""

    source: Source
    article: Text
    confidence: str
    checked_on: date

    def as_json(self) -> dict[str, object]:
        return {
            "key": self.source.key,
            "title": self.source.title.as_json(),
            "article": self.article.as_json(),
            "url": self.source.url,
            "confidence": self.confidence,
            "checked_on": self.checked_on.isoformat(),
        }


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
    """Something to have ready; ticked when the case `has` its key."""

    key: str
    text: Text


@dataclass(frozen=True, slots=True)
class Wait:
    """How long one usually waits for an answer about one subject, and how deep such matters go."""

    subject: str
    label: Text
    wait: timedelta
    depth: int
    depth_of: int


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach the other side."""

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
    save_record_within: timedelta | None = None
    waits: tuple[Wait, ...] = ()
    usual_subject: str = ""
    margin: timedelta = timedelta(0)

    def wait_for(self, subject: str) -> Wait | None:
        return next((wait for wait in self.waits if wait.subject == subject), None)

    @property
    def usual_wait(self) -> timedelta:
        """The wait for the usual subject; none for a channel without a queue."""
        wait = self.wait_for(self.usual_subject)
        return wait.wait if wait else timedelta(0)

    def answer_time(self, merchant_kind: str = "") -> Figure | None:
        """The usual time to an answer, of this kind of merchant where the source tells it apart."""
        waits = (f"wait_{self.usual_subject}",) if self.usual_subject else ()
        times = [figure for figure in self.figures if figure.key.startswith(("answer_time", *waits))]
        own = [figure for figure in times if merchant_kind in figure.merchants]
        return next(iter(own or times), None)


@dataclass(frozen=True, slots=True)
class Input:
    """Something a rule asks for; `default` None means that it must be told."""

    key: str
    kind: Literal["whole_number", "moment", "choice"]
    question: Text
    default: str | None = None
    choices: tuple[tuple[str, Text], ...] = ()
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Trigger:
    """Starts a deadline: an event, the situation it must happen in, and whether only the first counts."""

    pattern: EventPattern
    when: Condition = ALWAYS
    once_per_case: bool = False

    def fires(self, event: Event, situation: Situation) -> bool:
        if not self.pattern.matches(event) or not self.when.holds(situation):
            return False
        return not self.once_per_case or not any(
            self.pattern.matches(other) and (other.name, other.at) != (event.name, event.at)
            for other in situation.events
        )


@dataclass(frozen=True, slots=True)
class MetBy:
    """Meets a deadline: an event, of the same contact or on another channel than the start where asked."""

    pattern: EventPattern
    same_contact: bool = False
    other_channel: bool = False


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """What starts a deadline, how it is counted, what meets it, and who says so."""

    key: str
    title: Text
    action: Text
    whose: Literal["mine", "theirs"]
    counted_from: Text
    triggers: tuple[Trigger, ...]
    met_by: tuple[MetBy, ...]
    clock: Clock
    inputs: tuple[Input, ...]
    notes: tuple[Text, ...]
    citation: Citation
    effective_from: date | None = None
    effective_to: date | None = None

    def is_in_force(self, day: date) -> bool:
        """Whether the rule applies on that day of the playbook's zone; both ends are included."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )

    def input(self, key: str) -> Input:
        return next(asked for asked in self.inputs if asked.key == key)


@dataclass(frozen=True, slots=True)
class SituationRow:
    """In this situation try these channels, in this order, for this reason.

    `confirm_all`: every channel has to confirm. `side_by_side`: several at once, each logged.
    `open_first`: what can be reached now goes before what is closed. `official_only`: no channel
    is advised that is not the platform's or its partner's own.
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


@dataclass(frozen=True, slots=True)
class Note:
    """A habit or a warning that belongs to the whole playbook."""

    key: str
    text: Text


@dataclass(frozen=True, slots=True)
class Playbook:
    """All that is known about one platform; `situations` are in order of weight."""

    key: str
    name: Text
    edition: str
    zone: ZoneInfo
    zone_name: Text
    channels: Mapping[str, Channel]
    rules: Mapping[str, DeadlineRule]
    situations: tuple[SituationRow, ...]
    sources: Mapping[str, Source]
    figures: tuple[Figure, ...] = ()
    notes: tuple[Note, ...] = ()
    citation: Citation | None = None

    def rule_named(self, name: str) -> DeadlineRule | None:
        """The rule of a full name such as "douyin.shop_message.no_reply"; None when it is not here."""
        playbook, _dot, key = name.partition(".")
        return self.rules.get(key) if playbook == self.key else None

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
    if mistakes:
        raise PlaybookErrors(tuple(mistakes))
    return MappingProxyType(playbooks)


@cache
def _shipped() -> Mapping[str, Playbook]:
    return read_playbooks(sorted(SHIPPED_FOLDER.glob("*.toml")))
