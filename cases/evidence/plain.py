"""Reads text whose encoding nobody states: UTF-8, UTF-16 with its mark, GB18030. No Django."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

# What is shown and drawn of a long text; the original has the rest.
READ_CHARS = 200_000
_CHUNK = 256 * 1024
# Tab, line feed, vertical tab (Word's line break), form feed and carriage return are text.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class NotText(ValueError):
    """The bytes are no text in any encoding that is taken in."""


class CutOff(NotText):
    """It would be text, but ends in the middle of a sign."""


def encoding_of(head: bytes) -> str | None:
    """The encoding of the text that begins so, which may end in mid-sign; None when it is no text."""
    for encoding in _candidates(head):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        if text and not _CONTROLS.search(text) and (encoding != "gb18030" or _is_likely_chinese(text)):
            return encoding
    return None


def encoding_of_file(path: Path) -> str:
    """The encoding in which the whole file is text. Raises CutOff, NotText."""
    with path.open("rb") as file:
        candidates = _candidates(file.read(4))
    cut_off = False
    for encoding in candidates:
        try:
            _check(path, encoding)
        except CutOff:
            cut_off = True
        except NotText:
            continue
        else:
            return encoding
        break
    raise CutOff(path.name) if cut_off else NotText(path.name)


def read(path: Path, most: int = READ_CHARS) -> str:
    """At most `most` signs from the beginning, line ends as “\\n”. Raises CutOff, NotText, OSError."""
    with path.open(encoding=encoding_of_file(path), newline=None) as file:
        return file.read(most).removeprefix("\ufeff")


def _candidates(head: bytes) -> tuple[str, ...]:
    return ("utf-16",) if head.startswith(_UTF16) else ("utf-8-sig", "gb18030")


def _check(path: Path, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    seen, chinese = False, encoding != "gb18030"
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                text = decoder.decode(chunk)
                if _CONTROLS.search(text):
                    raise NotText("control signs")
                chinese = chinese or (not text.isascii() and _is_likely_chinese(text))
                seen = seen or bool(text)
            rest = bool(decoder.getstate()[0])
        except UnicodeDecodeError as error:
            raise NotText(str(error)) from error
    if not chinese or not seen:
        raise NotText("neither UTF-8 nor Chinese")
    if rest:
        raise CutOff("in mid-sign")


def _is_likely_chinese(text: str) -> bool:
    """GB18030 gives a meaning to nearly any bytes; common signs tell real text from those."""
    foreign = [sign for sign in text[:4096] if not sign.isascii()]
    common = sum(1 for sign in foreign if _is_common(sign))
    return 2 * common >= len(foreign)


def _is_common(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
