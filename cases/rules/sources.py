"""Where knowledge comes from, and how far it can be relied on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cases.rules.text import Text


@dataclass(frozen=True, slots=True)
class Source:
    """Where knowledge comes from; `url` is empty for what has no public address."""

    key: str
    title: Text
    url: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A source, the place in it, how far it can be relied on, and when that was last looked up."""

    source: Source
    article: Text
    confidence: str
    checked_on: date

    def as_json(self) -> dict[str, object]:
        return {
            "key": self.source.key,
            "title": self.source.title.as_json(),
            "article": self.article.as_json(),
            "url": self.source.url,
            "confidence": self.confidence,
            "checked_on": self.checked_on.isoformat(),
        }
