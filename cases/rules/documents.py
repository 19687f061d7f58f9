"""Reads the text of a playbook that a stranger wrote, within bounds that keep reading it cheap."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from typing import Any

from cases.rules.playbooks import KINDS, Mistake, Playbook
from cases.rules.reading import suggestion
from cases.rules.schema import read_playbook

# What users may make themselves: where one buys, and rules that hold beside it.
OWN_KINDS = ("platform", "law")
MOST_BYTES = 256 * 1024
MOST_VALUES = 10_000
MOST_IN_ONE = 200
# One thing that happens may start them all.
MOST_RULES = 60
DEEPEST = 12
LONGEST_TEXT = 2_000
LONGEST_KEY = 40
LONGEST_DOTTED_KEY = 8
MOST_MISTAKES = 100

# Strings and comments, the only places where brackets, dots and commas are no punctuation. An end that
# is missing counts as the end of the text, so that no start is tried twice.
_QUOTED = re.compile(
    r'"""(?:[^\\"]|\\.|"(?!""))*+(?:"""|\\?\Z)'
    r"|'''(?:[^']|'(?!''))*+(?:'''|\Z)"
    r'|"(?:[^"\\\n]|\\[^\n])*+"?'
    r"|'[^'\n]*+'?"
    r"|#[^\n]*+",
    re.DOTALL,
)
_BETWEEN_KEYS = re.compile(r"[=,{}\[\]\n]")
# TOML counts with 64 bits.
LARGEST_NUMBER = 2**63
# Signs that nobody sees, and those that turn the direction of what is read; the joiner of emoji may stay.
_CONTROL = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200b\\u200c\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ufffe\\uffff]"
)


def read_document(
    file: str, text: str, key: str, companions: Collection[str]
) -> tuple[Playbook | None, tuple[Mistake, ...]]:
    """The playbook of a document under that key, and its mistakes, at most MOST_MISTAKES of them.

    `companions` are the keys it may go with. None where the text cannot be taken apart at all; with
    mistakes the playbook is not fit for use.
    """
    data, mistakes = data_of(file, text)
    if data is None or mistakes:
        return None, mistakes
    rules = data.get("rules")
    if isinstance(rules, dict) and len(rules) > MOST_RULES:
        return None, (Mistake(file, "rules", f"holds {len(rules)} rules, but {MOST_RULES} are the most."),)
    playbook, mistakes = read_playbook(file, key, data)
    return playbook, (*mistakes, *_not_ones_own(file, playbook, companions))[:MOST_MISTAKES]


def _not_ones_own(file: str, playbook: Playbook, companions: Collection[str]) -> Iterator[Mistake]:
    if playbook.kind in KINDS and playbook.kind not in OWN_KINDS:
        known = " or ".join(OWN_KINDS)
        yield Mistake(file, "kind", f"“{playbook.kind}” cannot be one's own; {known} is needed.")
    for other in playbook.goes_with:
        if other not in companions:
            close = suggestion(other, companions)
            yield Mistake(file, "goes_with", f"“{other}” is no playbook of this site{close}.")


def data_of(file: str, text: str) -> tuple[dict[str, Any] | None, tuple[Mistake, ...]]:
    """The tables of a document; None and the reasons where it is too large, too deep or no TOML."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        return None, (Mistake(file, "", f"is larger than {MOST_BYTES // 1024} KB; leave some of it out."),)
    if refused := _unbearable(text):
        return None, (Mistake(file, "", refused),)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, (Mistake(file, "", f"This cannot be read as TOML: {error}."),)
    except ValueError:
        return None, (Mistake(file, "", "holds a number, a date or a time that nobody can count with."),)
    except RecursionError:
        return None, (Mistake(file, "", "is nested too deeply; a playbook is a table of tables."),)
    mistakes = tuple(Mistake(file, key, reason) for key, reason in _out_of_bounds(data))
    return data, mistakes[:MOST_MISTAKES]


def _unbearable(text: str) -> str:
    """Why taking the text apart would take too long; empty when it would not."""
    bare = _QUOTED.sub("q", text)
    depth = 0
    for sign in re.findall(r"[\[\]{}]", bare):
        depth += 1 if sign in "[{" else -1
        if depth > DEEPEST:
            return "is nested too deeply; a playbook is a table of tables."
    if any(part.count(".") >= LONGEST_DOTTED_KEY for part in _BETWEEN_KEYS.split(bare)):
        return f"holds a key of more than {LONGEST_DOTTED_KEY} parts with dots between them."
    return ""


def _out_of_bounds(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each value that is too long, too many or not printable, by key with its reason."""
    count, waiting = 0, [("", data)]
    for path, value in waiting:
        count += 1
        if count > MOST_VALUES:
            yield "", f"holds more than {MOST_VALUES} values; leave some of it out."
            return
        if isinstance(value, str):
            yield from _bad_text(path, value)
        elif isinstance(value, int) and abs(value) > LARGEST_NUMBER:
            yield path, "is a number that nobody can count with."
        if not isinstance(value, dict | list):
            continue
        if len(value) > MOST_IN_ONE:
            yield path, f"holds {len(value)} entries, but {MOST_IN_ONE} are the most."
            continue
        if isinstance(value, list):
            waiting += [(f"{path}[{number}]", item) for number, item in enumerate(value)]
            continue
        for name, item in value.items():
            where = f"{path}.{name}" if path else name
            if len(name) > LONGEST_KEY or _CONTROL.search(name):
                yield path, f"holds a key that is longer than {LONGEST_KEY} signs or not printable."
            else:
                waiting.append((where, item))


def _bad_text(path: str, value: str) -> Iterator[tuple[str, str]]:
    if len(value) > LONGEST_TEXT:
        yield path, f"has {len(value)} signs, but {LONGEST_TEXT} are the most."
    elif _CONTROL.search(value):
        yield path, "holds a control character; take it out."
