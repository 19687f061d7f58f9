"""How alike two texts are that a machine read: by the short pieces they share, wherever these stand."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

PIECE = 3  # signs
NEARLY_SAME = 0.9
_NOT_WORDS = re.compile(r"[\W_]+")
_LONG_NUMBER = re.compile(r"[0-9]{4,}")


def folded(text: str) -> str:
    """Letters and digits alone, in small letters, full-width signs as plain ones: blanks and punctuation are
    what a machine misreads first.
    """
    return _NOT_WORDS.sub("", unicodedata.normalize("NFKC", text).casefold())


def shingles(text: str, size: int = PIECE) -> frozenset[str]:
    """Every piece of `size` signs of the folded text; a shorter text is one piece, an empty one none."""
    plain = folded(text)
    if len(plain) <= size:
        return frozenset({plain} if plain else ())
    return frozenset(plain[start : start + size] for start in range(len(plain) - size + 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the pieces of both that both have, from 0 to 1; two empty texts are not alike."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def long_numbers(text: str) -> frozenset[str]:
    """Numbers of four digits or more: by these two pages of one app differ that look the same."""
    return frozenset(_LONG_NUMBER.findall(unicodedata.normalize("NFKC", text)))


def nearly_same(texts: Mapping[Key, str], *, least: float = NEARLY_SAME) -> list[tuple[Key, Key]]:
    """Pairs of texts that are alike to at least `least` (above 0) and hold the same long numbers.

    Pairs and their two sides come in the order of `texts`. No pair is missed: two sets that are so alike
    share a piece among the rarest of each, so only texts that do are compared.
    """
    pieces = {key: shingles(text) for key, text in texts.items()}
    numbers = {key: long_numbers(text) for key, text in texts.items()}
    commonness = Counter(piece for found in pieces.values() for piece in found)
    seen: defaultdict[str, list[Key]] = defaultdict(list)
    pairs = []
    for key, found in pieces.items():
        rarest = sorted(found, key=lambda piece: (commonness[piece], piece))
        rarest = rarest[: len(found) - math.ceil(least * len(found)) + 1]
        candidates = dict.fromkeys(other for piece in rarest for other in seen[piece])
        pairs += [
            (other, key)
            for other in candidates
            if numbers[other] == numbers[key] and likeness(pieces[other], found) >= least
        ]
        for piece in rarest:
            seen[piece].append(key)
    place = {key: number for number, key in enumerate(texts)}
    return sorted(pairs, key=lambda pair: (place[pair[0]], place[pair[1]]))
