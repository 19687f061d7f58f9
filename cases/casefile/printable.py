"""Text as it can be printed: nothing dropped, nothing hidden, nothing that turns a line around. No Django."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from cases.casefile.fonts import coverage

# Marks that change the direction of what follows: shown, so that nobody can reverse a line with them.
_DIRECTION = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_VARIATION = (0xFE0E, 0xFE0F)
# A PDF string may not be endless, and a line must end somewhere: letters without a blank may break.
_UNBROKEN = re.compile(r"([\x21-\x7e\u00a1-\u024f]{40})(?=\S)")
_HASH = re.compile(r"[0-9a-f]{64}")


def pdf_safe(text: str) -> str:
    """The text with every sign that the font lacks, or that is invisible, as a token like [U+1F600]."""
    known, safe = coverage(), []
    for sign in text.replace("\r\n", "\n").replace("\r", "\n"):
        code = ord(sign)
        if sign == "\n":
            safe.append(sign)
        elif sign == "\t":
            safe.append("    ")
        elif code in _VARIATION:
            continue
        elif code in _DIRECTION or code not in known or unicodedata.category(sign) in _HIDDEN:
            safe.append(f"[U+{code:04X}]")
        else:
            safe.append(sign)
    return _UNBROKEN.sub("\\1\u200b", "".join(safe))


def all_printable(value: Any) -> Any:
    """The same structure with every text made printable; hashes stay as they are, to be copied whole."""
    if isinstance(value, str):
        return value if _HASH.fullmatch(value) else pdf_safe(value)
    if isinstance(value, dict):
        return {name: all_printable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [all_printable(item) for item in value]
    return value
