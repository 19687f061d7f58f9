"""Texts of which a user typed one language, and keys made of what they typed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from babel.dates import get_timezone_name
from django.utils.text import slugify
from django.utils.translation import override

from cases.rules.text import Text

LANGUAGES = ("zh-hans", "en")


def said(
    typed: str, old: Mapping[str, str] | None, language: str, otherwise: Text | None = None
) -> dict[str, str]:
    """A text in both languages of which one was typed.

    The old one where it says just that in this language, `otherwise` for nothing, else the same twice.
    """
    if old and old.get(code_of(language)) == typed:
        return dict(old)
    if not typed and otherwise:
        return otherwise.as_json()
    return dict.fromkeys(LANGUAGES, typed)


def said_lines(typed: Sequence[str], old: Sequence[Mapping[str, str]] | None, language: str) -> list[Any]:
    """Texts of which one line each was typed; a line that was there before keeps its other language."""
    known = {text[code_of(language)]: text for text in old or ()}
    return [said(line, known.get(line), language) for line in typed]


def code_of(language: str) -> str:
    return LANGUAGES[0] if language.startswith("zh") else LANGUAGES[1]


def both(label: Any) -> dict[str, str]:
    """A label of ours in both languages."""
    found = {}
    for code in LANGUAGES:
        with override(code):
            found[code] = str(label)
    return found


def free_key(name: str, taken: Collection[str]) -> str:
    """A key made of the name where its letters allow that, else of the word `entry`; never one taken."""
    plain = re.sub(r"[^a-z0-9]+", "_", slugify(name)[:30]).strip("_")
    plain = plain if re.match(r"[a-z]", plain) else "entry"
    tries = (plain if number == 1 else f"{plain}_{number}" for number in range(1, len(taken) + 2))
    return next(key for key in tries if key not in taken)


def zone_name(zone: str) -> dict[str, str]:
    """What the clock of a zone is called; one that belongs to no country by its own key."""
    if "/" not in zone or zone.startswith("Etc/"):
        return Text(f"{zone} 时间", f"{zone} time").as_json()
    return {code: get_timezone_name(zone, locale=code.replace("zh-hans", "zh_Hans")) for code in LANGUAGES}
