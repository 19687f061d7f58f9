"""Who a case file is for: which parts, in which order, and how much a recipient takes. No Django.

Each recipient profile is a file in profiles/; a new recipient is a new file. What a recipient takes is told
with its source and how far to trust it; where nobody publishes a limit there is none.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from cases.rules.text import Text

FOLDER = Path(__file__).with_name("profiles")
# The summary comes first in each document; these follow in the order of the profile.
PARTS = (
    "timeline",
    "contacts",
    "deadlines",
    "evidence_list",
    "exhibits",
    "machine_read",
    "custody",
    "verify",
)
NEEDED = frozenset({"evidence_list", "exhibits", "verify"})
# As for playbooks: read in the official text, in a copy of it, several sources, one, hearsay.
CONFIDENCE = frozenset({"V", "V-", "S+", "S", "reported"})
FULL = "full"
_KEY = re.compile(r"[a-z][a-z0-9_]{1,29}")


class ProfileError(Exception):
    """A profile that cannot be used; the message names its file and says why."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What the recipient takes at most, None where that is not limited, and who says so."""

    pages: int | None
    megabytes: float | None
    source: Text
    url: str
    confidence: str
    checked_on: date


@dataclass(frozen=True, slots=True)
class Profile:
    """`parts` in the order in which they are printed; `has_attachments`: whether the originals go into the
    document as well; `hint`: what to look after with this recipient.
    """

    key: str
    order: int
    name: Text
    hint: Text
    parts: tuple[str, ...]
    has_attachments: bool
    budget: Budget | None


@cache
def all_profiles() -> Mapping[str, Profile]:
    """Those that are shipped, by key, in the order in which they are offered."""
    return read_profiles(FOLDER)


def profile_named(key: str) -> Profile:
    """That profile; the full one for a key that is not known any more."""
    return all_profiles().get(key) or all_profiles()[FULL]


def read_profiles(folder: Path) -> Mapping[str, Profile]:
    """Every profile of a folder. Raises ProfileError for the first mistake."""
    profiles = [_read(file) for file in sorted(folder.glob("*.toml"))]
    if FULL not in {profile.key for profile in profiles}:
        raise ProfileError(f"{folder.name}: there is no {FULL}.toml, the profile that holds everything.")
    return {profile.key: profile for profile in sorted(profiles, key=lambda one: (one.order, one.key))}


def _read(file: Path) -> Profile:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        return _profile(file.stem, data)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise ProfileError(f"{file.name}: {reason}.") from error


def _profile(key: str, data: dict[str, Any]) -> Profile:
    if not _KEY.fullmatch(key):
        raise ValueError("its name is lower-case letters, digits and _, at most 30")
    unknown = data.keys() - {"order", "name", "hint", "parts", "has_attachments", "budget"}
    if unknown:
        raise ValueError(f"nobody knows {', '.join(sorted(unknown))}")
    parts = tuple(data["parts"])
    if set(parts) - set(PARTS) or len(set(parts)) != len(parts) or NEEDED - set(parts):
        raise ValueError(f"parts are some of {', '.join(PARTS)}, each once, with {', '.join(sorted(NEEDED))}")
    return Profile(
        key=key,
        order=int(data["order"]),
        name=_text(data["name"]),
        hint=_text(data["hint"]),
        parts=parts,
        has_attachments=bool(data["has_attachments"]),
        budget=_budget(data["budget"]) if "budget" in data else None,
    )


def _budget(data: dict[str, Any]) -> Budget:
    pages, megabytes = data.get("pages"), data.get("megabytes")
    if pages is None and megabytes is None:
        raise ValueError("a budget has pages or megabytes")
    if any(value is not None and value <= 0 for value in (pages, megabytes)):
        raise ValueError("pages and megabytes of a budget are above 0")
    if data["confidence"] not in CONFIDENCE:
        raise ValueError(f"confidence is one of {', '.join(sorted(CONFIDENCE))}")
    if not isinstance(data["checked_on"], date):
        raise ValueError("checked_on is a day")
    return Budget(
        pages=int(pages) if pages is not None else None,
        megabytes=float(megabytes) if megabytes is not None else None,
        source=_text(data["source"]),
        url=str(data.get("url", "")),
        confidence=data["confidence"],
        checked_on=data["checked_on"],
    )


def _text(data: dict[str, str]) -> Text:
    return Text(zh_hans=data["zh-hans"], en=data["en"])
