"""How texts are looked through: what is the same to a reader, and words marked where they stand.

A text is folded sign by sign: full-width signs are plain ones, capitals are small, and blanks between two
Chinese signs are none, since machines that read pictures put them there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

SHORTEST = 2
MOST_WORDS = 8
LONGEST_EXCERPT = 80
_BEFORE = 30
# Each plain sign that can be seen, and the yen sign, as wide as a Chinese one.
_WIDE = {sign: sign + 0xFEE0 for sign in range(0x21, 0x7F)} | {ord("¥"): "￥"}
_WIDE_PUNCTUATION = {sign: wide for sign, wide in _WIDE.items() if not chr(sign).isalnum()}


def fold(text: str) -> str:
    """The text as it is compared. Raises nothing; signs that nobody sees are left out."""
    return "".join(folded for _place, folded in _folded(_composed(text)))


def words_of(typed: str) -> tuple[list[str], list[str]]:
    """The folded words that are looked for, eight at most and each once; and those too short to be."""
    words = list(dict.fromkeys(fold(word) for word in typed.split()))
    long = [word for word in words if len(word) >= SHORTEST]
    return long[:MOST_WORDS], [word for word in words if word and len(word) < SHORTEST]


def spellings(word: str) -> list[str]:
    """How texts may hold a folded word, each once: as it is, with full-width punctuation as Chinese has it,
    and where it has letters in full-width small letters and capitals too.
    """
    ways = [word, word.translate(_WIDE_PUNCTUATION)]
    if any(sign.isascii() and sign.isalpha() for sign in word):
        ways += [word.translate(_WIDE), word.upper().translate(_WIDE)]
    return list(dict.fromkeys(ways))


def excerpt(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """A line of the text around the first of the words: pieces, and whether each is one of the words.

    Empty when none of the folded `words` stands in it.
    """
    composed = _composed(text)
    places: list[int] = []
    folded = ""
    for place, signs in _folded(composed):
        folded += signs
        places += [place] * len(signs)
    spans = sorted(_spans(folded, places, words))
    if not spans:
        return []
    start = max(0, spans[0][0] - _BEFORE)
    end = min(len(composed), max(start + LONGEST_EXCERPT, spans[0][1]))
    pieces = [("…", False)] if start else []
    at = start
    for first, last in spans:
        if first < at or last > end:
            continue
        pieces += [(_one_line(composed[at:first]), False), (_one_line(composed[first:last]), True)]
        at = last
    pieces.append((_one_line(composed[at:end]) + ("…" if end < len(composed) else ""), False))
    return [piece for piece in pieces if piece[0]]


def _spans(folded: str, places: list[int], words: Iterable[str]) -> Iterable[tuple[int, int]]:
    for word in words:
        at = folded.find(word)
        while at >= 0:
            yield places[at], places[at + len(word) - 1] + 1
            at = folded.find(word, at + len(word))


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _one_line(text: str) -> str:
    return "".join(" " if sign.isspace() else sign for sign in text)


def _folded(composed: str) -> Iterable[tuple[int, str]]:
    """Each place of the text that is left, with what it is compared as."""
    last = ""
    blank: int | None = None
    for place, sign in enumerate(composed):
        signs = _fold_sign(sign)
        if not signs:
            continue
        if signs.isspace():
            blank = place if blank is None else blank
            continue
        if blank is not None and not (_is_chinese(last) and _is_chinese(signs)):
            yield blank, " "
        blank = None
        last = signs[-1]
        yield place, signs


@lru_cache(maxsize=20_000)
def _fold_sign(sign: str) -> str:
    if sign.isspace():
        return " "
    if unicodedata.category(sign) in {"Cf", "Cc", "Cs"}:
        return ""
    return unicodedata.normalize("NFKC", sign).casefold().replace(" ", "")


def _is_chinese(sign: str) -> bool:
    return "\u3400" <= sign[:1] <= "\u9fff" or "\U00020000" <= sign[:1] <= "\U0003ffff"
