"""Reads values out of a TOML table, collecting every mistake instead of stopping at the first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from cases.rules.playbooks import Mistake
from cases.rules.text import Text

LANGUAGES = ("zh-hans", "en")
NO_TEXT = Text("", "")
# Who wrote more mistakes than these did not slip.
MOST_SUGGESTIONS = 100
KEY = re.compile(r"[a-z][a-z0-9_]*")


@dataclass
class Mistakes:
    """The mistakes of one file, in the order in which they were found."""

    file: str
    found: list[Mistake] = field(default_factory=list)

    def add(self, key: str, reason: str) -> None:
        self.found.append(Mistake(self.file, key, reason))


class Table:
    """One table of a file. Every reader notes a mistake and answers with a harmless value.

    `done()` notes the keys that nobody asked for: an unknown key is a mistake, not a comment.
    """

    def __init__(self, data: Mapping[str, Any], path: str, mistakes: Mistakes) -> None:
        self.data, self.path, self.mistakes = data, path, mistakes
        self._asked: set[str] = set()

    def where(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def wrong(self, key: str, reason: str) -> None:
        self.mistakes.add(self.where(key), reason)

    def has(self, key: str) -> bool:
        self._asked.add(key)
        return key in self.data

    def _value(self, key: str, kind: type, wanted: str, *, required: bool = True) -> Any:
        if not self.has(key):
            if required:
                self.wrong(key, f"is missing; {wanted} is needed.")
            return None
        value = self.data[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.wrong(key, f"is {shown(value)}, but {wanted} is needed.")
            return None
        return value

    def text(self, key: str, *, required: bool = True) -> Text:
        table = self._value(key, dict, "a text in both languages, zh-hans and en,", required=required)
        return NO_TEXT if table is None else self._as_text(table, self.where(key))

    def texts(self, key: str, *, required: bool = True) -> tuple[Text, ...]:
        items = self._value(key, list, "a list of texts", required=required) or []
        return tuple(self._as_text(item, f"{self.where(key)}[{number}]") for number, item in enumerate(items))

    def _as_text(self, value: Any, path: str) -> Text:
        if not isinstance(value, dict):
            self.mistakes.add(path, f"is {shown(value)}, but a text in both languages is needed.")
            return NO_TEXT
        for language in LANGUAGES:
            said = value.get(language)
            if not isinstance(said, str) or not said.strip():
                self.mistakes.add(
                    f"{path}.{language}", "is missing or empty; every text is in both languages."
                )
            elif said != said.strip():
                self.mistakes.add(f"{path}.{language}", "begins or ends with a blank; take it away.")
        for other in sorted(set(value) - set(LANGUAGES)):
            self.mistakes.add(
                f"{path}.{other}", "is not a language of the product; there are zh-hans and en."
            )
        return Text(str(value.get("zh-hans", "")), str(value.get("en", "")))

    def string(self, key: str, *, default: str | None = None) -> str:
        value = self._value(key, str, "a string", required=default is None)
        if value is None:
            return default or ""
        if not value.strip():
            self.wrong(key, "is empty; write it or leave the key out.")
        return str(value)

    def one_of(self, key: str, allowed: Collection[str], *, default: str | None = None) -> str:
        value = self.string(key, default=default)
        return self._known(key, value, allowed) if value and key in self.data else value

    def names(self, key: str, allowed: Collection[str] | None = None) -> tuple[str, ...]:
        """A list of strings, each of `allowed`, none twice; empty when the key is not there."""
        items = self._value(key, list, "a list of strings", required=False)
        if items is None:
            return ()
        if not items or not all(isinstance(item, str) for item in items):
            self.wrong(key, "must be a list of strings with at least one in it.")
            return ()
        for item in sorted({item for item in items if items.count(item) > 1}):
            self.wrong(key, f"holds “{item}” twice.")
        return tuple(item if allowed is None else self._known(key, item, allowed) for item in items)

    def _known(self, key: str, value: str, allowed: Collection[str]) -> str:
        if value not in allowed:
            meant = self._suggestion(value, allowed)
            self.wrong(key, f"“{value}” is not known here{meant}; known are {listed(allowed)}.")
        return value

    def whole(self, key: str, *, low: int, high: int, default: int | None = None) -> int:
        value = self._value(key, int, f"a whole number from {low} to {high}", required=default is None)
        if value is None:
            return low if default is None else default
        if not low <= value <= high:
            self.wrong(key, f"is {value}, but a whole number from {low} to {high} is needed.")
        return min(max(int(value), low), high)

    def flag(self, key: str) -> bool:
        return bool(self._value(key, bool, "true or false", required=False))

    def maybe_flag(self, key: str) -> bool | None:
        value: bool | None = self._value(key, bool, "true or false", required=False)
        return value

    def day(self, key: str, *, required: bool = True) -> date | None:
        value = self._value(key, date, "a date such as 2026-11-22", required=required)
        return date(value.year, value.month, value.day) if value is not None else None

    def table(self, key: str, *, required: bool = True) -> Table:
        data = self._value(key, dict, "a table", required=required)
        return Table(data or {}, self.where(key), self.mistakes)

    def tables(self, key: str, *, required: bool = True) -> list[Table]:
        items = self._value(key, list, "a list of tables", required=required) or []
        found = []
        for number, item in enumerate(items):
            path = f"{self.where(key)}[{number}]"
            if isinstance(item, dict):
                # The table's own key tells more than its place in the list.
                name = item.get("key")
                path = f"{self.where(key)}[{name}]" if isinstance(name, str) else path
                found.append(Table(item, path, self.mistakes))
            else:
                self.mistakes.add(path, f"is {shown(item)}, but a table is needed.")
        return found

    def keyed(self, key: str, *, required: bool = True) -> dict[str, Table]:
        """A table of tables, each under a key of small letters, digits and underscores."""
        group = self.table(key, required=required)
        found = {}
        for name, data in group.data.items():
            if not all(KEY.fullmatch(part) for part in name.split(".")):
                group.wrong(name, "is no good key: small letters, digits and underscores, parted by dots.")
            if isinstance(data, dict):
                found[name] = Table(data, group.where(name), self.mistakes)
            else:
                group.wrong(name, f"is {shown(data)}, but a table is needed.")
        return found

    def done(self) -> None:
        """Note every key of the table that was not asked for."""
        for key in sorted(set(self.data) - self._asked):
            meant = self._suggestion(key, self._asked)
            self.wrong(key, f"is not known here{meant}.")

    def _suggestion(self, word: str, known: Iterable[str]) -> str:
        """What was meant, as long as few mistakes were found: looking for it takes its time."""
        return suggestion(word, known) if len(self.mistakes.found) < MOST_SUGGESTIONS else ""


def suggestion(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean “{close[0]}”" if close else ""


def listed(words: Collection[str]) -> str:
    return ", ".join(sorted(words))


def shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    return f"“{value}”"
