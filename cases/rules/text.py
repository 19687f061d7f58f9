"""A piece of knowledge in both languages of the product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """The same sentence in Simplified Chinese and in English; neither is a translation aid of the other."""

    zh_hans: str
    en: str

    def in_language(self, code: str) -> str:
        """The Chinese text for every code that starts with “zh”, the English one for all others."""
        return self.zh_hans if code.lower().startswith("zh") else self.en

    def fill(self, **values: Text | str) -> Text:
        """Put values into the {gaps} of both sentences; a Text goes into each in its own language."""
        chinese: dict[str, str] = {}
        english: dict[str, str] = {}
        for name, value in values.items():
            if isinstance(value, Text):
                chinese[name], english[name] = value.zh_hans, value.en
            else:
                chinese[name] = english[name] = value
        return Text(self.zh_hans.format_map(chinese), self.en.format_map(english))

    def as_json(self) -> dict[str, str]:
        return {"zh-hans": self.zh_hans, "en": self.en}

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> Text:
        """The opposite of `as_json`; raises KeyError when a language is missing."""
        return cls(zh_hans=value["zh-hans"], en=value["en"])

    @classmethod
    def joined(cls, texts: Iterable[Text], *, between: Text | None = None) -> Text:
        """One text of several: sentences in a row, or items of a list with `between` between them."""
        texts = tuple(texts)
        zh_hans, en = (between.zh_hans, between.en) if between else ("", " ")
        return cls(zh_hans.join(text.zh_hans for text in texts), en.join(text.en for text in texts))
