"""Puts the pages of a case file in two languages together: what differs stands in both. No Django."""

from __future__ import annotations

import re
from typing import Any

# How the parts of a line are joined in each language (cases.casefile.styled.joined).
_JOINTS = re.compile(r"·| – |\n")


def side_by_side(zh: Any, en: Any) -> Any:
    """The same structure, with {"zh": ..., "en": ...} in place of each text that differs.

    What people wrote is the same in both and stands once. What is not built alike in both, which no page of
    ours is, stays as it is in Chinese.
    """
    if isinstance(zh, str) and isinstance(en, str):
        return _texts(zh, en)
    if isinstance(zh, dict) and isinstance(en, dict) and zh.keys() == en.keys():
        return {name: side_by_side(zh[name], en[name]) for name in zh}
    if isinstance(zh, list | tuple) and isinstance(en, list | tuple) and len(zh) == len(en):
        return [side_by_side(one, other) for one, other in zip(zh, en, strict=True)]
    return zh


def _texts(zh: str, en: str) -> str | dict[str, str]:
    """The English half leaves out the parts of a line that the Chinese half says with the same signs."""
    zh_parts, en_parts = _JOINTS.split(zh), _JOINTS.split(en)
    if len(zh_parts) != len(en_parts):
        return {"zh": zh, "en": en}
    new = [other for one, other in zip(zh_parts, en_parts, strict=True) if one != other]
    return {"zh": zh, "en": " – ".join(new)} if new else zh
