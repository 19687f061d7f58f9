"""File names that are safe on every system, made from names that are not."""

from __future__ import annotations

import re
import unicodedata

from cases.rules.media_types import extension_for

# ASCII letters and digits, and the Chinese characters that no system decomposes or folds.
_UNSAFE = re.compile(r"[^0-9A-Za-z_\u3400-\u4dbf\u4e00-\u9fff]+")
LONGEST_STEM = 40


def exhibit_file_name(number: int, original_name: str, media_type: str) -> str:
    """As in E001-聊天记录.png: the number, what is safe of the name, the ending of the real type.

    The original name itself is kept in case.json; here it only helps the eye.
    """
    name = unicodedata.normalize("NFC", original_name).replace("\\", "/").rsplit("/", 1)[-1]
    stem = name.rsplit(".", 1)[0] if "." in name[1:] else name
    stem = _UNSAFE.sub("-", stem).strip("-")[:LONGEST_STEM].strip("-")
    extension = extension_for(media_type)
    return f"E{number:03d}-{stem}.{extension}" if stem else f"E{number:03d}.{extension}"


def redacted_file_name(number: int, media_type: str) -> str:
    """As in E001-redacted.png; of the original's name nothing is left."""
    return exhibit_file_name(number, "redacted", media_type)
