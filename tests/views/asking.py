"""Asking as htmx does, and reading an answer as text."""

from __future__ import annotations

import html
import re

HTMX = {"HX-Request": "true"}


def text_of(response: object) -> str:
    """What a reader sees of the page: without tags, blanks folded."""
    content = response.content.decode()  # type: ignore[attr-defined]
    content = re.sub(r"<(script|style|template|pre).*?</\1>", " ", content, flags=re.DOTALL)
    content = re.sub(r"</?(time|strong|small)\b[^>]*>", "", content)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content)).split())
