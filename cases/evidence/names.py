"""Names of files: what the sender called it, made harmless; what we call it when we hand it out."""

from __future__ import annotations

import re
import unicodedata

from cases.models import Exhibit
from cases.rules.media_types import extension_for

MAX_NAME = 255
# Controls, formats (bidi marks, zero-width signs), surrogates, private use, unassigned, separators.
_UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_NOT_IN_FILE_NAMES = re.compile(r'[<>:"/\\|?*%;]+')
_MAX_STEM_BYTES = 150


def clean_name(name: str) -> str:
    """The name as one harmless line of at most 255 characters; empty when nothing is left of it.

    Folders, control characters and the marks that turn text around are removed; letters of every
    script stay as they are.
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(sign for sign in last if unicodedata.category(sign) not in _UNSAFE)
    line = " ".join(kept.split()).strip()
    if set(line) <= {"."}:
        return ""
    stem, dot, extension = line.rpartition(".")
    if dot and len(extension) <= 10:
        return f"{stem[: MAX_NAME - len(extension) - 1]}.{extension}"
    return line[:MAX_NAME]


def safe_download_name(exhibit: Exhibit) -> str:
    """What a download of the original is called: number, the sender's name, and the ending of its real type.

    As in “E3-订单截图.png”: valid on every system, never hidden, never a reserved word, and with no
    ending that the content does not have.
    """
    stem = clean_name(exhibit.original_name)
    if "." in stem:
        stem = stem.rpartition(".")[0]
    stem = _NOT_IN_FILE_NAMES.sub("-", stem).strip(" .-")
    stem = stem.encode()[:_MAX_STEM_BYTES].decode(errors="ignore").strip(" .-")
    return f"{exhibit.label}{f'-{stem}' if stem else ''}.{extension_for(exhibit.media_type)}"
